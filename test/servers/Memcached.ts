/** A real `memcached`. */
import * as Effect from "effect/Effect"
import * as Server from "./Server.ts"

export interface Memcached extends Server.Server {
  readonly address: string
}

/** `args` follow the defaults, so that they win: `["-m", "1"]`. */
export const start = (options: { readonly args?: ReadonlyArray<string> } = {}) =>
  Effect.map(
    Server.make({
      command: "memcached",
      args: (port) => [
        "-p",
        `${port}`,
        "-U",
        "0",
        "-l",
        "127.0.0.1",
        "-t",
        "1",
        "-u",
        "nobody",
        ...(options.args ?? [])
      ],
      question: "version\r\n",
      answer: /^VERSION /
    }),
    (server): Memcached => ({ ...server, address: `127.0.0.1:${server.port}` })
  )
