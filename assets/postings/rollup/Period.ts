/** The calendar periods that days are rolled up to, each with its partitions and the key of the one that holds a day. */
import { BackfillPolicy, PartitionsDefinition, type Sql, sql } from "../../../runtime/index.ts"

export interface Period<K extends string> {
  readonly name: "week" | "month" | "quarter" | "year"
  readonly partitions: PartitionsDefinition.PartitionsDefinition<K>
  /** As many periods a step as make about a quarter. */
  readonly backfillPolicy: ReturnType<typeof BackfillPolicy.batches>
  /** The key of the period of a day written `2025-06-02`. */
  readonly keyOf: (day: Sql.Sql) => Sql.Sql
}

/** ISO weeks, from Monday: `2025-W23`. */
export const week: Period<PartitionsDefinition.WeekKey> = {
  name: "week",
  partitions: PartitionsDefinition.weekly({ start: "1970" }),
  backfillPolicy: BackfillPolicy.batches(13),
  keyOf: (day) => sql`strftime(CAST(${day} AS DATE), '%G-W%V')`
}

export const month: Period<PartitionsDefinition.MonthKey> = {
  name: "month",
  partitions: PartitionsDefinition.monthly({ start: "1970" }),
  backfillPolicy: BackfillPolicy.batches(3),
  keyOf: (day) => sql`left(${day}, 7)`
}

export const quarter: Period<PartitionsDefinition.QuarterKey> = {
  name: "quarter",
  partitions: PartitionsDefinition.quarterly({ start: "1970" }),
  backfillPolicy: BackfillPolicy.batches(1),
  keyOf: (day) => sql`left(${day}, 4) || 'Q' || quarter(CAST(${day} AS DATE))`
}

export const year: Period<PartitionsDefinition.YearKey> = {
  name: "year",
  partitions: PartitionsDefinition.yearly({ start: "1970" }),
  backfillPolicy: BackfillPolicy.batches(1),
  keyOf: (day) => sql`left(${day}, 4)`
}
