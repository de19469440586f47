/** Where a server of this project listens: the flags of `strata serve`. */
import * as Flag from "effect/cli/Flag"

/** Loopback unless told otherwise, as no server asks who is there. */
export const flags = (port: number) => ({
  host: Flag.String("host").pipe(
    Flag.withDefault("127.0.0.1"),
    Flag.withDescription("address to listen at; nobody is asked who he is")
  ),
  port: Flag.Int("port").pipe(
    Flag.filter(
      (port) => port >= 0 && port <= 65_535,
      (port) => `--port is a number from 0, for any that is free, to 65535, not ${port}`
    ),
    Flag.withDefault(port),
    Flag.withDescription("0 for any that is free")
  )
})
