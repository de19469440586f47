/**
 * The steps of a plan by the assets that they make, each below what it is made
 * from: what has several inputs in the plan stands below the last of them.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type * as RunPlan from "../../runtime/plan/RunPlan.ts"
import * as Staleness from "../../runtime/plan/Staleness.ts"

/** The steps of assets that are made together. */
export interface Line {
  readonly assets: ReadonlyArray<AssetKey>
  readonly partitions: PartitionSet.PartitionSet
  readonly reasons: Staleness.Reasons
  readonly causes: Staleness.Causes
  readonly steps: number
  /** What stands before the assets in a tree: `│ └ `. */
  readonly branch: string
}

export const make = (plan: RunPlan.RunPlan): ReadonlyArray<Line> => {
  const groups = [...Map.groupBy(plan.steps, nameOf).values()]
  const children = Map.groupBy(groups, (steps) => parentOf(plan, steps))
  const lines: Array<Line> = []
  const visit = (parent: string | undefined, indent: string): void => {
    const below = children.get(parent) ?? []
    for (const [place, steps] of below.entries()) {
      const isLast = place === below.length - 1
      const [mark, rest] = parent === undefined ? ["", ""] : isLast ? ["└ ", "  "] : ["├ ", "│ "]
      lines.push(lineOf(plan, steps, indent + mark))
      visit(nameOf(steps[0]!), indent + rest)
    }
  }
  visit(undefined, "")
  return lines
}

const nameOf = ({ assets }: RunPlan.Step): string => assets.join(",")

/** A step comes after what it needs, so the highest index among these is of the last input. */
const parentOf = (plan: RunPlan.RunPlan, steps: ReadonlyArray<RunPlan.Step>): string | undefined => {
  const last = steps.reduce((last, { after }) => Math.max(last, after.at(-1) ?? -1), -1)
  return last === -1 ? undefined : nameOf(plan.steps[last]!)
}

const lineOf = (plan: RunPlan.RunPlan, steps: ReadonlyArray<RunPlan.Step>, branch: string): Line => {
  const { assets } = steps[0]!
  const all = assets.map((key) => plan.causes.get(key) ?? new Map<Staleness.Cause, PartitionSet.PartitionSet>())
  const causes = Staleness.Cause.literals.map(
    (cause) => [cause, PartitionSet.unionAll(all.map((of) => of.get(cause) ?? PartitionSet.empty))] as const
  )
  return {
    assets,
    partitions: PartitionSet.unionAll(steps.map(({ partitions }) => partitions)),
    reasons: Staleness.merge(steps.map(({ reasons }) => reasons)),
    causes: new Map(causes.filter(([, set]) => !PartitionSet.isEmpty(set))),
    steps: steps.length,
    branch
  }
}
