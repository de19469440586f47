/**
 * The versions of an asset over time: what each run made of it, and with which
 * code and parameters.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { AssetVersion } from "../../runtime/read/VersionHistory.ts"
import * as Amount from "./Amount.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

/** The last few; nothing for none. */
export const text = (
  asset: AssetKey,
  versions: ReadonlyArray<AssetVersion>,
  names: PartitionNames,
  view: View
): string => Table.make(columns(asset, names, view), versions.slice(0, shown), view)

const shown = 5

const columns = (asset: AssetKey, names: PartitionNames, view: View): ReadonlyArray<Table.Column<AssetVersion>> => [
  { title: "", text: () => "version", only: "pipe" },
  { title: "VERSIONS", text: ({ at }) => Amount.ago(at, view.now), plain: ({ at }) => Amount.iso(at) },
  { title: "RUN", text: ({ runId }) => runId, color: (_, ink) => ink.bold },
  {
    title: "PARTITIONS",
    text: ({ partitions }) => names.text(asset, partitions) || "–",
    plain: ({ partitions }) => names.text(asset, partitions),
    shrinks: true
  },
  { title: "STILL LIVE", text: liveText, color: ({ live }, ink) => (PartitionSet.isEmpty(live) ? ink.dim : ink.green) },
  { title: "ROWS", text: ({ rows }) => Amount.count(rows), plain: ({ rows }) => String(rows), align: "right" },
  { title: "CHANGED", text: changes, color: (_, ink) => ink.yellow }
]

const liveText = ({ live, partitions }: AssetVersion): string => {
  if (PartitionSet.isEmpty(live)) return "none"
  return PartitionSet.size(live) === PartitionSet.size(partitions) ? "all" : Amount.count(PartitionSet.size(live))
}

/** What is other than in the version before. */
const changes = ({ changed, codeVersion }: AssetVersion): string =>
  [changed.code ? `code ${codeVersion.slice(0, 12)}` : "", changed.config ? "config" : ""]
    .filter((word) => word !== "")
    .join(", ")

/** The versions as data; the form is kept. */
export const json = (asset: AssetKey, versions: ReadonlyArray<AssetVersion>, names: PartitionNames): unknown =>
  versions.map((version) => ({
    at: Amount.iso(version.at),
    run: version.runId,
    codeVersion: version.codeVersion,
    config: version.config === "" ? null : JSON.parse(version.config),
    engine: version.engine,
    partitions: names.json(asset, version.partitions),
    live: names.json(asset, version.live),
    objects: version.objects,
    rows: version.rows,
    bytes: version.bytes,
    changed: version.changed
  }))
