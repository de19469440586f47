/**
 * The versions of an asset over time: what each run made of it, with which code
 * and parameters.
 */
import * as Effect from "effect/Effect"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Environment, RunId } from "../event/Run.ts"
import { AssetHistory, type Published } from "../record/AssetHistory.ts"

/** What one run made of an asset. */
export interface AssetVersion {
  /** When the last of it was made. */
  readonly at: number
  readonly runId: RunId
  readonly codeVersion: string
  /** See `RunConfig.Resolved`. */
  readonly config: string
  readonly engine: string
  readonly partitions: PartitionSet.PartitionSet
  /** Those of the partitions that were not made again since. */
  readonly live: PartitionSet.PartitionSet
  readonly objects: number
  readonly rows: number
  readonly bytes: number
  /** Whether code or parameters are others than in the version before; false for the first one. */
  readonly changed: { readonly code: boolean; readonly config: boolean }
}

/** Newest first, as what was published comes. */
export const make = (published: ReadonlyArray<Published>): ReadonlyArray<AssetVersion> => {
  const versions = [...Map.groupBy(published, ({ object }) => object.runId).values()].map(versionOf)
  return versions.map((version, index) => {
    const before = versions[index + 1] ?? version
    const { codeVersion, config } = version
    return { ...version, changed: { code: codeVersion !== before.codeVersion, config: config !== before.config } }
  })
}

/** The versions among the objects of an asset that were published last. */
export const read = Effect.fn("VersionHistory.read")(function* (
  environment: Environment,
  asset: AssetKey,
  limit = 1_000
) {
  return make(yield* AssetHistory.use((history) => history.published(environment, asset, limit)))
})

/** A run has one code version and one set of parameters. */
const versionOf = (ofRun: ReadonlyArray<Published>): Omit<AssetVersion, "changed"> => {
  const [{ object }] = ofRun as readonly [Published]
  const sum = (of: (each: Published) => number) => ofRun.reduce((total, each) => total + of(each), 0)
  return {
    at: object.createdAt,
    runId: object.runId,
    codeVersion: object.codeVersion,
    config: object.config,
    engine: object.engine,
    partitions: PartitionSet.unionAll(
      ofRun.map(({ object }) => PartitionSet.difference(object.partitions, object.rejected ?? PartitionSet.empty))
    ),
    live: PartitionSet.unionAll(ofRun.map(({ live }) => live)),
    objects: ofRun.length,
    rows: sum(({ object }) => object.rows),
    bytes: sum(({ object }) => object.bytes)
  }
}
