/**
 * The seniority model of the settings: that of a server where
 * `STRATA_SENIORITY_URL` names one, else the embedded one. With a Redis in the
 * settings, the server's limit is that of all who use it.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type { ResourceDescription } from "../runtime/index.ts"
import * as EmbeddedSeniorityModel from "./EmbeddedSeniorityModel.ts"
import * as RateLimiting from "./RateLimiting.ts"
import * as Redis from "./Redis.ts"
import { SeniorityModel } from "./SeniorityModel.ts"
import * as SeniorityVersion from "./SeniorityVersion.ts"
import * as Settings from "./seniority/Settings.ts"

/** Limits as the settings have them counted. */
const limits = Layer.unwrap(
  Effect.map(
    Redis.url,
    Option.match({
      onNone: () => RateLimiting.layerMemory,
      onSome: () => Layer.provide(RateLimiting.layerRedis, Redis.layer)
    })
  )
)

export const layer = Layer.unwrap(
  Effect.map(
    SeniorityVersion.url,
    Option.match({ onNone: () => EmbeddedSeniorityModel.layer, onSome: (url) => Layer.provide(ofServer(url), limits) })
  )
)

/** The client is loaded by the first role that is asked. */
const ofServer = (url: string) =>
  Layer.effect(
    SeniorityModel,
    Effect.gen(function* () {
      const settings = yield* Settings.load(url)
      const scope = yield* Effect.scope
      const limiter = yield* RateLimiter.RateLimiter
      const model = yield* Effect.cached(
        Effect.promise(() => import("./GrpcSeniorityModel.ts")).pipe(
          Effect.flatMap((Grpc) => Grpc.make(settings)),
          Effect.provideService(RateLimiter.RateLimiter, limiter),
          Scope.provide(scope),
          Effect.uninterruptible
        )
      )
      return SeniorityModel.of({
        version: settings.version,
        batch: Settings.batch(settings),
        infer: (roles) => Effect.flatMap(model, ({ infer }) => infer(roles))
      })
    })
  )

/** What it is at the moment. Nobody is called for it. */
export const description: Effect.Effect<ResourceDescription> = Effect.gen(function* () {
  const version = yield* SeniorityVersion.current
  const url = yield* SeniorityVersion.url
  if (Option.isNone(url)) return described(`embedded, version ${version}`)
  const { per, rate, target, tls, unit } = yield* Settings.load(url.value)
  const counted = Option.isNone(yield* Redis.url) ? "by each process" : "by all that share the Redis server"
  const limit = `at most ${rate} ${unit} in ${Duration.format(per)}, counted ${counted}`
  return described(`gRPC at ${tls ? "https" : "http"}://${target}, version ${version}, ${limit}`)
}).pipe(Effect.catch(({ message }) => Effect.succeed(described("none", [message]))))

const described = (provider: string, warnings: ReadonlyArray<string> = []): ResourceDescription => ({
  name: "seniority model",
  provider,
  warnings
})
