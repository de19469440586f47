/**
 * A plan: a line for the assets that are made together, with what of them is
 * made, why, and how long it may take.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as RunPlan from "../../runtime/plan/RunPlan.ts"
import type * as Staleness from "../../runtime/plan/Staleness.ts"
import type * as ExpectedTime from "../../runtime/read/ExpectedTime.ts"
import * as Amount from "./Amount.ts"
import * as CommandText from "./CommandText.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as PlanTree from "./PlanTree.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

/** A plan, and how long it may take where that was asked for. */
export interface Planned {
  readonly plan: RunPlan.RunPlan
  readonly expected?: ExpectedTime.ExpectedTime
  /** External assets of which nothing is there. */
  readonly sources?: ReadonlyArray<AssetKey>
}

/** Each asset below what it is made from in the plan. */
export const text = ({ expected, plan }: Planned, names: PartitionNames, view: View): string =>
  Table.make(columns(names, expected), PlanTree.make(plan), view)

type Line = PlanTree.Line

const columns = (
  names: PartitionNames,
  expected: ExpectedTime.ExpectedTime | undefined
): ReadonlyArray<Table.Column<Line>> => [
  {
    title: "ASSET",
    text: ({ assets, branch }) => branch + Names.assets(assets),
    plain: ({ assets }) => Names.assets(assets),
    shrinks: true,
    cut: cutBehindBranch,
    color: (_, ink) => ink.bold
  },
  {
    title: "PARTITIONS",
    text: ({ assets, partitions }) => names.text(assets[0]!, partitions) || "–",
    plain: ({ assets, partitions }) => names.text(assets[0]!, partitions),
    shrinks: true
  },
  { title: "COUNT", text: ({ partitions }) => String(PartitionSet.size(partitions)), only: "pipe" },
  { title: "STEPS", text: ({ steps }) => Amount.count(steps), plain: ({ steps }) => String(steps), align: "right" },
  ...(expected === undefined || expected.paces.size === 0 ? [] : [timeColumn(expected)]),
  { title: "WHY", text: (line) => why(line), color: ({ reasons }, ink) => colorOf(reasons, ink) }
]

/** The branch stays, and of the name its end. */
const cutBehindBranch = (text: string, columns: number): string => {
  const [branch] = /^[│├└ ]*/.exec(text)!
  return branch + Width.truncateStart(text.slice(branch.length), columns - branch.length)
}

const timeColumn = ({ ofAsset }: ExpectedTime.ExpectedTime): Table.Column<Line> => {
  const millis = ({ assets }: Line) => ofAsset.get(assets[0]!)
  return {
    title: "ABOUT",
    text: (line) => {
      const time = millis(line)
      return time === undefined ? "" : Amount.duration(time)
    },
    only: "person",
    align: "right"
  }
}

const words: Readonly<Record<Staleness.Reason, string>> = {
  Failed: "failed",
  Missing: "missing",
  Stale: "stale",
  InputPending: "if its inputs change",
  Forced: "forced"
}

/** A reason alone, or each with its count; what is stale, with what made it so. */
const why = ({ causes, reasons }: Line): string =>
  [...reasons]
    .map(([reason, set]) => {
      const word = reason === "Stale" && causes.size > 0 ? `stale (${causeText(causes, set)})` : words[reason]
      return reasons.size === 1 ? word : `${Amount.count(PartitionSet.size(set))} ${word}`
    })
    .join(", ")

const causeWords: Readonly<Record<Staleness.Cause, string>> = {
  Schema: "schema",
  Code: "code",
  Config: "config",
  Input: "input"
}

/** `code`, or where not all are stale because of it, `2 code, 5 input`. */
const causeText = (causes: Staleness.Causes, stale: PartitionSet.PartitionSet): string =>
  [...causes]
    .map(([cause, set]) =>
      PartitionSet.size(set) === PartitionSet.size(stale)
        ? causeWords[cause]
        : `${Amount.count(PartitionSet.size(set))} ${causeWords[cause]}`
    )
    .join(", ")

const colorOf = (reasons: Staleness.Reasons, ink: Ink.Ink) => (reasons.has("Failed") ? ink.red : ink.yellow)

/** How much the plan is, and how long it may take, in a sentence. */
export const summary = ({ expected, plan, sources = [] }: Planned): string => {
  const upToDate = upToDateOf(plan)
  if (!RunPlan.isEmpty(plan)) {
    const steps = `${Amount.counted(plan.steps.length, "step")} for ${Amount.counted(RunPlan.size(plan), "partition")}`
    return [
      steps,
      ...(upToDate.partitions === 0 ? [] : [`${Amount.counted(upToDate.partitions, "partition")} up to date`]),
      ...(expected === undefined ? [] : expectedText(expected))
    ].join("; ")
  }
  if (plan.blocked.length > 0) return isWaiting(plan) ? "there is nothing to make yet" : "nothing can be made"
  return upToDate.partitions === 0
    ? `there is nothing to make${sources.length === 0 ? "" : `: nothing is there yet of ${listed(sources)}`}`
    : `everything is up to date: ${Amount.counted(upToDate.assets, "asset")}, ${Amount.counted(upToDate.partitions, "partition")}`
}

