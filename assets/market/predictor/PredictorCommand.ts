/** `strata serve predictor`. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Command from "effect/cli/Command"
import * as Listening from "../../Listening.ts"

export const predictor = Command.make(
  "predictor",
  Listening.flags(8080),
  Effect.fnUntraced(function* (listen) {
    const { HttpServer } = yield* Effect.promise(() => import("effect/http/HttpServer"))
    const { PublishedModel } = yield* Effect.promise(() => import("./PublishedModel.ts"))
    const Predictor = yield* Effect.promise(() => import("./Predictor.ts"))
    const server = yield* Layer.build(Layer.provide(Predictor.layer(listen), PublishedModel.layer))
    const { address } = yield* Effect.provideContext(HttpServer, server)
    const port = address._tag === "UnixPathAddress" ? listen.port : address.port
    yield* Console.log(`predictor at http://${listen.host}:${port}; Ctrl-C stops it`)
    return yield* Effect.never
  }, Effect.scoped)
).pipe(
  Command.withDescription("Volumes by market/model over HTTP; a new model is used without a restart"),
  Command.withExamples([
    {
      command: "strata serve predictor --port 8080",
      description: "Then: curl 'http://127.0.0.1:8080/predict?vol_moving_avg=12345&adj_close_rolling_med=25'"
    }
  ])
)
