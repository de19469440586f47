import { connect } from "node:net"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Memcached from "./Memcached.ts"
import * as Redis from "./Redis.ts"

const isOpen = (port: number) =>
  Effect.callback<boolean>((resume) => {
    const socket = connect({ host: "127.0.0.1", port })
    const end = (open: boolean) => {
      socket.destroy()
      resume(Effect.succeed(open))
    }
    socket.on("connect", () => end(true))
    socket.on("error", () => end(false))
  })

const servers = [
  ["redis", Redis.start()],
  ["memcached", Memcached.start()]
] as const

it.effect.each(servers)("%s starts, stops, starts again on its port and ends with the scope", ([, start]) =>
  Effect.gen(function* () {
    const port = yield* Effect.scoped(
      Effect.gen(function* () {
        const server = yield* start
        expect(server.port).toBeLessThan(32_768)
        expect(yield* isOpen(server.port)).toBe(true)
        yield* server.stop("SIGKILL")
        expect(yield* isOpen(server.port)).toBe(false)
        yield* server.start
        expect(yield* isOpen(server.port)).toBe(true)
        return server.port
      })
    )
    expect(yield* isOpen(port)).toBe(false)
  })
)
