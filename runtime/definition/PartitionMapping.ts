/**
 * Which partitions of an input a partition is made from.
 *
 * A mapping is a pair of pure functions on sets. Its law: whatever `upstream`
 * says a partition needs, `downstream` of that holds the partition.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionSet from "./PartitionSet.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"

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

/** No mapping follows from the two definitions. */
export class NoDefaultMapping extends Schema.TaggedError<NoDefaultMapping>()("NoDefaultMapping", {
  upstream: Schema.String,
  downstream: Schema.String
}) {
  override get message() {
    return `no mapping follows between ${this.upstream} and ${this.downstream}`
  }
}

/** The mapping of a dependency that names none. */
export const defaultFor = (
  upstream: PartitionsDefinition.Any,
  downstream: PartitionsDefinition.Any
): Result.Result<PartitionMapping, NoDefaultMapping> => {
  if (PartitionsDefinition.equals(upstream, downstream)) return Result.succeed(identity)
  if (!PartitionsDefinition.isPartitioned(upstream) || !PartitionsDefinition.isPartitioned(downstream)) {
    return Result.succeed(all)
  }
  return Result.fail(
    new NoDefaultMapping({
      upstream: PartitionsDefinition.describe(upstream),
      downstream: PartitionsDefinition.describe(downstream)
    })
  )
}
