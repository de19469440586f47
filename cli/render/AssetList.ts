/**
 * The assets of a project, each after what it is made from.
 */
import type { AssetSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import * as Json from "./Json.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

export const text = (assets: ReadonlyArray<AssetSnapshot>, view: View): string => Table.make(columns, assets, view)

const columns: ReadonlyArray<Table.Column<AssetSnapshot>> = [
  { title: "ASSET", text: ({ key }) => key, color: (_, ink) => ink.bold },
  { title: "OUTPUT", text: (asset) => kind(asset) },
  { title: "PARTITIONS", text: ({ partitions }) => partitions.description, shrinks: true },
  { title: "MADE FROM", text: ({ inputs }) => inputs.map(({ asset }) => asset).join(", "), shrinks: true },
  { title: "DESCRIPTION", text: ({ description }) => description, shrinks: true, color: (_, ink) => ink.dim }
]

/** `table`, or for what others write `external files`. */
export const kind = ({ output, source }: Pick<AssetSnapshot, "output" | "source">): string =>
  source === "External" ? `external ${output.toLowerCase()}` : output.toLowerCase()

/** The assets as data; the form is kept. */
export const json = (assets: ReadonlyArray<AssetSnapshot>): string => Json.text(assets.map(assetJson))

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
  code: asset.code
})
