import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as RollingFeatures from "../../../../assets/postings/rollup/RollingFeatures.ts"
import { DuckDB } from "../../../../resources/DuckDB.ts"
import { type Sql, sql } from "../../../../runtime/index.ts"

interface Count {
  readonly date: number
  readonly title: string
  readonly place: string | null
  readonly postings: number
  readonly senior: number
}

const relation = Effect.fnUntraced(function* (counts: ReadonlyArray<Count>) {
  const shape = JSON.stringify([
    { date: "INTEGER", title: "VARCHAR", place: "VARCHAR", postings: "BIGINT", senior: "BIGINT" }
  ])
  return yield* DuckDB.use((duckdb) =>
    duckdb.table(
      sql`SELECT unnest(from_json(${JSON.stringify(counts)}, ${shape}), recursive := true), NULL::VARCHAR AS place_name`
    )
  )
})

/** The rows of the features of these days, each as one text, sorted. */
const features = Effect.fnUntraced(function* (counts: Sql.Relation, dates: ReadonlyArray<number>, minimumPostings = 1) {
  const duckdb = yield* DuckDB
  const days = dates.map((ordinal) => ({ key: `day ${ordinal}`, ordinal }))
  const query = yield* RollingFeatures.make(counts, { days, minimumPostings })
  const rows = yield* duckdb.query(sql`SELECT * EXCLUDE (place_name) FROM (${query})`)
  return rows.map(text).sort()
}, Effect.scoped)

const text = (row: object) =>
  JSON.stringify(Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]))

/** The same from a list of all days of each title and place, as the definitions say it. */
const counted = (counts: ReadonlyArray<Count>, dates: ReadonlyArray<number>, minimumPostings = 1) => {
  const groups = Map.groupBy(counts, ({ place, title }) => JSON.stringify([title, place]))
  return [...groups]
    .flatMap(([key, group]) => {
      const [title, place] = JSON.parse(key)
      const byDate = Map.groupBy(group, ({ date }) => date)
      const on = (date: number, of: "postings" | "senior") =>
        byDate.get(date)?.reduce((sum, count) => sum + count[of], 0) ?? 0
      const last = (date: number, days: number, of: "postings" | "senior" = "postings") =>
        Array.from({ length: days }, (_, age) => on(date - age, of))
      return dates.flatMap((date) => {
        const all = last(date, 180)
        if (sum(all) < minimumPostings) return []
        const row: Record<string, unknown> = { partition_key: `day ${date}`, title, place }
        for (const window of [7, 28, 90]) {
          const [now, before] = [sum(last(date, window)), sum(last(date - window, window))]
          const inOrder = last(date, window).sort((a, b) => a - b)
          row[`postings_${window}`] = now
          row[`mean_${window}`] = now / window
          row[`median_${window}`] = (inOrder[Math.ceil(window / 2) - 1]! + inOrder[Math.floor(window / 2)]!) / 2
          row[`growth_${window}`] = before === 0 ? null : (now - before) / before
          row[`senior_share_${window}`] = now === 0 ? null : sum(last(date, window, "senior")) / now
        }
        row.days_since_last_seen = all.findIndex((postings) => postings > 0)
        return [text(row)]
      })
    })
    .sort()
}

const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((sum, number) => sum + number, 0)

const Counts = Schema.Array(
  Schema.Struct({
    date: Schema.Int.check(Schema.isBetween({ minimum: 1000, maximum: 1250 })),
    title: Schema.Literals(["clerk", "nurse"]),
    place: Schema.NullOr(Schema.Literals(["35620"])),
    postings: Schema.Literals([1, 2, 3, 9]),
    senior: Schema.Literals([0, 1])
  })
).check(Schema.isMaxLength(60))

const Days = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1179, maximum: 1250 })))

/** Titles that are seen on most days, now and then, and once in a year. */
const counts = Array.from({ length: 545 }, (_, date): ReadonlyArray<Count> => {
  const often = { date, title: "often", place: "35620", postings: 1 + ((date * 7) % 5), senior: date % 2 }
  const seldom = { date, title: "seldom", place: null, postings: 2, senior: 0 }
  const once = { date, title: "once", place: null, postings: 1, senior: 1 }
  return [
    ...(date % 5 < 3 || date % 40 > 20 ? [often] : []),
    ...(date % 23 === 0 ? [seldom] : []),
    ...(date === 200 ? [once] : [])
  ]
}).flat()
const yearDays = Array.from({ length: 365 }, (_, day) => 180 + day)

const inLookback = (counts: Sql.Relation, from: number, to: number): Sql.Relation => ({
  sql: sql`(SELECT * FROM ${counts} WHERE date BETWEEN ${from - RollingFeatures.lookback} AND ${to})`
})

layer(DuckDB.layer)("rolling features", (it) => {
  describe("over calendar days", () => {
    it.effect.prop(
      "are what their definitions say of any days, next to each other or not",
      [Counts, Days],
      ([counts, days]) =>
        Effect.gen(function* () {
          const dates = [...new Set(days)].sort((a, b) => a - b)
          const input = inLookback(yield* relation(counts), dates[0]!, dates.at(-1)!)
          assert.deepStrictEqual(yield* features(input, dates), counted(counts, dates))
        }).pipe(Effect.scoped),
      { arbitrary: { runs: 60 } }
    )

    it.effect("of a year made in four steps are those of its days made one by one, to the bit", () =>
      Effect.gen(function* () {
        const all = yield* relation(counts)
        const made = (steps: ReadonlyArray<ReadonlyArray<number>>) =>
          Effect.map(
            Effect.forEach(steps, (days) => features(inLookback(all, days[0]!, days.at(-1)!), days)),
            (rows) => rows.flat().sort()
          )
        const quarters = Array.from({ length: 4 }, (_, step) => yearDays.slice(step * 92, (step + 1) * 92))
        const year = yield* made(quarters)
        assert.deepStrictEqual(year, counted(counts, yearDays))
        // Each day alone, but not all of them, as they take long.
        const alone = yearDays.filter((day) => day % 3 === 0)
        const prefixes = new Set(alone.map((day) => `[["partition_key","day ${day}"]`))
        assert.deepStrictEqual(
          year.filter((row) => prefixes.has(row.slice(0, row.indexOf("]") + 1))),
          yield* made(alone.map((day) => [day]))
        )
      }).pipe(Effect.scoped)
    )

    it.effect("forget a title 180 days after it was seen last", () =>
      Effect.gen(function* () {
        const counts = yield* relation([{ date: 0, title: "once", place: null, postings: 1, senior: 0 }])
        const rows = yield* features(counts, [89, 90, 178, 179, 180])
        const found = rows.map((row) => Object.fromEntries(JSON.parse(row)))
        assert.deepStrictEqual(
          found.map((row) => [row.partition_key, row.days_since_last_seen, row.postings_90, row.growth_90]).sort(),
          [
            ["day 178", 178, 0, -1],
            ["day 179", 179, 0, -1],
            ["day 89", 89, 1, null],
            ["day 90", 90, 0, -1]
          ]
        )
      }).pipe(Effect.scoped)
    )

    it.effect("leave out titles of fewer postings than are asked for", () =>
      Effect.gen(function* () {
        const all = yield* relation(counts)
        const few = yield* features(all, [300], 2)
        assert.deepStrictEqual(few, counted(counts, [300], 2))
        assert.strictEqual(few.length, (yield* features(all, [300], 1)).length - 1)
      }).pipe(Effect.scoped)
    )
  })
})
