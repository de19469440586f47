/**
 * A table of which key of the input is for which keys.
 */
import * as Result from "effect/Result"
import type { PartitionMapping, Sides } from "./PartitionMapping.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"

/**
 * Many to many: for each key of the input, the key or keys made from it. Keys that
 * do not stand in it take part in nothing.
 */
export const staticMapping = (
  table: Readonly<Record<string, string | ReadonlyArray<string>>>
): PartitionMapping<"Many"> => {
  const pairs = Object.entries(table).flatMap(([up, down]) => [down].flat().map((down) => ({ up, down })))
  const ordinals = ordinalsOf(pairs)
  return {
    arity: "Many",
    name: "static",
    upstream: (partitions, sides) => mapped(ordinals(sides).upstream, partitions, sides.upstream),
    downstream: (partitions, sides) => mapped(ordinals(sides).downstream, partitions, sides.downstream),
    refusal: (upstream, downstream) =>
      pairs.map(({ down, up }) => foreign(upstream, up) ?? foreign(downstream, down)).find((it) => it !== undefined)
  }
}

interface Pair {
  readonly up: string
  readonly down: string
}

type Table = ReadonlyMap<number, PartitionSet.PartitionSet>

interface Tables {
  readonly upstream: Table
  readonly downstream: Table
}

/** Works the ordinals out once for the sides that are asked for again and again. */
const ordinalsOf = (pairs: ReadonlyArray<Pair>): ((sides: Sides) => Tables) => {
  let known: { readonly sides: Sides; readonly tables: Tables } | undefined
  return (sides) => {
    if (
      known?.sides.dictionary !== sides.dictionary ||
      known.sides.upstreamDefinition !== sides.upstreamDefinition ||
      known.sides.downstreamDefinition !== sides.downstreamDefinition
    ) {
      known = { sides, tables: tablesOf(pairs, sides) }
    }
    return known.tables
  }
}

const tablesOf = (pairs: ReadonlyArray<Pair>, sides: Sides): Tables => {
  const upstream = new Map<number, Array<number>>()
  const downstream = new Map<number, Array<number>>()
  for (const pair of pairs) {
    const up = Result.getOrThrow(PartitionsDefinition.ordinal(sides.upstreamDefinition, sides.dictionary, pair.up))
    const down = Result.getOrThrow(
      PartitionsDefinition.ordinal(sides.downstreamDefinition, sides.dictionary, pair.down)
    )
    upstream.set(down, [...(upstream.get(down) ?? []), up])
    downstream.set(up, [...(downstream.get(up) ?? []), down])
  }
  return { upstream: asSets(upstream), downstream: asSets(downstream) }
}

const asSets = (lists: ReadonlyMap<number, ReadonlyArray<number>>): Table =>
  new Map([...lists].map(([ordinal, list]) => [ordinal, PartitionSet.fromOrdinals(list)]))

const mapped = (
  table: Table,
  partitions: PartitionSet.PartitionSet,
  existing: PartitionSet.PartitionSet
): PartitionSet.PartitionSet =>
  PartitionSet.intersection(
    PartitionSet.unionAll([...table].flatMap(([ordinal, set]) => (PartitionSet.has(partitions, ordinal) ? set : []))),
    existing
  )

const foreign = (definition: PartitionsDefinition.Any, key: string): string | undefined =>
  Result.match(PartitionsDefinition.parseKey(definition, key), {
    onFailure: ({ message }) => message,
    onSuccess: () => undefined
  })
