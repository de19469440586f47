import { createServer, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { layerWith, Memcached, standard } from "../../resources/Memcached.ts"
import * as MetaSet from "../../resources/memcached/MetaSet.ts"
import * as Servers from "../assets/installs/Servers.ts"
import * as Real from "../servers/Memcached.ts"

const settings = { timeout: "300 millis", attempts: 3, delay: "20 millis" } as const

const live = <A, E>(name: string, body: Effect.Effect<A, E, Memcached | Scope>) =>
  it.live(name, () => body.pipe(Effect.provide(layerWith(settings)), Effect.scoped))

const server = (address: string) => Memcached.use((memcached) => memcached.server(address))

const entries = (count: number, prefix = "key") =>
  Array.from({ length: count }, (_, n) => ({ key: `${prefix}:${n}`, value: Buffer.from(`value ${n}\r\nmn\r\n`) }))

/** Stands between a client and a memcached; says what is done with each piece that the client sends. */
const between = (port: number, onSent: (piece: Buffer, client: Socket, upstream: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly connections: () => number; readonly close: () => void }>(
      (resume) => {
        const sockets = new Set<Socket>()
        let connections = 0
        const relay = createServer((client) => {
          connections++
          const upstream = new (client.constructor as typeof Socket)().connect(port, "127.0.0.1")
          sockets.add(client).add(upstream)
          upstream.on("data", (data) => client.write(data)).on("error", () => {})
          client.on("data", (data) => onSent(data, client, upstream)).on("error", () => {})
          client.on("close", () => upstream.destroy())
        })
        relay.listen(0, "127.0.0.1", () =>
          resume(
            Effect.succeed({
              port: (relay.address() as { port: number }).port,
              connections: () => connections,
              close: () => {
                for (const socket of sockets) socket.destroy()
                relay.close()
              }
            })
          )
        )
      }
    ),
    (relay) => Effect.sync(relay.close)
  )

describe("memcached", () => {
  it("gets the specified time and number of attempts", () => {
    assert.deepStrictEqual(standard, { timeout: "4 seconds", attempts: 3, delay: "100 millis" })
  })

  live(
    "takes a batch of thousands in one exchange, and holds what was sent",
    Effect.gen(function* () {
      const real = yield* Real.start()
      const { send } = yield* server(real.address)
      assert.deepStrictEqual(yield* send(MetaSet.batch(entries(5000))), [])
      assert.strictEqual(yield* Servers.stat(real.port, "curr_items"), 5000)
      const value = yield* Servers.value(real.port, "key:4999")
      assert.strictEqual(value, Buffer.from("value 4999\r\nmn\r\n").toString("hex"))
    })
  )

  live(
    "keeps its connection for the next who asks",
    Effect.gen(function* () {
      const real = yield* Real.start()
      for (let n = 0; n < 5; n++) {
        yield* Effect.scoped(Effect.flatMap(server(real.address), ({ send }) => send(MetaSet.batch(entries(3)))))
      }
      // Two more were made by the test itself: to see that it is ready, and to ask.
      assert.isAtMost(yield* Servers.stat(real.port, "total_connections"), 4)
    })
  )

  live(
    "names each record that it refuses, and takes the others",
    Effect.gen(function* () {
      const real = yield* Real.start()
      const { send } = yield* server(real.address)
      const large = { key: "large", value: Buffer.alloc(2 ** 20 + 1, "x") }
      const batch = MetaSet.batch([...entries(2), large, ...entries(2, "later"), { ...large, key: "larger" }])
      assert.deepStrictEqual(yield* send(batch), [
        { index: 2, reason: "memcached: object too large for cache", isFinal: true },
        { index: 5, reason: "memcached: object too large for cache", isFinal: true }
      ])
      assert.strictEqual(yield* Servers.stat(real.port, "curr_items"), 4)
      assert.deepStrictEqual(yield* send(MetaSet.batch(entries(1))), [])
    })
  )

  live(
    "counts a batch as a whole: a connection that dies in the middle of one is tried again with all of it",
    Effect.gen(function* () {
      const real = yield* Real.start()
      let cuts = 2
      const relay = yield* between(real.port, (piece, client, upstream) => {
        if (cuts === 0) return upstream.write(piece)
        cuts--
        upstream.write(piece.subarray(0, piece.length >> 1), () => setImmediate(() => client.destroy()))
      })
      const { send } = yield* server(`127.0.0.1:${relay.port}`)
      assert.deepStrictEqual(yield* send(MetaSet.batch(entries(1000))), [])
      assert.strictEqual(relay.connections(), 3)
      assert.strictEqual(yield* Servers.stat(real.port, "curr_items"), 1000)
    })
  )

  live(
    "counts nothing of a batch whose answer never comes",
    Effect.gen(function* () {
      const real = yield* Real.start()
      const relay = yield* between(real.port, (piece, client, upstream) => {
        upstream.write(piece, () => setImmediate(() => client.destroy()))
      })
      const { send } = yield* server(`127.0.0.1:${relay.port}`)
      const error = yield* Effect.flip(send(MetaSet.batch(entries(10))))
      assert.deepStrictEqual([error._tag, error.attempts], ["MemcachedUnavailable", 3])
      assert.strictEqual(relay.connections(), 3)
    })
  )

  live(
    "that is not there is unavailable, with how to go on",
    Effect.gen(function* () {
      const real = yield* Real.start()
      yield* real.stop()
      const { send } = yield* server(real.address)
      const error = yield* Effect.flip(send(MetaSet.batch(entries(10))))
      assert.strictEqual(
        error.message,
        `memcached at ${real.address} refuses connections, 3 times: start it, or name another one`
      )
      yield* real.start
      assert.deepStrictEqual(yield* send(MetaSet.batch(entries(10))), [])
    })
  )

  live(
    "that is paused is unavailable after three times its time, and is used again when it goes on",
    Effect.gen(function* () {
      const real = yield* Real.start()
      const { send } = yield* server(real.address)
      yield* send(MetaSet.batch(entries(1)))
      yield* real.signal("SIGSTOP")
      const started = performance.now()
      const error = yield* Effect.flip(send(MetaSet.batch(entries(10))))
      assert.isAtLeast(performance.now() - started, 3 * 300 + 2 * 20 - 20)
      assert.include(error.message, "was silent for 300 ms")
      yield* real.signal("SIGCONT")
      assert.deepStrictEqual(yield* send(MetaSet.batch(entries(10))), [])
    })
  )

  live(
    "that has no memory left refuses records, which may fit later",
    Effect.gen(function* () {
      const real = yield* Real.start({ args: ["-m", "8", "-M"] })
      const { send } = yield* server(real.address)
      const large = Array.from({ length: 200 }, (_, n) => ({ key: `k:${n}`, value: Buffer.alloc(500_000) }))
      const refused = yield* send(MetaSet.batch(large))
      assert.isAbove(refused.length, 0)
      assert.isTrue(refused.every(({ isFinal, reason }) => !isFinal && reason.includes("memory")))
      assert.strictEqual(yield* Servers.stat(real.port, "curr_items"), 200 - refused.length)
    })
  )

  live(
    "of another kind is told apart",
    Effect.gen(function* () {
      const relay = yield* between(1, (_, client) => client.write("-ERR unknown command\r\nMN\r\n"))
      const { send } = yield* server(`127.0.0.1:${relay.port}`)
      const error = yield* Effect.flip(send(MetaSet.batch(entries(3))))
      assert.include(error.message, 'answers "-ERR unknown command", which no memcached 1.6 does')
    })
  )
})

describe("a key of memcached", () => {
  const problem = (text: string | Uint8Array) => {
    const bytes = typeof text === "string" ? Buffer.from(text) : text
    return MetaSet.keyProblem(bytes, 0, bytes.length)
  }

  it("has up to 250 bytes", () => {
    assert.isUndefined(problem("x".repeat(250)))
    assert.strictEqual(problem("x".repeat(251)), "the key has 251 bytes; memcached takes 250")
    assert.strictEqual(problem("ж".repeat(126)), "the key has 252 bytes; memcached takes 250")
    assert.strictEqual(problem(""), "the key is empty")
  })

  it("holds no byte that ends a word or a line", () => {
    for (let byte = 0; byte < 256; byte++) {
      const isRefused = problem(Buffer.from([120, byte])) !== undefined
      assert.strictEqual(isRefused, byte <= 32 || byte === 127, String(byte))
    }
  })

  it.live("that is good is one key to the server too", () =>
    Effect.gen(function* () {
      const real = yield* Real.start()
      const keys = ["x".repeat(250), "жук", "a:b", "q", "mn", "flush_all", "\u{1F600}"]
      const memcached = yield* Memcached
      const { send } = yield* memcached.server(real.address)
      const batch = MetaSet.batch(keys.map((key) => ({ key, value: Buffer.from(key) })))
      assert.deepStrictEqual(yield* send(batch), [])
      for (const key of keys) {
        assert.strictEqual(yield* Servers.value(real.port, key), Buffer.from(key).toString("hex"), key)
      }
      assert.strictEqual(yield* Servers.stat(real.port, "cmd_flush"), 0)
    }).pipe(Effect.provide(layerWith(settings)), Effect.scoped)
  )
})
