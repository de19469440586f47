/**
 * What the last 7, 28 and 90 days say of a title in a place, for many days in a
 * few queries.
 *
 * A day without postings counts as 0. Between two days on which something enters
 * or leaves a window nothing changes, so everything is worked out once for each
 * such stretch and not for each day, and from integers alone: a year made at once
 * equals its days made one by one to the bit.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { Sql, sql } from "../../../runtime/index.ts"
import * as Counts from "./Counts.ts"

/** Days of the windows. */
export const windows = [7, 28, 90] as const
type Window = (typeof windows)[number]

/** As many days before its own as a row is made from: the longest window, and the one before it. */
export const lookback = 2 * Math.max(...windows) - 1

/** What a row says of one window; `growth` and `senior_share` are null where they would divide by 0. */
const ofWindow = <const Days extends Window>(days: Days) => {
  const field = <const Name extends string, S>(name: Name, schema: S) =>
    ({ [`${name}_${days}`]: schema }) as Record<`${Name}_${Days}`, S>
  return {
    ...field("postings", Counts.Count),
    ...field("mean", Schema.Finite),
    ...field("median", Schema.Finite),
    ...field("growth", Schema.NullOr(Schema.Finite)),
    ...field("senior_share", Schema.NullOr(Schema.Finite))
  }
}

export const fields = { ...ofWindow(7), ...ofWindow(28), ...ofWindow(90), days_since_last_seen: Counts.Count }

/** A day, and the same as days since 1970-01-01. */
export interface Day {
  readonly key: string
  readonly ordinal: number
}

export interface Question {
  /** The days that are asked for, in their order; at least one. */
  readonly days: ReadonlyArray<Day>
  /** Rows of fewer postings in the look-back are left out. */
  readonly minimumPostings: number
}

/**
 * The features of each title and place that was seen in the look-back of a day, with `partition_key`.
 *
 * `counts` has a row a day, title and place with `date` (days since 1970-01-01), `title`, `place`, `place_name`,
 * `postings` and `senior`.
 */
export const make = Effect.fn("RollingFeatures.make")(function* (counts: Sql.Relation, question: Question) {
  const duckdb = yield* DuckDB
  const counted = yield* duckdb.table(sql`
    SELECT CAST(date AS INTEGER) AS date, title, place, max(place_name) AS place_name,
      CAST(sum(postings) AS BIGINT) AS postings, CAST(sum(senior) AS BIGINT) AS senior
    FROM ${counts} GROUP BY ALL`)
  const groups = yield* duckdb.table(sql`
    SELECT CAST(row_number() OVER () AS INTEGER) AS id, * FROM (
      SELECT title, place, max(place_name) AS place_name FROM ${counted} GROUP BY ALL
    )`)
  const events = yield* duckdb.table(sql`
    SELECT id, date, postings, senior
    FROM ${counted} AS c JOIN ${groups} AS g ON g.title = c.title AND g.place IS NOT DISTINCT FROM c.place`)
  const stretches = yield* duckdb.table(stretchesOf(events, question))
  const medians = yield* duckdb.table(mediansOf(stretches, events, question))
  const dates = question.days.map(({ ordinal }) => ordinal)
  return sql`
    SELECT
      ${list(
        question.days.map(({ key }) => key),
        "VARCHAR"
      )}[nth] AS partition_key,
      title, place, place_name,
      ${Sql.join(windows.map(features), ", ")},
      ${list(dates, "INTEGER")}[nth] - last_seen AS days_since_last_seen
    FROM (
      SELECT *, unnest(range(first, coalesce(until, ${dates.length + 1}))) AS nth
      FROM ${stretches} WHERE ${sumOf("sum", 90)} + ${sumOf("previous", 90)} >= ${Math.max(1, question.minimumPostings)}
    ) JOIN ${groups} USING (id) LEFT JOIN ${medians} USING (id, first)`
})

/** What is added up over a window of so many days. */
type Sum = "sum" | "previous" | "senior" | "seen"

const sumOf = (sum: Sum, window: Window): Sql.Sql => Sql.identifier(`${sum} ${window}`)

const features = (window: Window): Sql.Sql => {
  const [sum, previous, senior] = [sumOf("sum", window), sumOf("previous", window), sumOf("senior", window)]
  const named = (name: string) => Sql.identifier(`${name}_${window}`)
  return sql`
    ${sum} AS ${named("postings")},
    ${sum} / ${window} AS ${named("mean")},
    coalesce(${Sql.identifier(`median ${window}`)}, 0) AS ${named("median")},
    CASE WHEN ${previous} > 0 THEN (${sum} - ${previous}) / ${previous} END AS ${named("growth")},
    CASE WHEN ${sum} > 0 THEN ${senior} / ${sum} END AS ${named("senior_share")}`
}

