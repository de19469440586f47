/**
 * The checks of a project, and how each stands.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { PartitionDictionary } from "../../runtime/definition/PartitionDictionary.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../../runtime/definition/PartitionsDefinition.ts"
import * as CheckStatus from "../../runtime/read/CheckStatus.ts"
import * as Amount from "./Amount.ts"
import type * as Ink from "./Ink.ts"
import * as Json from "./Json.ts"
import * as PartitionNames from "./PartitionNames.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

/** Which partitions a check is about. */
export interface Names {
  readonly dictionary: PartitionDictionary
  readonly definitionOf: (check: {
    readonly asset: AssetKey | null
    readonly check: string
  }) => PartitionsDefinition.Any | undefined
}

export const text = (checks: ReadonlyArray<CheckStatus.CheckStatus>, names: Names, view: View): string =>
  Table.make(columns(names, view), checks, view)

/** The checks as data; the form is kept. */
export const json = (checks: ReadonlyArray<CheckStatus.CheckStatus>, names: Names): string =>
  Json.text(
    checks.map((check) => ({
      asset: check.asset,
      check: check.check,
      description: check.description,
      severity: check.severity,
      blocking: check.blocking,
      health: CheckStatus.health(check),
      at: check.at === undefined ? null : Amount.iso(check.at),
      outcomes: Object.fromEntries(
        [...check.partitions].map(([outcome, partitions]) => {
          const newest = check.newest.get(outcome)
          return [
            outcome,
            {
              partitions: partitionsJson(names, check, partitions),
              at: newest === undefined ? null : Amount.iso(newest.at),
              run: newest?.runId ?? null,
              reason: newest?.reason ?? null,
              metadata: newest?.metadata ?? {}
            }
          ]
        })
      )
    }))
  )

/** `2025-06-02…2025-07-31 (60)`; empty without partitions. */
export const partitionsText = (
  { definitionOf, dictionary }: Names,
  check: { readonly asset: AssetKey | null; readonly check: string },
  partitions: PartitionSet.PartitionSet
): string => {
  const definition = definitionOf(check)
  return definition === undefined
    ? Amount.counted(PartitionSet.size(partitions), "partition")
    : PartitionsDefinition.format(definition, dictionary, partitions)
}

export const partitionsJson = (
  { definitionOf, dictionary }: Names,
  check: { readonly asset: AssetKey | null; readonly check: string },
  partitions: PartitionSet.PartitionSet
): PartitionNames.PartitionsJson => PartitionNames.jsonOf(definitionOf(check), dictionary, partitions)

type Status = CheckStatus.CheckStatus

const columns = (names: Names, view: View): ReadonlyArray<Table.Column<Status>> => [
  { title: "ASSET", text: ({ asset }) => asset ?? "", color: (_, ink) => ink.bold },
  { title: "CHECK", text: ({ check }) => check },
  { title: "OUTCOME", text: (check) => words[CheckStatus.health(check)], color: (check, ink) => colorOf(check, ink) },
  {
    title: "PARTITIONS",
    text: (check) => {
      const failing = CheckStatus.failing(check)
      return PartitionSet.isEmpty(failing) ? "" : partitionsText(names, check, failing)
    },
    shrinks: true,
    drops: true
  },
  { title: "LAST", text: ({ at }) => whenText(at, view), drops: true },
  { title: "FOUND", text: foundText, shrinks: true, color: (_, ink) => ink.dim },
  { title: "SEVERITY", text: ({ severity }) => severity, only: "pipe" },
  { title: "BLOCKING", text: ({ blocking }) => String(blocking), only: "pipe" }
]

const words: Readonly<Record<CheckStatus.Health, string>> = {
  NeverRun: "not run yet",
  Passed: "passed",
  Warned: "warned",
  Failed: "failed"
}

const colorOf = (check: Status, ink: Ink.Ink): ((text: string) => string) => {
  switch (CheckStatus.health(check)) {
    case "NeverRun":
      return ink.dim
    case "Passed":
      return ink.green
    case "Warned":
      return ink.yellow
    case "Failed":
      return ink.red
  }
}

const whenText = (at: number | undefined, view: View): string => {
  if (at === undefined) return ""
  return view.tty ? Amount.ago(at, view.now) : Amount.iso(at)
}

/** What was found of what does not pass, where there is such. */
const foundText = ({ newest }: Status): string =>
  (newest.get("Errored") ?? newest.get("Failed") ?? newest.get("Passed"))?.reason ?? ""
