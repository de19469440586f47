/** Four real memcached, one for each type of device, and what they hold. */
import { connect } from "node:net"
import * as Effect from "effect/Effect"
import * as Device from "../../../assets/installs/Device.ts"
import * as Memcached from "../../servers/Memcached.ts"

export type Servers = Readonly<Record<Device.Type, Memcached.Memcached>>

export const start = (args: ReadonlyArray<string> = []) =>
  Effect.map(
    Effect.forEach(Device.types, (type) => Effect.map(Memcached.start({ args }), (server) => [type, server] as const), {
      concurrency: 4
    }),
    (entries) => Object.fromEntries(entries) as unknown as Servers
  )

/** As parameters of `installs/loaded`. */
export const addresses = (servers: Servers): Readonly<Record<Device.Type, string>> =>
  Object.fromEntries(Device.types.map((type) => [type, servers[type].address])) as unknown as Readonly<
    Record<Device.Type, string>
  >

/** The value under a key in hexadecimal; none if there is none. */
export const value = (port: number, key: string) =>
  Effect.map(ask(port, `mg ${key} v\r\nmn\r\n`), (answer) => {
    if (answer.subarray(0, 2).toString() !== "VA") return undefined
    const start = answer.indexOf("\r\n") + 2
    return answer.subarray(start, start + Number(answer.subarray(3, start).toString().split(/\s/)[0])).toString("hex")
  })

/** A figure of `stats`, such as cmd_set. */
export const stat = (port: number, name: string) =>
  Effect.map(ask(port, "stats\r\nmn\r\n"), (answer) =>
    Number(new RegExp(`STAT ${name} (\\d+)`).exec(answer.toString("latin1"))?.[1])
  )

/** What a server answers up to the MN that ends it. */
export const ask = (port: number, commands: string): Effect.Effect<Buffer> =>
  Effect.callback((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(commands))
    const pieces: Array<Buffer> = []
    socket.on("data", (piece) => {
      pieces.push(piece)
      const all = Buffer.concat(pieces)
      if (!all.subarray(-4).equals(Buffer.from("MN\r\n"))) return
      socket.destroy()
      resume(Effect.succeed(all))
    })
    socket.on("error", (cause) => resume(Effect.die(cause)))
  })