/**
 * For each title and place, the stretches of asked days on which its sums are the same: `first` is the first asked
 * day's number from 1, `until` the next stretch's. A count enters a window on its day and leaves it so many days
 * later; what that does is noted for the first asked day that comes then.
 */
const stretchesOf = (events: Sql.Relation, { days }: Question): Sql.Sql => {
  const [start, end] = [days[0]!.ordinal, days.at(-1)!.ordinal]
  const numbers = new Array<number>(end - start + 1)
  for (let date = end, nth = days.length; date >= start; date--) {
    if (nth > 1 && days[nth - 2]!.ordinal >= date) nth--
    numbers[date - start] = nth
  }
  const ages = [...new Set(windows.flatMap((window) => [0, window, 2 * window]))]
  const sums = windows.flatMap((window) => [
    { name: sumOf("sum", window), of: sql`postings`, from: 0, to: window },
    { name: sumOf("previous", window), of: sql`postings`, from: window, to: 2 * window },
    { name: sumOf("senior", window), of: sql`senior`, from: 0, to: window },
    { name: sumOf("seen", window), of: sql`1`, from: 0, to: window }
  ])
  const change = ({ from, name, of, to }: (typeof sums)[number]) =>
    sql`sum(CASE age WHEN ${from} THEN ${of} WHEN ${to} THEN -${of} ELSE 0 END) AS ${name}`
  const running = ({ name }: (typeof sums)[number]) => sql`CAST(sum(${name}) OVER so_far AS BIGINT) AS ${name}`
  return sql`
    SELECT id, first, lead(first) OVER (PARTITION BY id ORDER BY first) AS until,
      max(last_seen) OVER so_far AS last_seen, ${Sql.join(sums.map(running), ", ")}
    FROM (
      SELECT id, first, max(date) FILTER (age = 0) AS last_seen, ${Sql.join(sums.map(change), ", ")}
      FROM (
        SELECT *, ${list(numbers, "INTEGER")}[greatest(date + age, ${start}) - ${start} + 1] AS first
        FROM ${events}, (SELECT CAST(unnest(${list(ages, "INTEGER")}) AS INTEGER) AS age)
      ) WHERE first IS NOT NULL GROUP BY id, first
    ) WINDOW so_far AS (PARTITION BY id ORDER BY first ROWS UNBOUNDED PRECEDING)`
}

/** Medians that are not 0: those of windows of which at least half of the days were seen. */
const mediansOf = (stretches: Sql.Relation, events: Sql.Relation, { days }: Question): Sql.Sql => {
  const dates = list(
    days.map(({ ordinal }) => ordinal),
    "INTEGER"
  )
  const ofWindow = (window: Window) => sql`
    SELECT s.id, s.first, ${window} AS days, ${sumOf("seen", window)} AS seen, list(e.postings ORDER BY e.postings) AS seen_postings
    FROM ${stretches} AS s JOIN ${events} AS e
      ON e.id = s.id AND e.date <= ${dates}[s.first] AND e.date > ${dates}[s.first] - ${window}
    WHERE 2 * ${sumOf("seen", window)} >= ${window}
    GROUP BY ALL`
  // Of all days of the window in the order of their postings, those that were not seen come first.
  const at = (place: Sql.Sql) =>
    sql`CASE WHEN ${place} > days - seen THEN seen_postings[${place} - (days - seen)] ELSE 0 END`
  return sql`
    SELECT id, first, ${Sql.join(
      windows.map((window) => sql`max(median) FILTER (days = ${window}) AS ${Sql.identifier(`median ${window}`)}`),
      ", "
    )}
    FROM (
      SELECT id, first, days, (${at(sql`(days + 1) // 2`)} + ${at(sql`days // 2 + 1`)}) / 2 AS median
      FROM (${Sql.join(windows.map(ofWindow), " UNION ALL ")})
    ) GROUP BY id, first`
}

const list = (values: ReadonlyArray<string> | ReadonlyArray<number>, type: "VARCHAR" | "INTEGER"): Sql.Sql =>
  sql`CAST(${values} AS ${Sql.literal(type)}[])`
