/**
 * What a step made of one asset, durable and not published yet.
 */
import * as Effect from "effect/Effect"
import * as RunConfig from "../definition/RunConfig.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import * as Version from "../event/Version.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { StoredObject } from "../record/Catalog.ts"
import { ObjectStore, type Sealed } from "../record/ObjectStore.ts"
import { type Attempt, objectIdOf } from "./StepBody.ts"
import type { WrittenOutput } from "./StepWork.ts"

export interface StepOutput {
  readonly object: StoredObject
  readonly versions: PartitionVersions.PartitionVersions
  /** Rows of each partition. */
  readonly rows: ReadonlyMap<number, number>
}

/** Makes one asset's output durable, and gives the object and the versions of its partitions. */
export const seal = (self: Attempt, { directory, key, partitions, written }: WrittenOutput) => {
  const { clock, run, state, step } = self
  const asset = AssetGraph.asset(state.view.graph, key)
  const id = objectIdOf(self)
  const provenance = state.provenance(key)
  const isSink = asset.output._tag === "Sink"
  const engine = engineSeed(written.engine)
  const versions = PartitionVersions.fromEntries(
    written.contents.map(({ hash, ordinal }) => ({
      ordinal,
      provenance: provenance.of(ordinal),
      data: isSink ? provenance.of(ordinal) : Version.mix(engine, hash)
    }))
  )
  const objectOf = (sealed: Sealed): StoredObject => ({
    id: `${key}/${id}`,
    asset: key,
    kind: asset.output._tag,
    path: sealed.path,
    files: written.files,
    partitions,
    rows: written.rows,
    quarantined: written.quarantined,
    bytes: sealed.bytes,
    columns: written.columns,
    engine: written.engine,
    codeVersion: state.view.codeVersions.get(key) ?? "",
    config: (state.view.configs.get(key) ?? RunConfig.none).text,
    hash: sealed.hash,
    runId: run.id,
    step: step.index,
    createdAt: clock.currentTimeMillisUnsafe()
  })
  const rows = new Map(written.contents.map(({ ordinal, rows }) => [ordinal, rows]))
  return ObjectStore.use((objects) =>
    Effect.map(
      objects.seal(directory, { asset: key, id, versions }),
      (sealed): StepOutput => ({ object: objectOf(sealed), versions, rows })
    )
  )
}

/** Hashed once for every engine that there is. */
const engineSeed = (engine: string): Version.Version => {
  const known = engineSeeds.get(engine) ?? Version.seed("engine", engine)
  engineSeeds.set(engine, known)
  return known
}

const engineSeeds = new Map<string, Version.Version>()
