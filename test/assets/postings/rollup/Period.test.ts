import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Period from "../../../../assets/postings/rollup/Period.ts"
import { DuckDB } from "../../../../resources/DuckDB.ts"
import * as TimeWindow from "../../../../runtime/definition/TimeWindow.ts"
import { PartitionsDefinition, sql } from "../../../../runtime/index.ts"

/** From 2019-12-20 on, over years that begin in week 1, 52 and 53. */
const days = Array.from({ length: 2000 }, (_, day) => 18_250 + day)

layer(DuckDB.layer)("a period", (it) => {
  describe("of a rollup", () => {
    for (const period of [Period.week, Period.month, Period.quarter, Period.year]) {
      it.effect(`has the days of the ${period.name} that its partition stands for`, () =>
        Effect.gen(function* () {
          const { spec } = period.partitions
          if (spec._tag !== "Time") return assert.fail("it is of time")
          const keys = days.map(PartitionsDefinition.dayKey)
          const rows = yield* DuckDB.use((duckdb) =>
            duckdb.query(sql`SELECT ${period.keyOf(sql`day`)} AS key FROM (SELECT unnest(${keys}) AS day) ORDER BY day`)
          )
          assert.deepStrictEqual(
            rows.map(({ key }) => key),
            days.map((day) => TimeWindow.key(spec.window, TimeWindow.ordinalAt(spec.window, day * 86_400_000)))
          )
        })
      )
    }
  })
})
