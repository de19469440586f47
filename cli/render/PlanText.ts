/**
 * A plan: a line for the assets that are made together, with what of them is
 * made and why.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as RunPlan from "../../runtime/plan/RunPlan.ts"
import * as Staleness from "../../runtime/plan/Staleness.ts"
import * as Amount from "./Amount.ts"
import * as CommandText from "./CommandText.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import * as Table from "./Table.ts"
import type { View } from "./View.ts"

/** The steps of assets that are made together. */
interface Group {
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  readonly reasons: Staleness.Reasons
  readonly steps: number
}

export const text = (plan: RunPlan.RunPlan, names: PartitionNames, view: View): string =>
  Table.make(columns(names), groups(plan), view)

const columns = (names: PartitionNames): ReadonlyArray<Table.Column<Group>> => [
  { title: "ASSET", text: ({ assets }) => Names.assets(assets), shrinks: true, color: (_, ink) => ink.bold },
  {
    title: "PARTITIONS",
    text: ({ assets, partitions }) => names.text(assets[0]!, partitions) || "–",
    plain: ({ assets, partitions }) => names.text(assets[0]!, partitions),
    shrinks: true
  },
  { title: "COUNT", text: ({ partitions }) => String(PartitionSet.size(partitions)), only: "pipe" },
  { title: "STEPS", text: ({ steps }) => Amount.count(steps), plain: ({ steps }) => String(steps), align: "right" },
  { title: "WHY", text: ({ reasons }) => why(reasons), color: ({ reasons }, ink) => colorOf(reasons, ink) }
]

const groups = (plan: RunPlan.RunPlan): ReadonlyArray<Group> =>
  [...Map.groupBy(plan.steps, ({ assets }) => assets.join(",")).values()].map((steps) => ({
    assets: steps[0]!.assets,
    partitions: PartitionSet.unionAll(steps.map(({ partitions }) => partitions)),
    reasons: Staleness.merge(steps.map(({ reasons }) => reasons)),
    steps: steps.length
  }))

const words: Readonly<Record<Staleness.Reason, string>> = {
  Failed: "failed",
  Missing: "missing",
  Stale: "stale",
  InputPending: "if its inputs change",
  Forced: "forced"
}

/** A reason alone, or each with its count. */
const why = (reasons: Staleness.Reasons): string =>
  [...reasons]
    .map(([reason, set]) =>
      reasons.size === 1 ? words[reason] : `${Amount.count(PartitionSet.size(set))} ${words[reason]}`
    )
    .join(", ")

const colorOf = (reasons: Staleness.Reasons, ink: Ink.Ink) => (reasons.has("Failed") ? ink.red : ink.yellow)

/** How much the plan is, in a sentence. */
export const summary = (plan: RunPlan.RunPlan): string => {
  const upToDate = upToDateOf(plan)
  if (!RunPlan.isEmpty(plan)) {
    const steps = `${Amount.counted(plan.steps.length, "step")} for ${Amount.counted(RunPlan.size(plan), "partition")}`
    return upToDate.partitions === 0
      ? steps
      : `${steps}; ${Amount.counted(upToDate.partitions, "partition")} up to date`
  }
  if (plan.blocked.length > 0) return "nothing can be made"
  return upToDate.partitions === 0
    ? "there is nothing to make"
    : `everything is up to date: ${Amount.counted(upToDate.assets, "asset")}, ${Amount.counted(upToDate.partitions, "partition")}`
}

/** Before a run: what it will do. */
export const opening = (plan: RunPlan.RunPlan, names: PartitionNames, view: View): string =>
  view.tty ? `${text(plan, names, view)}\n${Ink.make(view).dim(summary(plan))}\n` : summary(plan)

/** Instead of a run, where there is nothing to do. */
export const nothing = (plan: RunPlan.RunPlan, view: View): string => {
  const ink = Ink.make(view)
  return view.tty && plan.blocked.length === 0 ? `${ink.green("✓")} ${summary(plan)}` : summary(plan)
}

/** What was asked for and cannot be made, each with what helps; nothing where there is none. */
export const blocked = (plan: RunPlan.RunPlan, names: PartitionNames, view: View): string =>
  plan.blocked
    .map((blocked) => {
      const what = Names.made([blocked.asset], blocked.partitions, names)
      return `${Ink.make(view).yellow("!")} ${what} ${remedy(blocked)}`
    })
    .join("\n")

const remedy = ({ asset, input, reason }: RunPlan.Blocked): string => {
  switch (reason) {
    case "NotMade":
      return `cannot be made before ${input}, which it is made from: ${CommandText.make(["materialize", `+${asset}`])} makes both`
    case "Incomplete":
      return `waits until ${input} is complete, because it is made from all of it: ${CommandText.make(["show", input])} says what is missing`
  }
}

const upToDateOf = ({ upToDate }: RunPlan.RunPlan) => ({
  assets: upToDate.size,
  partitions: [...upToDate.values()].reduce((sum, set) => sum + PartitionSet.size(set), 0)
})

/** The plan as data; the form is kept. */
export const json = (plan: RunPlan.RunPlan, names: PartitionNames): unknown => ({
  steps: plan.steps.map(({ after, assets, index, partitions, reasons }) => ({
    index,
    assets,
    partitions: names.json(assets[0]!, partitions),
    reasons: Object.fromEntries([...reasons].map(([reason, set]) => [reason, names.json(assets[0]!, set)])),
    after
  })),
  blocked: plan.blocked.map(({ asset, input, partitions, reason }) => ({
    asset,
    reason,
    partitions: names.json(asset, partitions),
    input
  })),
  upToDate: [...plan.upToDate].map(([asset, partitions]) => ({
    asset,
    partitions: names.json(asset, partitions)
  }))
})
