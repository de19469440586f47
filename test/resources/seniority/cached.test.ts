import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as CachedRoles from "../../../resources/CachedRoles.ts"
import * as EmbeddedSeniorityModel from "../../../resources/EmbeddedSeniorityModel.ts"
import * as GrpcSeniorityModel from "../../../resources/GrpcSeniorityModel.ts"
import * as RateLimiting from "../../../resources/RateLimiting.ts"
import * as RoleCache from "../../../resources/RoleCache.ts"
import { Roles } from "../../../resources/Roles.ts"
import * as Faults from "../../../resources/seniority/Faults.ts"
import * as Server from "../../../resources/seniority/Server.ts"
import { options, roles } from "./Harness.ts"

/** Some call in so many has the fault. */
const badDay = [
  [13, "UNAVAILABLE"],
  [23, "RESOURCE_EXHAUSTED=20ms"],
  [17, "drop=0.1"],
  [5, "latency=20ms"],
  [3, "reorder"]
] as const

const faults = (call: number) =>
  badDay.flatMap(([every, text]) =>
    call % every === 0 ? Result.getOrThrow(Faults.parse(text)).map(({ fault }) => fault) : []
  )

describe("roles asked of a server on a bad day", () => {
  it.live("are those of a good one, each asked once, with what that took", () =>
    Effect.gen(function* () {
      const server = yield* Server.start({ host: "127.0.0.1", port: 0, rate: 1_000_000, faults })
      const model = GrpcSeniorityModel.layer({ ...options(server.port), batch: 100 }).pipe(
        Layer.provide(RateLimiting.layerMemory)
      )
      const asked = roles(5000).map(({ company, title }, index) => ({
        company,
        title: `${index % 3 ? "Head of" : ""} ${title}`
      }))
      const answers = yield* Roles.use(({ ask }) => ask(asked)).pipe(
        Effect.provide(CachedRoles.layer.pipe(Layer.provide([RoleCache.layerMemory, model])))
      )
      expect(answers.seniority).toEqual(asked.map(({ title }) => EmbeddedSeniorityModel.read(title)))
      expect([answers.misses, answers.calls]).toEqual([5000, 50])
      expect(answers.retries).toBeGreaterThan(0)
      expect(server.counts().calls).toBe(50 + answers.retries)
    }).pipe(Effect.scoped)
  )
})
