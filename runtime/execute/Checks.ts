/**
 * Holds a version of an asset to its checks.
 *
 * Rules on columns are one query, counts that are known already are not counted
 * again, and a check that cannot be evaluated says so instead of failing what is
 * around it.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as AssetCheck from "../definition/AssetCheck.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import * as CheckRule from "../definition/CheckRule.ts"
import type { MetadataEntries } from "../definition/Metadata.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as CheckResult from "../event/CheckResult.ts"
import type { StepError } from "../event/Run.ts"
import * as CheckSubject from "./CheckSubject.ts"
import * as ColumnChecks from "./ColumnChecks.ts"
import * as CustomChecks from "./CustomChecks.ts"
import * as StepFailure from "./StepFailure.ts"

/** What was made does not pass a blocking check of its asset, and is not published. */
export class CheckFailed extends Schema.TaggedError<CheckFailed>()("CheckFailed", {
  asset: AssetKey,
  check: Schema.String,
  outcome: CheckResult.Outcome,
  reason: Schema.String
}) {
  override get message() {
    return this.outcome === "Errored"
      ? `the check ${this.check} of ${this.asset} cannot be evaluated, so it is not published: ${this.reason}`
      : `${this.asset} does not pass its check ${this.check} and is not published: ${this.reason}`
  }
}

/** One or two results of each check: of the partitions that passed, and of the others. */
export const evaluate: (
  subject: CheckSubject.CheckSubject,
  checks: ReadonlyArray<AssetCheck.Any>,
  resources: Context.Context<never>
) => Effect.Effect<ReadonlyArray<CheckResult.CheckResult>, never, CheckSubject.Needs> = Effect.fnUntraced(
  function* (subject, checks, resources) {
    const judged = checks.filter(({ rule }) => subject.isCandidate || !CheckRule.isOfChange(rule))
    if (judged.length === 0 || PartitionSet.isEmpty(subject.partitions)) return []
    const counted = yield* Effect.cached(countColumns(subject, judged))
    return (yield* Effect.forEach(judged, (check) => {
      const { rule } = check
      const found = CheckRule.isCustomRule(rule)
        ? CustomChecks.evaluate(subject, rule, resources)
        : Effect.flatMap(measure(subject, rule, counted), (measured) => judge(subject, rule, measured))
      return Effect.map(orErrored(subject.partitions, found), (found) => found.map(resultOf(subject, check)))
    })).flat()
  },
  (effect, subject) =>
    Effect.withSpan(effect, "Checks.evaluate", { attributes: { asset: subject.asset }, captureStackTrace: false })
)

/** The partitions that a blocking check keeps from being published, each with the first one that does. */
export const refused = (results: ReadonlyArray<CheckResult.CheckResult>): ReadonlyMap<number, StepError> => {
  const failed = new Map<number, StepError>()
  for (const { asset, check, outcome, partitions, reason } of results.filter(CheckResult.isBlocking)) {
    if (asset === null) continue
    const error = StepFailure.fromError(new CheckFailed({ asset, check, outcome, reason }))
    for (const ordinal of PartitionSet.ordinals(partitions)) if (!failed.has(ordinal)) failed.set(ordinal, error)
  }
  return failed
}

/** What came of a check for some partitions. */
export interface Found {
  readonly outcome: CheckResult.Outcome
  readonly partitions: PartitionSet.PartitionSet
  readonly reason: string
  readonly metadata: MetadataEntries
}

/** What a check cannot be evaluated for says so; being interrupted is not that. */
export const orErrored = <E, R>(
  partitions: PartitionSet.PartitionSet,
  found: Effect.Effect<ReadonlyArray<Found>, E, R>
): Effect.Effect<ReadonlyArray<Found>, never, R> =>
  Effect.catchCause(found, (cause) =>
    Cause.hasInterrupts(cause)
      ? Effect.interrupt
      : Effect.succeed([
          { outcome: "Errored" as const, partitions, reason: StepFailure.fromCause(cause).message, metadata: {} }
        ])
  )

const resultOf =
  ({ asset, pieces }: CheckSubject.CheckSubject, { blocking, name, severity }: AssetCheck.Any) =>
  (found: Found): CheckResult.CheckResult => ({
    asset,
    check: name,
    severity,
    blocking,
    objects: pieces
      .filter(({ live }) => !PartitionSet.isEmpty(PartitionSet.intersection(live, found.partitions)))
      .map(({ object }) => object.id),
    ...found
  })

