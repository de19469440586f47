/**
 * Where spans, logs and metrics go: nowhere, unless the settings of OpenTelemetry
 * name an endpoint, such as `OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318`.
 *
 * Without one nothing is loaded, no span is made, and nothing leaves.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as References from "effect/References"

const endpoints = ["", "TRACES_", "METRICS_", "LOGS_"].map((signal) => `OTEL_EXPORTER_OTLP_${signal}ENDPOINT`)

const isConfigured = Effect.map(
  Effect.all({
    named: Effect.forEach(endpoints, (name) => Effect.option(Config.String(name))),
    disabled: Effect.option(Config.Boolean("OTEL_SDK_DISABLED"))
  }),
  ({ disabled, named }) =>
    !Option.getOrElse(disabled, () => false) && named.some((endpoint) => Option.getOrElse(endpoint, () => "") !== "")
)

export const layer = Layer.unwrap(
  Effect.flatMap(isConfigured, (is) =>
    is
      ? Effect.map(
          Effect.promise(() => import("./OpenTelemetry.ts")),
          ({ layer }) => layer
        )
      : Effect.succeed(Layer.succeed(References.TracerEnabled, false))
  )
)
