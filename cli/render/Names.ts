/**
 * Assets and their partitions in a sentence.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { PartitionNames } from "./PartitionNames.ts"

/** Assets that are made together. */
export const assets = (keys: ReadonlyArray<AssetKey>): string => keys.join(", ")

/** `postings/raw`, or with partitions `postings/daily 2025-06-01`. */
export const made = (
  keys: ReadonlyArray<AssetKey>,
  partitions: PartitionSet.PartitionSet,
  names: PartitionNames
): string => `${assets(keys)} ${names.brief(keys[0]!, partitions)}`.trimEnd()
