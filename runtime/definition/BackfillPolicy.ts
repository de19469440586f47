/**
 * How many partitions one step of an asset covers.
 *
 * Fewer, larger steps cost less; a step of one partition gives the body a
 * single key and needs no `partition_key` in what it returns.
 */
export type BackfillPolicy =
  | { readonly _tag: "PerPartition" }
  | { readonly _tag: "Batches"; readonly size: number }
  | { readonly _tag: "SingleRun" }

/** One step a partition: the default. */
export const perPartition: { readonly _tag: "PerPartition" } = { _tag: "PerPartition" }

/** Steps of up to `size` partitions each. */
export const batches = (size: number): { readonly _tag: "Batches"; readonly size: number } => {
  if (!Number.isInteger(size) || size < 1) throw new RangeError("a batch holds a whole number of partitions, 1 or more")
  return { _tag: "Batches", size }
}

/** One step for all partitions of a plan. */
export const singleRun: { readonly _tag: "SingleRun" } = { _tag: "SingleRun" }
