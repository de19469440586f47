import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as EmbeddedSeniorityModel from "../../../resources/EmbeddedSeniorityModel.ts"
import type { Role } from "../../../resources/Role.ts"
import { Retries } from "../../../resources/SeniorityModel.ts"
import * as Faults from "../../../resources/seniority/Faults.ts"
import * as Server from "../../../resources/seniority/Server.ts"
import { model, roles } from "./Harness.ts"

const serve = (faults: Server.Options["faults"] = () => [], rate = 1_000_000) =>
  Server.start({ host: "127.0.0.1", port: 0, rate, faults })

/** A server whose first call has the fault. */
const once = (text: string) => serve((call) => (call === 1 ? chances(text).map(({ fault }) => fault) : []))

const chances = (text: string) => Result.getOrThrow(Faults.parse(text))

const levels = (all: ReadonlyArray<Role>) => all.map(({ title }) => EmbeddedSeniorityModel.read(title))

const isTrue = (condition: () => boolean) =>
  Effect.suspend(() => (condition() ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry({ schedule: Schedule.spaced("5 millis"), times: 1000 })
  )

describe.concurrent("the reference server", () => {
  it.live("answers what the embedded model does", () =>
    Effect.gen(function* () {
      const server = yield* serve()
      const asked = [...roles(10), { company: "ü", title: "Vice President" }, { company: "", title: "" }]
      expect(yield* (yield* model(server.port)).infer(asked)).toEqual(levels(asked))
      expect(server.counts()).toEqual({ calls: 1, roles: 12, open: 0, cancelled: 0 })
    }).pipe(Effect.scoped)
  )

  it.live("takes as long for a batch as for its roles one by one", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => [], 1000)
      const { infer } = yield* model(server.port)
      const [batch] = yield* Effect.timed(infer(roles(500)))
      const [single] = yield* Effect.timed(
        Effect.forEach(roles(500), (role) => infer([role]), { concurrency: "unbounded" })
      )
      for (const took of [batch, single].map(Duration.toMillis)) expect(took).toBeGreaterThanOrEqual(480)
    }).pipe(Effect.scoped)
  )

  it.live("ends a call that its client gave up", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => chances("latency=1h").map(({ fault }) => fault))
      const fiber = yield* Effect.forkChild((yield* model(server.port)).infer(roles(1)))
      yield* isTrue(() => server.counts().open === 1)
      yield* Fiber.interrupt(fiber)
      yield* isTrue(() => server.counts().open === 0)
      expect(server.counts().cancelled).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("answers the calls that it has before it stops", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const server = yield* Scope.provide(
        serve(() => chances("latency=200ms").map(({ fault }) => fault)),
        scope
      )
      const fiber = yield* Effect.forkChild((yield* model(server.port)).infer(roles(3)))
      yield* isTrue(() => server.counts().open === 1)
      yield* Scope.close(scope, Exit.void)
      expect(yield* Fiber.join(fiber)).toEqual(levels(roles(3)))
    }).pipe(Effect.scoped)
  )

  it.live("says that a port is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* serve()
      const error = yield* Effect.flip(Server.start({ host: "127.0.0.1", port, rate: 1, faults: () => [] }))
      expect(error._tag).toBe("ServerNotStarted")
      expect(error.message).toContain(`${port}`)
    }).pipe(Effect.scoped)
  )
})

describe.concurrent("a fault on demand", () => {
  it.live.each(["latency=100ms", "UNAVAILABLE", "RESOURCE_EXHAUSTED=100ms", "drop=0.5", "reorder", "goaway"])(
    "changes no answer: %s",
    (text) =>
      Effect.gen(function* () {
        const server = yield* once(text)
        const { infer } = yield* model(server.port)
        expect(yield* infer(roles(50))).toEqual(levels(roles(50)))
        expect(yield* infer(roles(50))).toEqual(levels(roles(50)))
      }).pipe(Effect.scoped)
  )

  it.live("costs no call of many at once a retry: goaway", () =>
    Effect.gen(function* () {
      const server = yield* serve((call) => (call % 5 === 0 ? [{ _tag: "GoAway" }] : []))
      const { infer } = yield* model(server.port)
      const all = roles(400)
      let retries = 0
      const answers = yield* Effect.forEach(all, (role) => infer([role]), { concurrency: 8 }).pipe(
        Effect.provideService(Retries, { count: () => retries++ })
      )
      expect(answers.flat()).toEqual(levels(all))
      expect(retries).toBe(0)
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["wrong-uuid", "BadReply"],
    ["garbage", "BadReply"],
    ["oversize", "MessageTooLarge"],
    ["PERMISSION_DENIED", "ModelRefused"],
    ["RESOURCE_EXHAUSTED", "RateLimited"]
  ])("fails the call: %s is %s", ([text, tag]) =>
    Effect.gen(function* () {
      const server = yield* once(text!)
      expect((yield* Effect.flip((yield* model(server.port)).infer(roles(5))))._tag).toBe(tag)
      expect(server.counts().calls).toBe(1)
    }).pipe(Effect.scoped)
  )

  it("comes in its share of the calls", () => {
    const [one, other] = chances("latency=2s:0.25, reorder")
    expect(one).toEqual({ fault: { _tag: "Latency", millis: 2000 }, share: 0.25 })
    expect(Faults.drawn([one!, other!], () => 0.5)).toEqual([{ _tag: "Reorder" }])
  })

  it.each([
    "latency",
    "latency=soon",
    "reorder=1",
    "drop=2",
    "reorder:2",
    "nonsense",
    "UNAVAILABLE=often",
    "NOT_A_STATUS"
  ])("is refused where it makes no sense: %s", (text) => {
    expect(Result.getFailure(Faults.parse(text))).toMatchObject({ value: { _tag: "UnknownFault", text } })
  })
})
