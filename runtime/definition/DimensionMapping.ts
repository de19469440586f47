/**
 * A mapping between products made of mappings between their dimensions.
 *
 * A set of a product is cut into boxes, each box is mapped side by side, and the
 * results are put together; so it costs the boxes, which are as many as the keys
 * besides time have different stretches of it.
 */
import * as Result from "effect/Result"
import * as PartitionDictionary from "./PartitionDictionary.ts"
import type { PartitionMapping, Sides } from "./PartitionMapping.ts"
import * as PartitionProduct from "./PartitionProduct.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"

type DefaultFor = (
  upstream: PartitionsDefinition.Any,
  downstream: PartitionsDefinition.Any
) => Result.Result<PartitionMapping, Error>

/**
 * Mappings by the name of the dimension; `single` names the dimension that a
 * definition which is no product stands for.
 */
export const make = (
  mappings: Readonly<Record<string, PartitionMapping>>,
  single: string | undefined,
  defaultFor: DefaultFor
): PartitionMapping<"Many"> => {
  const pairing = pairingOf(mappings, single, defaultFor)
  const across = (direction: "upstream" | "downstream") => (partitions: PartitionSet.PartitionSet, sides: Sides) => {
    const pairs = pairing(sides)
    const up = side(sides.upstreamDefinition, sides.upstream, sides.dictionary, single)
    const down = side(sides.downstreamDefinition, sides.downstream, sides.dictionary, single)
    const [from, to] = direction === "upstream" ? [down, up] : [up, down]
    const lines = to.dimensions.map((_, t) => {
      const pair = pairs.find((pair) => pair[direction] === t)
      if (pair === undefined) return () => to.projections[t]!
      const f = direction === "upstream" ? pair.downstream : pair.upstream
      const ofLine: Sides = {
        ...pair,
        upstream: up.projections[pair.upstream]!,
        downstream: down.projections[pair.downstream]!,
        dictionary: sides.dictionary
      }
      return (box: PartitionProduct.Box) => pair.mapping[direction](box[f]!, ofLine)
    })
    const boxes = from.boxes(partitions).map((box) => lines.map((line) => line(box)))
    return PartitionSet.intersection(to.fromBoxes(boxes), to.existing)
  }
  return {
    arity: "Many",
    name: name(mappings, single),
    upstream: across("upstream"),
    downstream: across("downstream"),
    refusal: (upstream, downstream) => {
      const pairs = pairsOf(named(upstream, single), named(downstream, single))
      const stray = Object.keys(mappings).find((name) => !pairs.some((pair) => pair.name === name))
      if (stray !== undefined) return `they do not both have the dimension ${stray}`
      if (pairs.length === 0) return "they have no dimension in common"
      return pairs.map((pair) => refusalOf(mappingOf(mappings, defaultFor, pair), pair)).find((it) => it !== undefined)
    }
  }
}

/** A dimension that both sides have: its index on either, and what it is there. */
interface Pair {
  readonly name: string
  readonly upstream: number
  readonly downstream: number
  readonly upstreamDefinition: PartitionsDefinition.Any
  readonly downstreamDefinition: PartitionsDefinition.Any
}

interface Mapped extends Pair {
  readonly mapping: PartitionMapping
}

/** Pairs dimensions once for definitions that are asked for again and again. */
const pairingOf = (
  mappings: Readonly<Record<string, PartitionMapping>>,
  single: string | undefined,
  defaultFor: DefaultFor
): ((sides: Sides) => ReadonlyArray<Mapped>) => {
  let known: { readonly sides: Sides; readonly pairs: ReadonlyArray<Mapped> } | undefined
  return (sides) => {
    if (
      known?.sides.upstreamDefinition !== sides.upstreamDefinition ||
      known.sides.downstreamDefinition !== sides.downstreamDefinition
    ) {
      const pairs = pairsOf(named(sides.upstreamDefinition, single), named(sides.downstreamDefinition, single))
      known = {
        sides,
        pairs: pairs.map((pair) => ({ ...pair, mapping: Result.getOrThrow(mappingOf(mappings, defaultFor, pair)) }))
      }
    }
    return known.pairs
  }
}

