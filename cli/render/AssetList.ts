/**
 * The assets of a project, each after what it is made from.
 */
import type { AssetSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { Freshness } from "../../runtime/definition/FreshnessPolicy.ts"
import type { PartitionSet } from "../../runtime/definition/PartitionSet.ts"
import * as FreshnessText from "./FreshnessText.ts"
import * as HealthText from "./HealthText.ts"
import * as Json from "./Json.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

/** Partitions that a selection means. */
export interface Partitions {
  readonly of: ReadonlyMap<AssetKey, PartitionSet>
  readonly names: PartitionNames
}

export interface AssetList {
  readonly assets: ReadonlyArray<AssetSnapshot>
  /** Without them, all that an asset may have. */
  readonly partitions?: Partitions | undefined
  /** Of the assets that have a policy. */
  readonly freshness: Freshnesses
  /** How assets stand, in words, by key. */
  readonly healths: Healths
}

type Freshnesses = ReadonlyMap<AssetKey, Freshness>
type Healths = Readonly<Record<string, string>>

export const text = ({ assets, freshness, healths, partitions }: AssetList, view: View): string =>
  Table.make(
    [
      ...(partitions === undefined ? columns.slice(0, 3) : [...selectedColumns(partitions), ...columns.slice(1, 2)]),
      ...(Object.keys(healths).length === 0 ? [] : [healthColumn(healths)]),
      ...(freshness.size === 0 ? [] : [freshnessColumn(freshness, view)]),
      ...(partitions === undefined ? columns.slice(3) : [])
    ],
    assets,
    view
  )

const healthColumn = (healths: Healths): Table.Column<AssetSnapshot> => ({
  title: "HEALTH",
  text: ({ key }) => healths[key] ?? "",
  color: ({ key }, ink) => HealthText.color(healths[key], ink)
})

const freshnessColumn = (freshness: Freshnesses, view: View): Table.Column<AssetSnapshot> => ({
  title: "FRESHNESS",
  text: ({ key }) => {
    const found = freshness.get(key)
    return found === undefined ? "" : FreshnessText.text(found, view)
  },
  color: ({ key }, ink) => {
    const found = freshness.get(key)
    return found === undefined ? ink.dim : FreshnessText.color(found, ink)
  }
})

/** The partitions that are meant instead of all that an asset may have. */
const selectedColumns = ({ names, of }: Partitions): ReadonlyArray<Table.Column<AssetSnapshot>> => [
  columns[0]!,
  {
    title: "PARTITIONS",
    text: ({ key }) => names.text(key, of.get(key)!) || "–",
    plain: ({ key }) => names.text(key, of.get(key)!),
    shrinks: true
  },
  { title: "COUNT", text: ({ key }) => String(names.json(key, of.get(key)!).count), only: "pipe" }
]

const columns: ReadonlyArray<Table.Column<AssetSnapshot>> = [
  { title: "ASSET", text: ({ key }) => key, color: (_, ink) => ink.bold },
  { title: "OUTPUT", text: (asset) => kind(asset) },
  { title: "PARTITIONS", text: ({ partitions }) => partitions.description, shrinks: true },
  { title: "MADE FROM", text: ({ inputs }) => inputs.map(({ asset }) => asset).join(", "), shrinks: true, drops: true },
  {
    title: "DESCRIPTION",
    text: ({ description }) => description,
    shrinks: true,
    drops: true,
    color: (_, ink) => ink.dim
  }
]

/** `table`, or for what others write `external files`. */
export const kind = ({ output, source }: Pick<AssetSnapshot, "output" | "source">): string =>
  source === "External" ? `external ${output.toLowerCase()}` : output.toLowerCase()

/** The assets as data; the form is kept. */
export const json = ({ assets, freshness, healths, partitions }: AssetList): string =>
  Json.text(
    assets.map((asset) => {
      const found = freshness.get(asset.key)
      return {
        ...assetJson(asset),
        health: healths[asset.key] ?? null,
        freshness: found === undefined ? null : FreshnessText.json(found),
        ...(partitions === undefined
          ? {}
          : { selected: partitions.names.json(asset.key, partitions.of.get(asset.key)!) })
      }
    })
  )

export const assetJson = (asset: AssetSnapshot): Record<string, unknown> => ({
  key: asset.key,
  description: asset.description,
  group: asset.group,
  kinds: asset.kinds,
  owners: asset.owners,
  tags: asset.tags,
  source: asset.source,
  output: asset.output,
  columns: asset.columns,
  partitions: asset.partitions,
  inputs: asset.inputs,
  siblings: asset.siblings,
  backfillPolicy: asset.backfillPolicy,
  checks: asset.checks,
  freshnessPolicy: asset.freshnessPolicy,
  code: asset.code
})
