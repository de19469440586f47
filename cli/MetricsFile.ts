/**
 * The metrics of this process in a file, as Prometheus reads them: for the
 * textfile collector of a node exporter, or to be pushed by whoever wants to. No
 * port is opened for it.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as RunMetrics from "../runtime/execute/RunMetrics.ts"
import { Usage } from "./Failure.ts"

/** Counts the run that the effect performs, and writes the file when it has ended, however it did. */
export const around =
  (file: Option.Option<string>, assetsOf: RunMetrics.AssetsOf) =>
  <A, E, R>(perform: Effect.Effect<A, E, R>): Effect.Effect<A, E | Usage, R | FileSystem.FileSystem> => {
    const counted = RunMetrics.counting(assetsOf)(perform)
    return Option.isNone(file)
      ? counted
      : Effect.flatMap(Effect.exit(counted), (exit) => Effect.andThen(write(file.value), exit))
  }

/** A reader never finds half of it. */
const write = Effect.fnUntraced(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem
    const { format } = yield* Effect.promise(() => import("effect/observability/PrometheusMetrics"))
    yield* fs.writeFileString(`${file}.part`, yield* format())
    yield* fs.rename(`${file}.part`, file)
  },
  (effect, file) =>
    Effect.mapError(
      effect,
      ({ message }) => new Usage({ reason: `the metrics cannot be written to ${file} (${message}): name another file` })
    )
)
