/**
 * Sends spans, logs and metrics to a collector over OTLP, as the standard
 * settings of OpenTelemetry say; `OTEL_TRACES_EXPORTER=none` and its like leave
 * one out. What is sent holds no secret of the settings.
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as Layer from "effect/Layer"
import * as Otlp from "effect/observability/Otlp"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import { Secrets } from "../runtime/record/Secrets.ts"
import { version } from "./Version.ts"

/** As JSON, scrubbed as a whole. */
const serialization = Layer.effect(
  OtlpSerialization.OtlpSerialization,
  Effect.map(Secrets, ({ scrub }) => {
    const body = (data: unknown) => HttpBody.text(scrub(JSON.stringify(data, nonFinite)), "application/json")
    return { traces: body, metrics: body, logs: body }
  })
)

/** OTLP writes them as texts, JSON not at all. */
const nonFinite = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value

/** An endpoint alone asks for all three, as OpenTelemetry has it. */
const defaults = ConfigProvider.fromUnknown({
  OTEL_TRACES_EXPORTER: ["otlp"],
  OTEL_METRICS_EXPORTER: ["otlp"],
  OTEL_LOGS_EXPORTER: ["otlp"]
})

export const layer = Otlp.layerFromConfig({
  resource: { serviceName: "strata", serviceVersion: version },
  loggerMergeWithExisting: true
}).pipe(
  Layer.provide(Layer.merge(FetchHttpClient.layer, serialization)),
  Layer.provide(
    Layer.effect(
      ConfigProvider.ConfigProvider,
      Effect.map(ConfigProvider.ConfigProvider, ConfigProvider.orElse(defaults))
    )
  )
)
