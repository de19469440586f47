/**
 * The assets and partitions that a selection means in a graph.
 *
 * It needs nothing of the graph that a snapshot does not have, and asks for the
 * state of partitions only where the selection names a status.
 */
import * as Result from "effect/Result"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as AssetSelection from "./AssetSelection.ts"
import * as SelectionName from "./SelectionName.ts"

/** A graph, or what a snapshot tells of it. */
export interface SelectableGraph {
  readonly order: ReadonlyArray<AssetKey>
  readonly assets: ReadonlyMap<AssetKey, SelectionName.SelectableAsset>
  readonly upstream: ReadonlyMap<AssetKey, ReadonlyArray<AssetKey>>
  readonly downstream: ReadonlyMap<AssetKey, ReadonlyArray<AssetKey>>
}

/** What is known of partitions; asked for only where a selection names a status (see `AssetSelection.usesStatus`). */
export interface Knowledge {
  readonly existing: (key: AssetKey) => PartitionSet.PartitionSet
  readonly status: (key: AssetKey, status: AssetSelection.Status) => PartitionSet.PartitionSet
  /** The partitions of an input that those of an asset are made from; without it, all. */
  readonly upstream?: (key: AssetKey, input: AssetKey, of: PartitionSet.PartitionSet) => PartitionSet.PartitionSet
  /** The partitions of an asset that those of an input have a part in; without it, all. */
  readonly downstream?: (key: AssetKey, input: AssetKey, of: PartitionSet.PartitionSet) => PartitionSet.PartitionSet
}

/** `All`, whatever its partitions; or these of them. */
export type Partitions = PartitionSet.PartitionSet | "All"

/** In the order of the graph; an asset of which nothing is selected is left out. */
export type Selected = ReadonlyMap<AssetKey, Partitions>

/** The graph of assets in topological order that name their inputs, as a snapshot lists them. */
export const graphOf = (
  assets: ReadonlyArray<
    SelectionName.SelectableAsset & { readonly inputs: ReadonlyArray<{ readonly asset: AssetKey }> }
  >
): SelectableGraph => {
  const upstream = new Map(assets.map(({ inputs, key }) => [key, [...new Set(inputs.map(({ asset }) => asset))]]))
  const downstream = new Map(assets.map(({ key }): [AssetKey, Array<AssetKey>] => [key, []]))
  for (const [key, inputs] of upstream) for (const input of inputs) downstream.get(input)?.push(key)
  return {
    order: assets.map(({ key }) => key),
    assets: new Map(assets.map((asset) => [asset.key, asset])),
    upstream,
    downstream
  }
}

/** The assets and partitions that are meant. A name that no asset has is an error, also where it would not matter. */
export const resolve = (
  self: AssetSelection.AssetSelection,
  graph: SelectableGraph,
  knowledge: Knowledge
): Result.Result<Selected, SelectionName.UnknownAsset | SelectionName.UnknownAttribute> => {
  const unknown = SelectionName.unknown(self, [...graph.assets.values()])
  return unknown === undefined ? Result.succeed(select({ graph, knowledge }, self, graph.order)) : Result.fail(unknown)
}

interface Context {
  readonly graph: SelectableGraph
  readonly knowledge: Knowledge
}

