/**
 * One asset: what it is, what it is made from, how its partitions stand, what
 * checks found, and how its numbers and versions went over time.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as FreshnessPolicy from "../../runtime/definition/FreshnessPolicy.ts"
import type { ResourceDescription } from "../../runtime/definition/ResourceDescription.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { AssetSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetStatus from "../../runtime/read/AssetStatus.ts"
import type { CheckStatus } from "../../runtime/read/CheckStatus.ts"
import type { Measure } from "../../runtime/read/Measures.ts"
import type { ObservedFiles } from "../../runtime/read/ObservedFiles.ts"
import type { AssetVersion } from "../../runtime/read/VersionHistory.ts"
import * as Amount from "./Amount.ts"
import * as AssetList from "./AssetList.ts"
import * as AssetVersions from "./AssetVersions.ts"
import * as CheckList from "./CheckList.ts"
import * as Fields from "./Fields.ts"
import * as FreshnessText from "./FreshnessText.ts"
import * as HealthText from "./HealthText.ts"
import * as Ink from "./Ink.ts"
import * as Json from "./Json.ts"
import * as MeasureText from "./MeasureText.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as PartitionStrip from "./PartitionStrip.ts"
import type { View } from "./View.ts"

export interface AssetPage {
  readonly asset: AssetSnapshot
  readonly downstream: ReadonlyArray<AssetKey>
  /** Its parameters as JSON; empty where it has none. */
  readonly config: string
  readonly status: AssetStatus.AssetStatus
  /** Of an external asset, where some were seen. */
  readonly files: ObservedFiles | undefined
  /** Of an asset that has a policy. */
  readonly freshness?: FreshnessPolicy.Freshness | undefined
  /** Newest first. */
  readonly versions: ReadonlyArray<AssetVersion>
  readonly measures: ReadonlyArray<Measure>
  readonly checks: ReadonlyArray<CheckStatus>
  readonly checkNames: CheckList.Names
  readonly resources: ReadonlyArray<ResourceDescription>
  /** Where its objects are. */
  readonly folder: string
}

export const text = (self: AssetPage, names: PartitionNames, view: View): string =>
  [
    Fields.make(definition(self), view),
    Fields.make(standing(self, names, view), view),
    PartitionStrip.text(
      { ...self.status, isExternal: self.asset.source === "External" },
      (ordinal) => names.text(self.asset.key, PartitionSet.of(ordinal)),
      view
    ),
    checksText(self, view),
    MeasureText.text(self.measures, view),
    AssetVersions.text(self.asset.key, self.versions, names, view)
  ]
    .filter((part) => part !== "")
    .join(view.tty ? "\n\n" : "\n")

/** A pipe is told what the rows are about. */
const checksText = ({ checkNames, checks }: AssetPage, view: View): string => {
  const text = CheckList.text(checks, checkNames, view)
  return view.tty || text === "" ? text : text.replaceAll(/^/gm, "check\t")
}

type Facts = ReadonlyArray<readonly [string, string]>

const definition = ({ asset, config, downstream, resources }: AssetPage): Facts => [
  ["asset", asset.key],
  ["description", asset.description],
  ["output", AssetList.kind(asset)],
  ["columns", asset.columns.map(({ name, type }) => (type === null ? name : `${name} ${type}`)).join(", ")],
  ["partitions", asset.partitions.description],
  ["made from", asset.inputs.map(inputText).join(", ")],
  ["used by", downstream.join(", ")],
  ["made with", asset.siblings.filter((key) => key !== asset.key).join(", ")],
  ["group", asset.group],
  ["kinds", asset.kinds.join(", ")],
  ["owners", asset.owners.join(", ")],
  [
    "tags",
    Object.entries(asset.tags)
      .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
      .join(", ")
  ],
  ["parameters", config],
  ...resources.map(({ name, provider }) => ["uses", `${name}: ${provider}`] as const),
  ...resources.flatMap(({ warnings }) => warnings.map((warning) => ["warning", warning] as const)),
  ["code", codeText(asset)]
]

const inputText = ({ asset, complete, mapping, name }: AssetSnapshot["inputs"][number]): string => {
  const how = [mapping === "identity" ? "" : mapping, complete ? "complete" : ""].filter((word) => word !== "")
  return `${asset}${name === asset.split("/").at(-1) ? "" : ` as ${name}`}${how.length > 0 ? ` (${how.join(", ")})` : ""}`
}

