import { constants } from "node:http2"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type * as GrpcServer from "../../servers/Grpc.ts"
import { answered, model as modelAt, right, roles, scripted } from "./Harness.ts"

const isTrue = (condition: () => boolean) =>
  Effect.suspend(() => (condition() ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry({ schedule: Schedule.spaced("5 millis"), times: 1000 })
  )

const once = (fault: (request: Uint8Array) => GrpcServer.Answer) => (call: number, request: Uint8Array) =>
  call === 1 ? fault(request) : answered(request)

describe.concurrent("a call", () => {
  it.live("is made again when its stream was refused", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(once(() => ({ _tag: "Reset", code: constants.NGHTTP2_REFUSED_STREAM })))
      expect(yield* model.infer(roles(1))).toEqual([2])
      expect(server.calls()).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["INTERNAL", constants.NGHTTP2_INTERNAL_ERROR],
    ["CANCELLED", constants.NGHTTP2_CANCEL]
  ])("fails when its stream is reset with %s", ([status, code]) =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(once(() => ({ _tag: "Reset", code: Number(code) })))
      expect(yield* Effect.flip(model.infer(roles(1)))).toMatchObject({ _tag: "ModelRefused", status })
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("is made again on a new connection when the old one is cut", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(once(() => ({ _tag: "Cut" })))
      expect(yield* model.infer(roles(1))).toEqual([2])
      expect([server.calls(), server.connections()]).toEqual([2, 2])
    }).pipe(Effect.scoped)
  )

  it.live("is made again when the server went away without looking at it", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((call, request) =>
        call === 2 ? { _tag: "GoAway", processed: false, bytes: right(request) } : answered(request)
      )
      expect(yield* model.infer(roles(1))).toEqual([2])
      expect(yield* model.infer(roles(1))).toEqual([2])
      expect([server.calls(), server.connections()]).toEqual([3, 2])
    }).pipe(Effect.scoped)
  )

  it.live("ends on the connection of a server that goes away, and the next takes another", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(
        once((request) => ({ _tag: "GoAway", processed: true, bytes: right(request) }))
      )
      expect(yield* model.infer(roles(1))).toEqual([2])
      expect(yield* model.infer(roles(1))).toEqual([2])
      expect([server.calls(), server.connections()]).toEqual([2, 2])
    }).pipe(Effect.scoped)
  )

  it.live("notices a connection that died while nobody called", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => answered(request), {
        keepalive: { timeMillis: 100, timeoutMillis: 100 }
      })
      yield* model.infer(roles(1))
      server.freeze()
      const [took, answers] = yield* Effect.timed(model.infer(roles(1)))
      expect(answers).toEqual([2])
      expect(Duration.toMillis(took)).toBeLessThan(3000)
      expect(server.connections()).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live.each([true, false])("takes no longer than its time when headers came (%s) and nothing else", (headers) =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => ({ _tag: "Silence", headers }), { timeoutMillis: 400 })
      const [took, error] = yield* Effect.timed(Effect.flip(model.infer(roles(1))))
      expect(error._tag).toBe("ModelUnavailable")
      expect(Duration.toMillis(took)).toBeLessThan(1000)
      yield* isTrue(() => server.open() === 0)
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("shares its time with those made after it", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(
        (call) =>
          call < 3 ? { _tag: "Status", code: 14, moment: "before headers" } : { _tag: "Silence", headers: false },
        { timeoutMillis: 800 }
      )
      const [took, error] = yield* Effect.timed(Effect.flip(model.infer(roles(1))))
      expect(error._tag).toBe("ModelUnavailable")
      expect(Duration.toMillis(took)).toBeLessThan(1400)
      expect(server.calls()).toBe(3)
    }).pipe(Effect.scoped)
  )

  it.live("is cancelled at the server when its caller is interrupted", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => ({ _tag: "Silence", headers: false }))
      const fiber = yield* Effect.forkChild(model.infer(roles(1)))
      yield* isTrue(() => server.open() === 1)
      yield* Fiber.interrupt(fiber)
      yield* isTrue(() => server.open() === 0)
    }).pipe(Effect.scoped)
  )

  it.live("fails within its time when no server is there", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(
        Effect.map(
          scripted(() => ({ _tag: "Cut" })),
          ({ server }) => server.port
        )
      )
      const model = yield* modelAt(port)
      expect((yield* Effect.flip(model.infer(roles(1))))._tag).toBe("ModelUnavailable")
    }).pipe(Effect.scoped)
  )
})

describe.concurrent("a server in trouble", () => {
  it.live("gets hardly more calls than are made", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => ({ _tag: "Status", code: 14, moment: "before headers" }))
      yield* Effect.forEach(roles(100), (role) => Effect.flip(model.infer([role])), { concurrency: 4 })
      expect(server.calls()).toBeLessThanOrEqual(110)
    }).pipe(Effect.scoped)
  )

  it.live("gets no more calls at once than the settings have", () =>
    Effect.gen(function* () {
      let most = 0
      const { model, server } = yield* scripted(() => ({ _tag: "Silence", headers: false }), {
        calls: 3,
        timeoutMillis: 150
      })
      const watch = Effect.repeat(
        Effect.sync(() => {
          most = Math.max(most, server.open())
        }),
        Schedule.spaced("5 millis")
      )
      yield* Effect.raceFirst(
        watch,
        Effect.forEach(roles(9), (role) => Effect.exit(model.infer([role])), { concurrency: "unbounded" })
      )
      expect([most, server.calls()]).toEqual([3, 9])
    }).pipe(Effect.scoped)
  )
})
