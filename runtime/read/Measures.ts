/**
 * The numbers that runs recorded of an asset, over time: rows, seconds, and the
 * numeric metadata of its author.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import type { MetadataValue } from "../definition/Metadata.ts"
import type { RunId } from "../event/Run.ts"
import { AssetHistory, type Measured } from "../record/AssetHistory.ts"

/** A number of every run that recorded it, oldest first. */
export interface Measure {
  /** As in metadata; the runtime's own are `rows` and `seconds`. */
  readonly name: string
  readonly unit: "Count" | "Number" | "Bytes" | "Millis"
  readonly points: ReadonlyArray<{ readonly runId: RunId; readonly at: number; readonly value: number }>
}

/** `measured` comes newest first. Counts, bytes and times of a run's steps are added up, other numbers averaged. */
export const make = (measured: ReadonlyArray<Measured>): ReadonlyArray<Measure> => {
  const runs = [...Map.groupBy(measured, ({ runId }) => runId).entries()].reverse()
  const names = new Map<string, Measure["unit"]>(own.map(([, name, unit]) => [name, unit]))
  for (const { metadata } of measured) {
    for (const [name, value] of Object.entries(metadata)) {
      const unit = name.startsWith("strata/") ? undefined : units[value._tag]
      if (unit !== undefined) names.set(name, unit)
    }
  }
  return [...names].flatMap(([name, unit]) => {
    const points = runs.flatMap(([runId, steps]) => {
      const values = steps.flatMap(({ metadata }) => numberOf(metadata[keyOf.get(name) ?? name]))
      const sum = values.reduce((a, b) => a + b, 0)
      const value = unit === "Number" ? sum / values.length : sum
      return values.length === 0 ? [] : [{ runId, at: steps[0]!.at, value }]
    })
    return points.length === 0 ? [] : [{ name, unit, points }]
  })
}

/** Of the runs that made something of an asset last. */
export const read = Effect.fn("Measures.read")(function* (asset: AssetKey, limit = 1_000) {
  return make(yield* AssetHistory.use((history) => history.measured(asset, limit)))
})

const own: ReadonlyArray<readonly [key: string, name: string, unit: Measure["unit"]]> = [
  ["strata/rows", "rows", "Count"],
  ["strata/wall", "seconds", "Millis"]
]

const keyOf = new Map(own.map(([key, name]) => [name, key]))

const units: Readonly<Partial<Record<MetadataValue["_tag"], Measure["unit"]>>> = {
  Int: "Count",
  Float: "Number",
  Bytes: "Bytes",
  Duration: "Millis"
}

const numberOf = (value: MetadataValue | undefined): ReadonlyArray<number> =>
  value !== undefined && units[value._tag] !== undefined && typeof value.value === "number" ? [value.value] : []
