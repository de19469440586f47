/** Answers questions of the predictor's API over HTTP, with the model that is published. */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as VolumeModel from "../VolumeModel.ts"
import { NoModel, PredictorApi } from "./PredictorApi.ts"
import { PublishedModel } from "./PublishedModel.ts"

const published = Effect.flatMap(PublishedModel, ({ current }) => current).pipe(
  Effect.filterOrFail(Predicate.isNotUndefined, () =>
    NoModel.make({ detail: "market/model is not materialized: strata materialize +market/model makes it" })
  )
)

const handlers = HttpApiBuilder.group(PredictorApi, "predictor", (handlers) =>
  handlers
    .handle("predict", ({ query: { target = "volume", ...features } }) =>
      Effect.map(published, ({ model }) => Math.round(VolumeModel.predict(model[target], features)))
    )
    .handle("healthcheck", () =>
      Effect.map(published, ({ at, run }) => ({ status: "ok" as const, model: { at, run } }))
    )
)

/** The server; its API is described at `/openapi.json`. It finishes what it has begun to answer before it stops. */
export const layer = (listen: { readonly host: string; readonly port: number }) =>
  HttpRouter.serve(
    HttpApiBuilder.layer(PredictorApi, { openapiPath: "/openapi.json" }).pipe(
      Layer.provide(handlers),
      Layer.provide(HttpApiMiddleware.layerProblemDetails({ includeDetails: true }))
    ),
    { disableLogger: true, disableListenLog: true }
  ).pipe(Layer.provideMerge(NodeHttpServer.layer(createServer, { ...listen, gracefulShutdownTimeout: "5 seconds" })))