/** What is selected of the assets asked for; nobody asks for the status of the others. */
const select = (context: Context, self: AssetSelection.AssetSelection, among: ReadonlyArray<AssetKey>): Selected => {
  const { graph, knowledge } = context
  const where = (test: (asset: SelectionName.SelectableAsset) => boolean): Selected =>
    new Map(among.flatMap((key) => (test(graph.assets.get(key)!) ? [[key, "All"] as const] : [])))
  const restricted = (selected: Selected): Selected => inOrder(among, (key) => selected.get(key))
  const anywhere = (of: AssetSelection.AssetSelection) => select(context, of, graph.order)
  return AssetSelection.cases.match(self, {
    All: () => where(() => true),
    Key: ({ pattern }) => where(SelectionName.matchesKey(pattern)),
    Group: ({ value }) => where(({ group }) => group === (value ?? "")),
    Kind: ({ value }) => where(({ kinds }) => SelectionName.isAmong(kinds, value)),
    Owner: ({ value }) => where(({ owners }) => SelectionName.isAmong(owners, value)),
    Tag: ({ key, value }) => where(SelectionName.hasTag(key, value)),
    Status: ({ status }) => inOrder(among, (key) => knowledge.status(key, status)),
    Roots: ({ of }) => restricted(without(anywhere(of), graph.upstream)),
    Sinks: ({ of }) => restricted(without(anywhere(of), graph.downstream)),
    Not: ({ of }) => {
      const selected = select(context, of, among)
      return inOrder(among, (key) => complement(selected.get(key), () => knowledge.existing(key)))
    },
    Traverse: ({ down, of, up }) => {
      const start = anywhere(of)
      const reached = [traverse(context, start, up, "upstream"), traverse(context, start, down, "downstream")]
      return inOrder(among, (key) => union2(reached[0]!.get(key), reached[1]!.get(key)))
    },
    And: ({ of }) =>
      [...of]
        .sort((a, b) => Number(AssetSelection.usesStatus(a)) - Number(AssetSelection.usesStatus(b)))
        .reduce<Selected>(
          (selected, part) => {
            const also = select(context, part, [...selected.keys()])
            return inOrder(among, (key) => intersection2(selected.get(key), also.get(key)))
          },
          where(() => true)
        ),
    Or: ({ of }) => {
      const parts = of.map((part) => select(context, part, among))
      return inOrder(among, (key) =>
        parts.reduce<Partitions | undefined>((sum, part) => union2(sum, part.get(key)), undefined)
      )
    }
  })
}

const inOrder = (keys: ReadonlyArray<AssetKey>, partitions: (key: AssetKey) => Partitions | undefined): Selected => {
  const selected = new Map<AssetKey, Partitions>()
  for (const key of keys) {
    const some = partitions(key)
    if (some !== undefined && (some === "All" || !PartitionSet.isEmpty(some))) selected.set(key, some)
  }
  return selected
}

const union2 = (a: Partitions | undefined, b: Partitions | undefined): Partitions | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return a === "All" || b === "All" ? "All" : PartitionSet.union(a, b)
}

const intersection2 = (a: Partitions | undefined, b: Partitions | undefined): Partitions | undefined => {
  if (a === undefined || b === undefined) return undefined
  if (a === "All") return b
  return b === "All" ? a : PartitionSet.intersection(a, b)
}

const complement = (a: Partitions | undefined, existing: () => PartitionSet.PartitionSet): Partitions | undefined => {
  if (a === undefined) return "All"
  return a === "All" ? undefined : PartitionSet.difference(existing(), a)
}

/** Those with no neighbour that is selected too. */
const without = (selected: Selected, neighbours: SelectableGraph["upstream"]): Selected =>
  new Map([...selected].filter(([key]) => !neighbours.get(key)!.some((neighbour) => selected.has(neighbour))))

type Direction = "upstream" | "downstream"

/** Goes from asset to asset, with the partitions that each step leads to, until nothing is new. */
const traverse = (context: Context, start: Selected, steps: AssetSelection.Steps, direction: Direction): Selected => {
  const reached = new Map(start)
  let edge: Selected = start
  for (let step = 0; edge.size > 0 && (steps === "All" || step < steps); step++) {
    const next = new Map<AssetKey, Partitions>()
    for (const [key, partitions] of edge) {
      for (const neighbour of context.graph[direction].get(key)!) {
        const led = across(context.knowledge, direction, key, neighbour, partitions)
        const before = reached.get(neighbour)
        const after = union2(before, led)
        if (after === undefined || isSame(before, after)) continue
        reached.set(neighbour, after)
        next.set(neighbour, after)
      }
    }
    edge = next
  }
  return reached
}

const across = (
  { downstream, upstream }: Knowledge,
  direction: Direction,
  key: AssetKey,
  neighbour: AssetKey,
  partitions: Partitions
): Partitions | undefined => {
  if (partitions === "All") return "All"
  const led =
    direction === "upstream" ? upstream?.(key, neighbour, partitions) : downstream?.(neighbour, key, partitions)
  if (led === undefined) return "All"
  return PartitionSet.isEmpty(led) ? undefined : led
}

const isSame = (a: Partitions | undefined, b: Partitions): boolean =>
  a === b || (a !== undefined && a !== "All" && b !== "All" && PartitionSet.equals(a, b))
