/**
 * Evaluates checks that their author wrote: a query whose rows are violations,
 * or an effect that gives a verdict or such a query.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Scope } from "effect/Scope"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as CheckRule from "../definition/CheckRule.ts"
import { IOManager } from "../definition/IOManager.ts"
import * as Metadata from "../definition/Metadata.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as Sql from "../definition/Sql.ts"
import { sql } from "../definition/Sql.ts"
import type { Found } from "./Checks.ts"
import * as CheckSubject from "./CheckSubject.ts"
import * as ViolationSample from "./ViolationSample.ts"

/** A check named a partition that it was not asked about. */
export class UnknownPartitionInVerdict extends Schema.TaggedError<UnknownPartitionInVerdict>()(
  "UnknownPartitionInVerdict",
  { key: Schema.String }
) {
  override get message() {
    return `its verdict names the partition ${JSON.stringify(this.key)}, which is not among those it was asked about: give a verdict on these only`
  }
}

export const evaluate = Effect.fnUntraced(function* (
  subject: CheckSubject.CheckSubject,
  rule: CheckRule.CustomRule,
  resources: Context.Context<never>
) {
  const io = yield* IOManager
  const version = yield* CheckSubject.request(subject)
  const over = { asset: subject.asset, partitions: CheckSubject.ordinalsOf(version, subject.partitions) }
  if (rule._tag === "Violations") {
    const relation = yield* io.relation(version)
    return yield* violations(over, rule.query({ sql: relation }))
  }
  const evaluated = Effect.flatMap(io.read(version), (handle) => {
    const verdict = rule.evaluate(handle as never) as Effect.Effect<CheckRule.Verdict | Sql.Sql, unknown>
    return judged(over, verdict, resources)
  })
  return yield* Effect.scoped(evaluated)
})

/** What a check is about: partitions by key, the empty one where there are none. */
export interface Over {
  /** For errors of reading. */
  readonly asset: AssetKey
  readonly partitions: ReadonlyMap<string, number>
}

/** What an author's effect found, with the services that it asks for. */
export const judged = Effect.fnUntraced(function* (
  over: Over,
  verdict: Effect.Effect<CheckRule.Verdict | Sql.Sql, unknown>,
  resources: Context.Context<never>
): Effect.fn.Return<ReadonlyArray<Found>, unknown, IOManager | Scope> {
  const scope = yield* Effect.scope
  const found = yield* Effect.provideContext(verdict, Context.add(resources, Scope, scope))
  if (CheckRule.isViolations(found)) return yield* violations(over, found)
  const ordinals = yield* Effect.forEach(found.partitions ?? [...over.partitions.keys()], (key) => {
    const ordinal = over.partitions.get(key)
    return ordinal === undefined ? Effect.fail(new UnknownPartitionInVerdict({ key })) : Effect.succeed(ordinal)
  })
  const entries = Object.entries(found.metadata ?? {})
  const metadata = Object.fromEntries(entries.map(([name, plain]) => [name, Metadata.fromPlain(plain)]))
  return parted(over, PartitionSet.fromOrdinals(found.passed ? [] : ordinals), found.reason, metadata)
})

/** The rows of a query are violations, of the partitions that they name or of all. */
const violations = Effect.fnUntraced(function* (over: Over, query: Sql.Sql) {
  const io = yield* IOManager
  const rows = Sql.subquery(query)
  const sample = yield* io.query(over.asset, sql`SELECT * FROM ${rows} LIMIT ${ViolationSample.rows}`)
  if (sample.length === 0) return parted(over, PartitionSet.empty, "", {})
  const key = "partition_key" in sample[0]! ? sql`partition_key::VARCHAR` : sql`NULL::VARCHAR`
  const counted = yield* io.query(over.asset, sql`SELECT ${key} AS key, count(*) AS count FROM ${rows} GROUP BY ALL`)
  const total = counted.reduce((sum, { count }) => sum + Number(count), 0)
  const found = counted.map((row) => over.partitions.get(String(row.key)))
  const isEach = found.every((ordinal) => ordinal !== undefined)
  const failed = PartitionSet.fromOrdinals(isEach ? (found as ReadonlyArray<number>) : over.partitions.values())
  return parted(over, failed, total === 1 ? "1 row violates it" : `${total} rows violate it`, {
    violations: { _tag: "Int", value: total },
    sample: { _tag: "Json", value: ViolationSample.make(sample) }
  })
})

/** The partitions that fail, for a reason, and the others. */
const parted = (
  { partitions }: Over,
  failed: PartitionSet.PartitionSet,
  reason: string,
  metadata: Metadata.MetadataEntries
): ReadonlyArray<Found> => {
  const passed = PartitionSet.difference(PartitionSet.fromOrdinals(partitions.values()), failed)
  const isPassed = PartitionSet.isEmpty(failed)
  const parts: ReadonlyArray<Found> = [
    { outcome: "Failed", partitions: failed, reason, metadata },
    {
      outcome: "Passed",
      partitions: passed,
      reason: isPassed && reason !== "" ? reason : "it passed",
      metadata: isPassed ? metadata : {}
    }
  ]
  return parts.filter(({ partitions }) => !PartitionSet.isEmpty(partitions))
}
