/**
 * How the checks of a project stand: of each the partitions that passed, failed
 * or could not be evaluated when they were last looked at, with the newest result
 * of each kind.
 */
import * as Effect from "effect/Effect"
import type * as AssetCheck from "../definition/AssetCheck.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { CheckResult, Outcome } from "../event/CheckResult.ts"
import type { Environment } from "../event/Run.ts"
import type { AssetGraph } from "../graph/AssetGraph.ts"
import * as GraphChecks from "../graph/GraphChecks.ts"
import { CheckLog, type CheckStanding, type RecordedCheck } from "../record/CheckLog.ts"

/** A check that is defined, or of which results are left. */
export interface CheckStatus {
  /** Null: it stands by itself. */
  readonly asset: AssetKey | null
  readonly check: string
  readonly description: string
  readonly severity: AssetCheck.Severity
  readonly blocking: boolean
  /** Partitions by their latest outcome; outcomes without partitions are left out. */
  readonly partitions: ReadonlyMap<Outcome, PartitionSet.PartitionSet>
  /** The newest result of each of these outcomes. */
  readonly newest: ReadonlyMap<Outcome, RecordedCheck>
  /** Of the newest of all results. */
  readonly at: number | undefined
}

/** `NeverRun` where there is no result; otherwise the worst that holds for some partition, `Warned` where it only warns. */
export type Health = "NeverRun" | "Passed" | "Warned" | "Failed"

/** All checks of a graph, in the order of its assets, then those that stand by themselves. */
export const read = Effect.fn("CheckStatus.read")(function* (graph: AssetGraph, environment: Environment) {
  const log = yield* CheckLog
  return make(graph, yield* log.standing(environment), yield* log.newest(environment))
})

/** The results of one check over time, newest first. */
export const history = Effect.fn("CheckStatus.history")(function* (
  environment: Environment,
  of: Pick<CheckResult, "asset" | "check">,
  limit = 100
) {
  return yield* CheckLog.use((log) => log.history(environment, of, limit))
})

export const make = (
  graph: AssetGraph,
  standing: ReadonlyArray<CheckStanding>,
  newest: ReadonlyArray<RecordedCheck>
): ReadonlyArray<CheckStatus> => {
  const standingOf = Map.groupBy(standing, nameOf)
  const newestOf = Map.groupBy(newest, nameOf)
  const status = (
    asset: AssetKey | null,
    check: Pick<AssetCheck.Any, "name" | "description" | "severity" | "blocking">
  ) => {
    const name = nameOf({ asset, check: check.name })
    return statusOf(asset, check, standingOf.get(name) ?? [], newestOf.get(name) ?? [])
  }
  const ofAsset = (key: AssetKey) =>
    (graph.checks.ofAsset.get(key) ?? []).flatMap((check) => {
      const found = status(key, check)
      // What every table is held to is worth a line where it does not hold.
      return check === GraphChecks.byDefault && PartitionSet.isEmpty(failing(found)) ? [] : [found]
    })
  return [
    ...graph.order.flatMap(ofAsset),
    ...Array.from(graph.checks.acrossAssets.values(), ({ check }) => status(null, check))
  ]
}

export const health = (self: CheckStatus): Health => {
  if (self.partitions.size === 0) return "NeverRun"
  if (!self.partitions.has("Failed") && !self.partitions.has("Errored")) return "Passed"
  return self.severity === "warn" || !self.blocking ? "Warned" : "Failed"
}

/** The partitions that did not pass. */
export const failing = ({ partitions }: CheckStatus): PartitionSet.PartitionSet =>
  PartitionSet.union(partitions.get("Failed") ?? PartitionSet.empty, partitions.get("Errored") ?? PartitionSet.empty)

const nameOf = ({ asset, check }: Pick<CheckResult, "asset" | "check">): string => `${asset ?? ""} ${check}`

const statusOf = (
  asset: AssetKey | null,
  { blocking, description, name, severity }: Pick<AssetCheck.Any, "name" | "description" | "severity" | "blocking">,
  standing: ReadonlyArray<CheckStanding>,
  newest: ReadonlyArray<RecordedCheck>
): CheckStatus => {
  const byOutcome = Map.groupBy(standing, ({ outcome }) => outcome)
  return {
    asset,
    check: name,
    description,
    severity,
    blocking,
    partitions: new Map(
      [...byOutcome].map(([outcome, all]) => [outcome, PartitionSet.unionAll(all.map(({ partitions }) => partitions))])
    ),
    newest: new Map(newest.filter(({ outcome }) => byOutcome.has(outcome)).map((result) => [result.outcome, result])),
    at: newest.length === 0 ? undefined : Math.max(...newest.map(({ at }) => at))
  }
}
