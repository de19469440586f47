/** `strata installs`: loads logs of installed applications, with the options of a loader. */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type * as Device from "./Device.ts"
import * as Servers from "./Servers.ts"

const address = (type: Device.Type) =>
  Flag.String(type).pipe(
    Flag.withSchema(Servers.Address),
    Flag.withMetavar("host:port"),
    Flag.withDescription(`The memcached of ${type}; without it ${Servers.setting(type)}, or ${Servers.standard[type]}`),
    Flag.optional
  )

const flags = {
  pattern: Flag.String("pattern").pipe(
    Flag.withMetavar("path"),
    Flag.withDescription(
      "The files, such as '/logs/*.tsv.gz'; without it STRATA_INSTALLS_SOURCE and STRATA_INSTALLS_PATTERN, or data/installs"
    ),
    Flag.optional
  ),
  idfa: address("idfa"),
  gaid: address("gaid"),
  adid: address("adid"),
  dvid: address("dvid"),
  workers: Flag.Int("workers").pipe(
    Flag.withAlias("w"),
    Flag.filter(
      (workers) => workers >= 0 && workers <= 1024,
      (workers) => `--workers is a number from 0, for none beside the main thread, to 1024, not ${workers}`
    ),
    Flag.withMetavar("count"),
    Flag.withDescription("Threads that parse and encode; without it one for each core but one"),
    Flag.optional
  ),
  dry: Flag.Boolean("dry").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the messages, send nothing and record nothing")
  ),
  log: Flag.String("log").pipe(
    Flag.withAlias("l"),
    Flag.withMetavar("file"),
    Flag.withDescription("Append what is logged to a file"),
    Flag.optional
  ),
  dotRename: Flag.Boolean("dot-rename").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Put a dot before the names of files that were loaded; runs remember them without it")
  )
}

/** What is asked for on the command line. */
export type Options = Command.Command.Config.Infer<typeof flags>

const load = Command.make("load", flags, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./LoadCommand.ts")),
    ({ load }) => load(options)
  )
).pipe(
  Command.withDescription("Load what has landed and is not loaded yet into memcached"),
  Command.withExamples([
    { command: "strata installs load", description: "The sample, after strata generate installs" },
    {
      command: "strata installs load --pattern '/logs/*.tsv.gz' --idfa 10.0.0.1:33013",
      description: "Files elsewhere, and a server elsewhere"
    },
    { command: "strata installs load --dry", description: "Only print what would be sent" }
  ])
)

export const command = Command.make("installs").pipe(
  Command.withDescription("Load logs of installed applications into memcached"),
  Command.withSubcommands([load])
)