type Countable = CheckRule.ColumnRule | CheckRule.CountRule

type Counted = Effect.Effect<
  ColumnChecks.Counted & { readonly rules: ReadonlyArray<CheckRule.ColumnRule> },
  unknown,
  CheckSubject.Needs
>

const countColumns = (subject: CheckSubject.CheckSubject, checks: ReadonlyArray<AssetCheck.Any>): Counted => {
  const rules = checks.map(({ rule }) => rule).filter(CheckRule.isColumnRule)
  return Effect.map(ColumnChecks.count(subject, rules), (counted) => ({ ...counted, rules }))
}

/** What a rule asks to be known of each partition. */
const measure = Effect.fnUntraced(function* (
  subject: CheckSubject.CheckSubject,
  rule: Countable,
  counted: Counted
): Effect.fn.Return<ReadonlyMap<number, CheckRule.Measured>, unknown, CheckSubject.Needs> {
  const isColumnRule = CheckRule.isColumnRule(rule)
  const columns = isColumnRule || subject.rows === undefined ? yield* counted : undefined
  const rows = subject.rows ?? columns!.rows
  const violations = isColumnRule ? columns!.violations[columns!.rules.indexOf(rule)]! : none
  const quarantined = rule._tag === "ErrorRate" ? yield* CheckSubject.quarantined(subject) : none
  const other = rule._tag === "SameRowCount" ? yield* CheckSubject.other(subject, rule.asset.key) : none
  const before = CheckRule.isOfChange(rule) ? yield* CheckSubject.before(subject, compared(subject, rule, rows)) : none
  return new Map(
    Array.from(PartitionSet.ordinals(subject.partitions), (ordinal) => [
      ordinal,
      {
        rows: rows.get(ordinal) ?? 0,
        violations: violations.get(ordinal) ?? 0,
        quarantined: quarantined.get(ordinal) ?? 0,
        other: other.get(ordinal) ?? 0,
        before: before.get(ordinal)
      }
    ])
  )
})

const none: CheckSubject.Counts = new Map()

/** Whether something became empty has to be asked only of what is empty. */
const compared = ({ partitions }: CheckSubject.CheckSubject, rule: Countable, rows: CheckSubject.Counts) =>
  rule._tag === "BecameEmpty"
    ? PartitionSet.filter(partitions, (ordinal) => (rows.get(ordinal) ?? 0) === 0)
    : partitions

const judge = Effect.fnUntraced(function* (
  subject: CheckSubject.CheckSubject,
  rule: Countable,
  measured: ReadonlyMap<number, CheckRule.Measured>
) {
  const groups = Map.groupBy(measured, ([, of]) => CheckRule.holds(rule, of))
  return yield* Effect.forEach(groups, ([passed, group]) =>
    Effect.gen(function* () {
      const partitions = PartitionSet.fromOrdinals(group.map(([ordinal]) => ordinal))
      const all = CheckRule.together(group.map(([, of]) => of))
      const many = passed || group.length === 1 || rule._tag === "RowCount" ? "" : ` (${group.length} partitions)`
      const sample =
        !passed && CheckRule.isColumnRule(rule) ? yield* ColumnChecks.sample(subject, rule, partitions) : []
      const found: Found = {
        outcome: passed ? "Passed" : "Failed",
        partitions,
        reason: `${CheckRule.reason(rule, all, group.length)}${many}`,
        metadata: metadataOf(rule, all, sample)
      }
      return found
    })
  )
})

const metadataOf = (
  rule: Countable,
  { before, other, quarantined, rows, violations }: CheckRule.Measured,
  sample: Schema.Json
): MetadataEntries => {
  const int = (value: number) => ({ _tag: "Int" as const, value })
  return {
    rows: int(rows),
    ...(CheckRule.isColumnRule(rule) ? { violations: int(violations) } : {}),
    ...(rule._tag === "ErrorRate" ? { quarantined: int(quarantined) } : {}),
    ...(rule._tag === "SameRowCount" ? { other: int(other) } : {}),
    ...(CheckRule.isOfChange(rule) && before !== undefined ? { before: int(before) } : {}),
    ...(Array.isArray(sample) && sample.length > 0 ? { sample: { _tag: "Json" as const, value: sample } } : {})
  }
}
