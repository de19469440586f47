/**
 * Which partitions of an input a partition is made from.
 *
 * A mapping is a pair of pure functions on sets that are each other's inverse: a
 * partition of the input is upstream of one of the asset exactly where the latter
 * is downstream of it. Both say the same of a set as of its partitions one by one,
 * and cost its intervals, not its partitions.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as DimensionMapping from "./DimensionMapping.ts"
import type { PartitionDictionary } from "./PartitionDictionary.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"
import * as TimeWindowMapping from "./TimeWindowMapping.ts"

export { staticMapping } from "./StaticMapping.ts"
export { lookback, timeWindow } from "./TimeWindowMapping.ts"

/** What a mapping may look at besides the set: the definitions, and the partitions that exist of either. */
export interface Sides {
  readonly upstream: PartitionSet.PartitionSet
  readonly downstream: PartitionSet.PartitionSet
  readonly upstreamDefinition: PartitionsDefinition.Any
  readonly downstreamDefinition: PartitionsDefinition.Any
  readonly dictionary: PartitionDictionary
}

/** `One` partition of the input for each partition, or `Many`: it decides the type of the input. */
export interface PartitionMapping<out Arity extends "One" | "Many" = "One" | "Many"> {
  readonly arity: Arity
  readonly name: string
  /** The partitions of the input that these partitions are made from, of those that exist. */
  readonly upstream: (partitions: PartitionSet.PartitionSet, sides: Sides) => PartitionSet.PartitionSet
  /** The partitions that these partitions of the input have a part in, of those that exist. */
  readonly downstream: (partitions: PartitionSet.PartitionSet, sides: Sides) => PartitionSet.PartitionSet
  /** Why it cannot stand between two definitions; without it, or where it says nothing, it can. */
  readonly refusal?: (upstream: PartitionsDefinition.Any, downstream: PartitionsDefinition.Any) => string | undefined
}

/** No mapping follows from the two definitions. */
export class NoDefaultMapping extends Schema.TaggedError<NoDefaultMapping>()("NoDefaultMapping", {
  upstream: Schema.String,
  downstream: Schema.String
}) {
  override get message() {
    return `no mapping follows between ${this.upstream} and ${this.downstream}`
  }
}

/** A mapping stands between definitions that it is not made for. */
export class InvalidMapping extends Schema.TaggedError<InvalidMapping>()("InvalidMapping", {
  mapping: Schema.String,
  upstream: Schema.String,
  downstream: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the mapping ${this.mapping} does not fit between ${this.upstream} and ${this.downstream}: ${this.reason}`
  }
}

/** A mapping of one's own, which must keep the laws at the head of this file. */
export const make = <Arity extends "One" | "Many">(mapping: PartitionMapping<Arity>): PartitionMapping<Arity> => mapping

/** Each partition is made from the partition of the same key: the default between equal definitions. */
export const identity: PartitionMapping<"One"> = make({
  arity: "One",
  name: "identity",
  upstream: (partitions, sides) => PartitionSet.intersection(partitions, sides.upstream),
  downstream: (partitions, sides) => PartitionSet.intersection(partitions, sides.downstream)
})

/** Each partition is made from all of the input: the default where one side has no partitions. */
export const all: PartitionMapping<"Many"> = from("Many", "all", (sides) => sides.upstream)

/** Each partition is made from the last one of the input: the newest of those that exist. */
export const last: PartitionMapping<"One"> = from("One", "last", ({ upstream }) => {
  const last = PartitionSet.last(upstream)
  return last === undefined ? PartitionSet.empty : PartitionSet.of(last)
})

/** Each partition is made from the partitions of the input with these keys. */
export const specific = (keys: ReadonlyArray<string>): PartitionMapping<"Many"> => ({
  ...from("Many", `specific(${keys.join(", ")})`, ({ dictionary, upstreamDefinition }) =>
    PartitionSet.fromOrdinals(
      keys.map((key) => Result.getOrThrow(PartitionsDefinition.ordinal(upstreamDefinition, dictionary, key)))
    )
  ),
  refusal: (upstream) =>
    keys.map((key) => PartitionsDefinition.parseKey(upstream, key)).find(Result.isFailure)?.failure.message
})

/** Between products: a mapping for each dimension that both have. One left out has its default; of those that only the input has, all. */
export const dimensions = (mappings: Readonly<Record<string, PartitionMapping>>): PartitionMapping<"Many"> =>
  DimensionMapping.make(mappings, undefined, defaultFor)

/** Between a product and a definition that stands for one of its dimensions. */
export const dimension = (name: string, mapping?: PartitionMapping): PartitionMapping<"Many"> =>
  DimensionMapping.make(mapping === undefined ? {} : { [name]: mapping }, name, defaultFor)

/** The mapping of a dependency that names none. */
export const defaultFor = (
  upstream: PartitionsDefinition.Any,
  downstream: PartitionsDefinition.Any
): Result.Result<PartitionMapping, NoDefaultMapping> => {
  if (PartitionsDefinition.isAlike(upstream, downstream)) return Result.succeed(identity)
  if (!PartitionsDefinition.isPartitioned(upstream) || !PartitionsDefinition.isPartitioned(downstream)) {
    return Result.succeed(all)
  }
  const windows = TimeWindowMapping.timeWindow()
  if (windows.refusal?.(upstream, downstream) === undefined) return Result.succeed(windows)
  return Result.fail(
    new NoDefaultMapping({
      upstream: PartitionsDefinition.describe(upstream),
      downstream: PartitionsDefinition.describe(downstream)
    })
  )
}

/** Whether a mapping can stand between two definitions. */
export const check = (
  self: PartitionMapping,
  upstream: PartitionsDefinition.Any,
  downstream: PartitionsDefinition.Any
): Result.Result<PartitionMapping, InvalidMapping> => {
  const reason = self.refusal?.(upstream, downstream)
  return reason === undefined
    ? Result.succeed(self)
    : Result.fail(
        new InvalidMapping({
          mapping: self.name,
          upstream: PartitionsDefinition.describe(upstream),
          downstream: PartitionsDefinition.describe(downstream),
          reason
        })
      )
}

/** Every partition is made from the same ones. */
function from<Arity extends "One" | "Many">(
  arity: Arity,
  name: string,
  chosen: (sides: Sides) => PartitionSet.PartitionSet
): PartitionMapping<Arity> {
  return {
    arity,
    name,
    upstream: (partitions, sides) =>
      PartitionSet.isEmpty(partitions) ? partitions : PartitionSet.intersection(chosen(sides), sides.upstream),
    downstream: (partitions, sides) =>
      PartitionSet.isEmpty(PartitionSet.intersection(partitions, chosen(sides))) ? PartitionSet.empty : sides.downstream
  }
}
