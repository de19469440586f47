/**
 * The moving mean and the rolling median of prices, exact, in one pass over
 * them.
 *
 * The engine's own windows do the same in one statement and take three times
 * as long, much of it to sort what nearly lies sorted: the days of a symbol
 * are stored in a few runs, of which only the order has to be found.
 */
import * as Effect from "effect/Effect"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as Kernel from "../../resources/kernel/Kernel.ts"
import { Sql, sql } from "../../runtime/index.ts"
import { code } from "./Rolling.wasm.ts"

/**
 * Of each row of the prices, by its `row_number`, `mean` of the volume and `median` of the adjusted close over the
 * last rows of its symbol; NULL where there are fewer.
 */
export const over = Effect.fn("Rolling.over")(function* (prices: Sql.Relation, window: number) {
  const duckdb = yield* DuckDB
  const [counted] = yield* duckdb.query(sql`SELECT count(*) AS rows FROM ${prices}`)
  const values = yield* duckdb.table(
    sql`SELECT hash(Symbol), Date - DATE '1970-01-01', Volume, "Adj Close", row_number FROM ${prices}`,
    {
      columns: [...averages.map((name) => ({ name, type: "DOUBLE" })), { name: "row_number", type: "BIGINT" }],
      ...rolling(window, Number(counted!.rows))
    }
  )
  const full = averages.map((name) => {
    const value = Sql.identifier(name)
    return sql`CASE WHEN NOT isnan(${value}) THEN ${value} END AS ${value}`
  })
  return { sql: sql`(SELECT row_number, ${Sql.join(full, ", ")} FROM ${values})` } satisfies Sql.Relation
})

const averages = ["mean", "median"]

interface Rolling extends Kernel.Exports {
  readonly start: (window: number) => number
  readonly runs: (rows: number, symbols: number, days: number, starts: number) => number
  readonly begin: () => void
  readonly roll: (rows: number, volumes: number, prices: number) => void
}

/** Rows lie in the kernel's memory by columns of eight bytes a value: symbol, day, volume, price and number. */
const rolling = (window: number, rows: number) => {
  const kernel = Kernel.make<Rolling>(code)
  const first = kernel.call.start(window)
  const places = [0, 1, 2, 3, 4, 5].map((column) => first + column * 8 * rows) as Places
  const [symbols, days, volumes, prices, numbers, starts] = places
  kernel.reserve(starts + 4 * rows)
  const memory = kernel.bytes()
  const symbolOf = new BigUint64Array(memory.buffer, symbols, rows)
  const dayOf = new BigInt64Array(memory.buffer, days, rows)
  let taken = 0

  const run = (start: number, end: number): Run => ({
    start,
    count: end - start,
    symbol: symbolOf[start]!,
    from: dayOf[start]!,
    to: dayOf[end - 1]!
  })

  return {
    take: (count: number, given: ReadonlyArray<Uint8Array>) => {
      for (const [column, bytes] of given.entries()) memory.set(bytes, first + 8 * (column * rows + taken))
      taken += count
    },
    give: () => {
      const found = kernel.call.runs(rows, symbols, days, starts)
      const starting = new Uint32Array(memory.buffer, starts, found)
      const inRuns = sorted(Array.from(starting, (start, index) => run(start, starting[index + 1] ?? rows)))
      const areApart = inRuns.every((run, index) => !isAmong(inRuns[index - 1], run))
      const ordered = areApart ? inRuns : sorted(Array.from({ length: rows }, (_, row) => run(row, row + 1)))
      for (const [index, { count, start, symbol }] of ordered.entries()) {
        if (ordered[index - 1]?.symbol !== symbol) kernel.call.begin()
        kernel.call.roll(count, volumes + 8 * start, prices + 8 * start)
      }
      return [memory.subarray(volumes, prices), memory.subarray(prices, numbers), memory.subarray(numbers, starts)]
    }
  }
}

/** Rows of a symbol that stand together, by day. */
interface Run {
  readonly start: number
  readonly count: number
  readonly symbol: bigint
  readonly from: bigint
  readonly to: bigint
}

type Places = [symbols: number, days: number, volumes: number, prices: number, numbers: number, starts: number]

const sorted = (runs: ReadonlyArray<Run>): ReadonlyArray<Run> =>
  runs.toSorted((a, b) => compare(a.symbol, b.symbol) || compare(a.from, b.from))

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** Whether days of a run lie among those of the one before. */
const isAmong = (before: Run | undefined, run: Run): boolean => before?.symbol === run.symbol && run.from <= before.to
