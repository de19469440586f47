/** What the predictor answers, as an HTTP API that documents itself. */
import * as Schema from "effect/Schema"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import * as VolumeModel from "../VolumeModel.ts"

/** There is no model to predict with. */
export class NoModel extends HttpApiError.Problem<NoModel>()("NoModel", {
  type: "about:blank",
  title: "Service Unavailable",
  status: 503
}) {}

/** The largest number of shares that an answer counts exactly. */
const amount = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1e15 }))

const predict = HttpApiEndpoint.get("predict", "/predict", {
  query: {
    vol_moving_avg: amount,
    adj_close_rolling_med: amount,
    target: Schema.optional(VolumeModel.Target)
  },
  success: Schema.Int,
  error: NoModel
}).annotate(OpenApi.Description, "The volume in shares; `target` is `volume` where nothing else is said")

const healthcheck = HttpApiEndpoint.get("healthcheck", "/healthcheck", {
  success: Schema.Struct({
    status: Schema.Literal("ok"),
    /** The run that made the model, and when: milliseconds since 1970. */
    model: Schema.Struct({ run: Schema.String, at: Schema.Int })
  }),
  error: NoModel
}).annotate(OpenApi.Description, "Whether there is a model, and which")

export const PredictorApi = HttpApi.make("predictor")
  .add(HttpApiGroup.make("predictor", { topLevel: true }).add(predict).add(healthcheck))
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotateMerge(OpenApi.annotations({ title: "Predictor", version: "1", description: "Volumes, by market/model" }))