const codeText = ({ code }: AssetSnapshot): string => {
  if (code.version === null) return ""
  return code.declared
    ? `version ${code.version}, declared`
    : `${code.version.slice(0, 12)}${code.module === null ? "" : `, ${code.module}`}`
}

const standing = ({ asset, files, folder, freshness, status }: AssetPage, names: PartitionNames, view: View): Facts => {
  const { latest, rows } = status.stored
  const about = status.stored.isEstimate ? "about " : ""
  const isExternal = asset.source === "External"
  return [
    ["status", healthText(status, isExternal, view)],
    [isExternal ? "observed" : "materialized", some(status.materialized, names, asset.key)],
    ["missing", some(status.missing, names, asset.key)],
    ["failed", some(status.failed, names, asset.key)],
    ["stale", some(status.stale, names, asset.key)],
    ["behind", some(status.behind, names, asset.key)],
    ["gone", goneText(some(status.gone, names, asset.key))],
    ["files", files === undefined ? "" : filesText(files, view)],
    ["rows", asset.output === "Table" && latest !== undefined ? `${about}${Amount.count(rows)}` : ""],
    ["set aside", status.stored.quarantined > 0 ? `${about}${Amount.counted(status.stored.quarantined, "row")}` : ""],
    [
      "size",
      latest === undefined
        ? ""
        : `${about}${Amount.bytes(status.stored.bytes)} in ${Amount.counted(status.stored.objects, "object")}`
    ],
    [
      "last made",
      latest === undefined
        ? ""
        : `${view.tty ? Amount.ago(latest.at, view.now) : Amount.iso(latest.at)} by run ${latest.runId}`
    ],
    [
      "freshness",
      freshness === undefined || asset.freshnessPolicy === null
        ? ""
        : `${FreshnessText.color(freshness, Ink.make(view))(FreshnessText.text(freshness, view))} (${FreshnessPolicy.describe(asset.freshnessPolicy)})`
    ],
    ["objects", latest === undefined ? "" : folder]
  ]
}

const filesText = ({ bytes, changedAt, count, folder }: ObservedFiles, view: View): string => {
  const when = view.tty ? Amount.ago(changedAt, view.now) : Amount.iso(changedAt)
  return `${Amount.counted(count, "file")}, ${Amount.bytes(bytes)}, in ${folder}; the last change was seen ${when}`
}

/** A set with a text; without partitions there is only one to speak of. */
const some = (partitions: PartitionSet.PartitionSet, names: PartitionNames, key: AssetKey): string => {
  if (PartitionSet.isEmpty(partitions)) return ""
  return names.text(key, partitions) || "yes"
}

const goneText = (partitions: string): string =>
  partitions === "" ? "" : `${partitions}: stored, though what it was made from is not there any more`

const healthText = (status: AssetStatus.AssetStatus, isExternal: boolean, view: View): string => {
  const health = AssetStatus.health(status)
  if (health === "Empty") return isExternal ? "nothing observed yet" : "no partition exists yet"
  const word = HealthText.word(health, isExternal)
  return HealthText.color(word, Ink.make(view))(word)
}

/** The asset as data; the form is kept. */
export const json = (
  { asset, config, downstream, files, folder, freshness, measures, resources, status, versions }: AssetPage,
  names: PartitionNames
): string => {
  const { stored } = status
  const { latest } = stored
  return Json.text({
    ...AssetList.assetJson(asset),
    downstream,
    config: config === "" ? null : JSON.parse(config),
    resources,
    status: {
      health: AssetStatus.health(status),
      existing: names.json(asset.key, status.existing),
      materialized: names.json(asset.key, status.materialized),
      missing: names.json(asset.key, status.missing),
      failed: names.json(asset.key, status.failed),
      stale: names.json(asset.key, status.stale),
      behind: names.json(asset.key, status.behind),
      gone: names.json(asset.key, status.gone)
    },
    files: files === undefined ? null : { ...files, changedAt: Amount.iso(files.changedAt) },
    freshness: freshness === undefined ? null : FreshnessText.json(freshness),
    stored: {
      objects: stored.objects,
      rows: stored.rows,
      quarantined: stored.quarantined,
      bytes: stored.bytes,
      isEstimate: stored.isEstimate,
      latest: latest === undefined ? null : { at: Amount.iso(latest.at), run: latest.runId },
      folder
    },
    measures: MeasureText.json(measures),
    versions: AssetVersions.json(asset.key, versions, names)
  })
}