/** Without a history nothing is expected. */
const expectedText = ({ paces, unknown, whole }: ExpectedTime.ExpectedTime): ReadonlyArray<string> => {
  if (paces.size === 0) return []
  const more = unknown.length === 0 ? "" : ` and ${listed(unknown)}, never made before`
  return [`about ${Amount.duration(whole)}${more}`]
}

const listed = (keys: ReadonlyArray<AssetKey>): string =>
  keys.length <= 2 ? keys.join(" and ") : `${keys[0]} and ${keys.length - 1} more`

/** Before a run: what it will do. */
export const opening = (planned: Planned, names: PartitionNames, view: View): string =>
  view.tty ? `${text(planned, names, view)}\n${Ink.make(view).dim(summary(planned))}\n` : summary(planned)

/** Instead of a run, where there is nothing to do. */
export const nothing = (
  { planned: { plan }, sources }: { readonly planned: Planned; readonly sources: ReadonlyArray<AssetKey> },
  view: View
): string => {
  const text = summary({ plan, sources })
  const isDone = view.tty && upToDateOf(plan).partitions > 0 && plan.blocked.length === 0
  return isDone ? `${Ink.make(view).green("✓")} ${text}` : text
}

/** Whether nothing that was asked for is blocked, but by what does not exist yet. */
export const isWaiting = (plan: RunPlan.RunPlan): boolean =>
  plan.blocked.every((blocked) => RunPlan.isWaiting(plan, blocked))

/** What was asked for and cannot be made, each with what helps; nothing where there is none. */
export const blocked = (plan: RunPlan.RunPlan, names: PartitionNames, view: View): string =>
  plan.blocked
    .map((blocked) => {
      const what = Names.made([blocked.asset], blocked.partitions, names)
      return `${Ink.make(view).yellow("!")} ${what} ${remedy(plan, blocked, names)}`
    })
    .join("\n")

const remedy = (plan: RunPlan.RunPlan, blocked: RunPlan.Blocked, names: PartitionNames): string => {
  const { absent, asset, input, reason } = blocked
  const absentText = Names.made([input], absent, names)
  if (reason === "Incomplete") return `is made from all of ${input} and waits for ${absentText}`
  return RunPlan.blockedInputs(plan, blocked).length > 0
    ? `waits for ${absentText}, which is not made either`
    : `cannot be made before ${absentText}, which it is made from: ${CommandText.make(["materialize", `+${asset}`])} makes both`
}

const upToDateOf = ({ upToDate }: RunPlan.RunPlan) => ({
  assets: upToDate.size,
  partitions: [...upToDate.values()].reduce((sum, set) => sum + PartitionSet.size(set), 0)
})

/** A line for each change that made an asset stale; nothing where none is known. */
export const changes = (self: ReadonlyMap<AssetKey, ReadonlyArray<string>>, view: View): string =>
  [...self]
    .flatMap(([asset, lines]) => lines.map((line) => `${Ink.make(view).bold(asset)} is stale: ${line}`))
    .join("\n")

/** The plan as data; the form is kept. */
export const json = ({ expected, plan }: Planned, names: PartitionNames): Record<string, unknown> => ({
  steps: plan.steps.map(({ after, assets, index, partitions, reasons }) => ({
    index,
    assets,
    partitions: names.json(assets[0]!, partitions),
    reasons: setsJson(assets[0]!, reasons, names),
    after
  })),
  blocked: plan.blocked.map((blocked) => ({
    asset: blocked.asset,
    reason: blocked.reason,
    partitions: names.json(blocked.asset, blocked.partitions),
    input: blocked.input,
    absent: names.json(blocked.input, blocked.absent),
    waiting: RunPlan.isWaiting(plan, blocked)
  })),
  upToDate: [...plan.upToDate].map(([asset, partitions]) => ({
    asset,
    partitions: names.json(asset, partitions)
  })),
  causes: Object.fromEntries([...plan.causes].map(([asset, causes]) => [asset, setsJson(asset, causes, names)])),
  ...(expected === undefined ? {} : { expected: expectedJson(expected) })
})

const setsJson = (
  asset: AssetKey,
  sets: ReadonlyMap<string, PartitionSet.PartitionSet>,
  names: PartitionNames
): Record<string, unknown> => Object.fromEntries([...sets].map(([name, set]) => [name, names.json(asset, set)]))

/** Milliseconds. */
const expectedJson = (expected: ExpectedTime.ExpectedTime) => ({
  whole: expected.whole,
  longestChain: expected.longestChain,
  total: expected.total,
  assets: [...expected.paces].map(([asset, pace]) => ({ asset, total: expected.ofAsset.get(asset) ?? 0, ...pace })),
  unknown: expected.unknown
})
