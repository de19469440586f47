/**
 * Which partitions of an input a partition is made from.
 *
 * A mapping is a pair of pure functions on sets. Its law: whatever `upstream`
 * says a partition needs, `downstream` of that holds the partition.
 */
import * as PartitionSet from "./PartitionSet.ts"

/** What a mapping may look at besides the set: all partitions that exist on either side. */
export interface Sides {
  readonly upstream: PartitionSet.PartitionSet
  readonly downstream: PartitionSet.PartitionSet
}

/** `One` partition of the input for each partition, or `Many`: it decides the type of the input. */
export interface PartitionMapping<out Arity extends "One" | "Many" = "One" | "Many"> {
  readonly arity: Arity
  readonly name: string
  /** The partitions of the input that these partitions are made from. */
  readonly upstream: (partitions: PartitionSet.PartitionSet, sides: Sides) => PartitionSet.PartitionSet
  /** The partitions that these partitions of the input have a part in. */
  readonly downstream: (partitions: PartitionSet.PartitionSet, sides: Sides) => PartitionSet.PartitionSet
}

/** A mapping of one's own. */
export const make = <Arity extends "One" | "Many">(mapping: PartitionMapping<Arity>): PartitionMapping<Arity> => mapping

/** Each partition is made from the partition of the same key: the default between equal definitions. */
export const identity: PartitionMapping<"One"> = make({
  arity: "One",
  name: "identity",
  upstream: (partitions, sides) => PartitionSet.intersection(partitions, sides.upstream),
  downstream: (partitions, sides) => PartitionSet.intersection(partitions, sides.downstream)
})

/** Each partition is made from all of the input: the default where one side has no partitions. */
export const all: PartitionMapping<"Many"> = make({
  arity: "Many",
  name: "all",
  upstream: (partitions, sides) => (PartitionSet.isEmpty(partitions) ? PartitionSet.empty : sides.upstream),
  downstream: (partitions, sides) => (PartitionSet.isEmpty(partitions) ? PartitionSet.empty : sides.downstream)
})
