import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Status from "../../../resources/seniority/Status.ts"
import type * as GrpcServer from "../../servers/Grpc.ts"
import { answered, right, roles, scripted } from "./Harness.ts"

const moments: ReadonlyArray<GrpcServer.Moment> = ["before headers", "after headers", "after the message"]

/** By code: the error that the status is in the end, and whether the call is made again. */
const table = [
  ["CANCELLED", "ModelRefused", false],
  ["UNKNOWN", "ModelRefused", false],
  ["INVALID_ARGUMENT", "ModelRefused", false],
  ["DEADLINE_EXCEEDED", "ModelUnavailable", true],
  ["NOT_FOUND", "ModelRefused", false],
  ["ALREADY_EXISTS", "ModelRefused", false],
  ["PERMISSION_DENIED", "ModelRefused", false],
  ["RESOURCE_EXHAUSTED", "RateLimited", false],
  ["FAILED_PRECONDITION", "ModelRefused", false],
  ["ABORTED", "ModelUnavailable", true],
  ["OUT_OF_RANGE", "ModelRefused", false],
  ["UNIMPLEMENTED", "ModelRefused", false],
  ["INTERNAL", "ModelRefused", false],
  ["UNAVAILABLE", "ModelUnavailable", true],
  ["DATA_LOSS", "ModelRefused", false],
  ["UNAUTHENTICATED", "ModelRefused", false]
] as const

const cases = table.flatMap(([status, error, isRetried], index) =>
  moments.map((moment) => ({ code: index + 1, status, error, isRetried, moment }))
)

const failing = (code: number, moment: GrpcServer.Moment, request: Uint8Array): GrpcServer.Answer => ({
  _tag: "Status",
  code,
  moment,
  bytes: right(request)
})

describe.concurrent("a status", () => {
  it("of a server that is not there says why, without the remarks of gRPC", () => {
    const details =
      "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:50051. Resolution note: "
    expect(Status.failure(new Status.CallFailed({ status: "UNAVAILABLE", details })).message).toBe(
      "the seniority model cannot be reached: connect ECONNREFUSED 127.0.0.1:50051 (UNAVAILABLE); see that it runs and that STRATA_SENIORITY_URL names it; what it answered before is kept"
    )
  })

  it.live.each(cases)(
    "$status $moment is $error, called again: $isRetried",
    ({ code, error, isRetried, moment, status }) =>
      Effect.gen(function* () {
        const { model, server } = yield* scripted((_, request) => failing(code, moment, request))
        const failed = yield* Effect.flip(model.infer(roles(2)))
        expect(failed._tag).toBe(error)
        if (failed._tag === "ModelRefused") expect(failed.status).toBe(status)
        expect(server.calls()).toBe(isRetried ? 4 : 1)
        expect(server.open()).toBe(0)
      }).pipe(Effect.scoped)
  )

  it.live.each(cases.filter(({ isRetried }) => isRetried))(
    "$status $moment is forgotten when the next call succeeds",
    (one) =>
      Effect.gen(function* () {
        const { model, server } = yield* scripted((call, request) =>
          call === 1 ? failing(one.code, one.moment, request) : answered(request)
        )
        expect(yield* model.infer(roles(2))).toEqual([2, 2])
        expect(server.calls()).toBe(2)
      }).pipe(Effect.scoped)
  )

  it.live("OK is an answer at the first call", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => answered(request))
      expect(yield* model.infer(roles(1000))).toEqual(roles(1000).map(() => 2))
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )
})

const exhausted = (pushback: string): GrpcServer.Answer => ({
  _tag: "Status",
  code: 8,
  moment: "before headers",
  trailers: { "grpc-retry-pushback-ms": pushback }
})

describe.concurrent("what the server asks for", () => {
  it.live("is waited before the next call", () =>
    Effect.gen(function* () {
      const { model } = yield* scripted((call, request) => (call === 1 ? exhausted("300") : answered(request)))
      const [took, answers] = yield* Effect.timed(model.infer(roles(1)))
      expect(answers).toEqual([2])
      expect(Duration.toMillis(took)).toBeGreaterThanOrEqual(300)
    }).pipe(Effect.scoped)
  )

  it.live("is left to the step where it is more than the time that is left", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => exhausted("60000"), { timeoutMillis: 1000 })
      expect(yield* Effect.flip(model.infer(roles(1)))).toMatchObject({ _tag: "RateLimited", retryAfterMillis: 60_000 })
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live.each(["-1", "soon"])("is no further call when it says %s", (pushback) =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => exhausted(pushback))
      expect(yield* Effect.flip(model.infer(roles(1)))).toMatchObject({ _tag: "RateLimited" })
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )
})