const pairsOf = (
  ups: PartitionProduct.PartitionProduct,
  downs: PartitionProduct.PartitionProduct
): ReadonlyArray<Pair> =>
  ups.flatMap(({ name, of }, upstream) => {
    const downstream = downs.findIndex((dimension) => dimension.name === name)
    if (downstream < 0) return []
    const upstreamDefinition = PartitionsDefinition.ofSpec(of)
    const downstreamDefinition = PartitionsDefinition.ofSpec(downs[downstream]!.of)
    return [{ name, upstream, downstream, upstreamDefinition, downstreamDefinition }]
  })

const mappingOf = (
  mappings: Readonly<Record<string, PartitionMapping>>,
  defaultFor: DefaultFor,
  { downstreamDefinition, name, upstreamDefinition }: Pair
): Result.Result<PartitionMapping, Error> => {
  const given = mappings[name]
  return given === undefined ? defaultFor(upstreamDefinition, downstreamDefinition) : Result.succeed(given)
}

const refusalOf = (mapping: Result.Result<PartitionMapping, Error>, pair: Pair): string | undefined =>
  Result.match(mapping, {
    onFailure: ({ message }) => message,
    onSuccess: ({ refusal }) => refusal?.(pair.upstreamDefinition, pair.downstreamDefinition)
  })

/** One side of the mapping: its dimensions, and what exists along each of them. */
interface Side {
  readonly dimensions: PartitionProduct.PartitionProduct
  readonly existing: PartitionSet.PartitionSet
  readonly projections: ReadonlyArray<PartitionSet.PartitionSet>
  readonly boxes: (set: PartitionSet.PartitionSet) => ReadonlyArray<PartitionProduct.Box>
  readonly fromBoxes: (boxes: ReadonlyArray<PartitionProduct.Box>) => PartitionSet.PartitionSet
}

const side = (
  definition: PartitionsDefinition.Any,
  existing: PartitionSet.PartitionSet,
  dictionary: PartitionDictionary.PartitionDictionary,
  single: string | undefined
): Side => {
  const dimensions = named(definition, single)
  if (dimensions.length === 1) {
    const fromBoxes = (boxes: ReadonlyArray<PartitionProduct.Box>) => PartitionSet.unionAll(boxes.map(([set]) => set!))
    return { dimensions, existing, projections: [existing], boxes: (set) => [[set]], fromBoxes }
  }
  const boxes = (set: PartitionSet.PartitionSet) => PartitionProduct.boxes(dimensions, dictionary, set)
  return {
    dimensions,
    existing,
    projections: projectionsOf(definition, existing, dictionary, boxes),
    boxes,
    fromBoxes: (boxes) => PartitionProduct.fromBoxes(dimensions, dictionary, boxes)
  }
}

/** What a set has along each dimension, worked out once for a set that is asked for again and again. */
const projectionsOf = (
  definition: PartitionsDefinition.Any,
  set: PartitionSet.PartitionSet,
  dictionary: PartitionDictionary.PartitionDictionary,
  boxes: Side["boxes"]
): ReadonlyArray<PartitionSet.PartitionSet> => {
  const ofSet = PartitionDictionary.remember(dictionary, set, () => new Map<unknown, Side["projections"]>())
  const known = ofSet.get(definition)
  if (known !== undefined) return known
  const all = boxes(set)
  const dimensions = PartitionsDefinition.dimensions(definition)
  const projections = dimensions.map((_, i) => PartitionSet.unionAll(all.map((box) => box[i]!)))
  ofSet.set(definition, projections)
  return projections
}

const named = (definition: PartitionsDefinition.Any, single: string | undefined): PartitionProduct.PartitionProduct => {
  const dimensions = PartitionsDefinition.dimensions(definition)
  return dimensions.length === 1 && single !== undefined ? [{ ...dimensions[0]!, name: single }] : dimensions
}

const name = (mappings: Readonly<Record<string, PartitionMapping>>, single: string | undefined): string => {
  const parts = Object.entries(mappings).map(([dimension, mapping]) => `${dimension}: ${mapping.name}`)
  if (single === undefined) return `dimensions(${parts.join(", ")})`
  return `dimension(${parts[0] ?? single})`
}
