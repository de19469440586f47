/**
 * The work of a step as data: what another thread or process, which has the same
 * definitions, needs to do it.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import type { ReadRequest } from "../definition/IOManager.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import type { Hosted } from "./StepHost.ts"
import type * as StepWork from "./StepWork.ts"

export interface StepRequest {
  readonly asset: AssetKey
  readonly codeVersion: string
  /** The parameters, encoded. */
  readonly config: unknown
  readonly made: Keyed
  readonly inputs: ReadonlyArray<Input>
  readonly outputs: ReadonlyArray<{ readonly name: string; readonly asset: AssetKey; readonly directory: string }>
}

/** Partitions with their keys, in the order of their ordinals. */
interface Keyed {
  readonly partitions: PartitionSet.PartitionSet
  readonly keys: ReadonlyArray<string>
}

interface Input extends Pick<StepWork.Input, "name" | "isSingle">, Pick<ReadRequest, "asset" | "pieces" | "landed"> {
  readonly read: Keyed
}

/** The folders of all outputs are made. */
export const make = Effect.fnUntraced(function* ({ codeVersion, work }: Hosted) {
  const { config } = work.asset

  const outputs = yield* Effect.forEach(work.outputs, ({ directory, name, stored }) =>
    Effect.map(directory, (directory) => ({ name, asset: stored.asset, directory }))
  )
  const request: StepRequest = {
    asset: work.asset.key,
    codeVersion,
    config: config && Result.getOrThrow(Schema.encodeUnknownResult(config.schema)(work.config)),
    made: keyed(work.partitions, work.keyOf),
    inputs: work.inputs.map(({ isSingle, name, request: { asset, keyOf, landed, pieces } }) => ({
      name,
      isSingle,
      asset,
      pieces,
      landed,
      read: keyed(PartitionSet.unionAll(pieces.map(({ wanted }) => wanted)), keyOf)
    })),
    outputs
  }
  return request
})

/** The work again, of assets that are defined here. */
export const toWork = (self: StepRequest, assetOf: (key: AssetKey) => Asset.Any): StepWork.StepWork => {
  const asset = assetOf(self.asset)
  const stored = (key: AssetKey, { keys, partitions }: Keyed) => {
    const { output, partitions: definition } = assetOf(key)
    const partitioned = PartitionsDefinition.isPartitioned(definition)
    return { asset: key, output, partitioned, keyOf: keyOf(partitions, keys) }
  }
  return {
    asset,
    partitions: self.made.partitions,
    keyOf: keyOf(self.made.partitions, self.made.keys),
    config: asset.config && Result.getOrThrow(Schema.decodeUnknownResult(asset.config.schema)(self.config)),
    inputs: self.inputs.map(({ asset, isSingle, landed, name, pieces, read }) => ({
      name,
      isSingle,
      request: { ...stored(asset, read), pieces, landed }
    })),
    outputs: self.outputs.map(({ asset, directory, name }) => ({
      name,
      stored: stored(asset, self.made),
      directory: Effect.succeed(directory)
    }))
  }
}

const keyed = (partitions: PartitionSet.PartitionSet, keyOf: (ordinal: number) => string): Keyed => ({
  partitions,
  keys: Array.from(PartitionSet.ordinals(partitions), keyOf)
})

const keyOf = (partitions: PartitionSet.PartitionSet, keys: ReadonlyArray<string>) => {
  let index = 0
  const byOrdinal = new Map(Array.from(PartitionSet.ordinals(partitions), (ordinal) => [ordinal, keys[index++]!]))
  return (ordinal: number): string => byOrdinal.get(ordinal)!
}
