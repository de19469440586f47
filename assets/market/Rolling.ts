/**
 * The moving mean and the rolling median of rows, exact, in one pass over them
 * without sorting them or keeping them.
 *
 * The engine's own windows do the same in one statement and take three times
 * as long, most of it to sort what lies sorted: rows of a symbol are stored
 * together and by day. Where they are not, they are sorted first.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as Kernel from "../../resources/kernel/Kernel.ts"
import { Sql, sql } from "../../runtime/index.ts"
import { code } from "./Rolling.wasm.ts"

/** A symbol comes again after another one, or a day after a later one. */
class Unsorted extends Schema.TaggedError<Unsorted>()("Unsorted", {}) {
  override get message() {
    return "the prices do not lie by symbol and day: sort them"
  }
}

/** The prices with `mean` of the volume and `median` of the adjusted close over the last rows of their symbol. */
export const over = Effect.fn("Rolling.over")(function* (prices: Sql.Relation, window: number) {
  const duckdb = yield* DuckDB
  const sorted = duckdb.table(sql`SELECT * FROM ${prices} ORDER BY Symbol, Date`)
  return yield* Effect.catchTag(rolled(prices, window), "Unsorted", () =>
    Effect.flatMap(sorted, (rows) => Effect.catchTag(rolled(rows, window), "Unsorted", Effect.die))
  )
})

const rolled = Effect.fnUntraced(function* (prices: Sql.Relation, window: number) {
  const duckdb = yield* DuckDB
  const values = yield* duckdb.table(
    sql`SELECT hash(Symbol), Date - DATE '1970-01-01', Volume, "Adj Close" FROM ${prices}`,
    { columns, make: roll(window) }
  )
  const full = columns.map(
    ({ name }) =>
      sql`CASE WHEN NOT isnan(v.${Sql.identifier(name)}) THEN v.${Sql.identifier(name)} END AS ${Sql.identifier(name)}`
  )
  return { sql: sql`(SELECT p.*, ${Sql.join(full, ", ")} FROM ${prices} AS p POSITIONAL JOIN ${values} AS v)` }
})

const columns = [
  { name: "mean", type: "DOUBLE" },
  { name: "median", type: "DOUBLE" }
]

interface Rolling extends Kernel.Exports {
  readonly start: (window: number) => number
  readonly roll: (...placesOfColumns: ReadonlyArray<number>) => number
}

/** Takes chunk after chunk: columns of eight bytes a value, one behind the other in the kernel's memory. */
const roll = (window: number) => {
  const kernel = Kernel.make<Rolling>(code)
  const start = kernel.call.start(window)
  const symbols = new Set<bigint>()
  return (rows: number, given: ReadonlyArray<Uint8Array>) => {
    const size = 8 * rows
    const [groups, days, means, medians, begun] = [0, 1, 2, 3, 4].map((index) => start + index * size) as Places
    kernel.reserve(begun + size)
    const memory = kernel.bytes()
    for (const [index, bytes] of given.entries()) memory.set(bytes, start + index * size)
    const count = kernel.call.roll(rows, groups, days, means, medians, begun)
    for (const symbol of new BigUint64Array(memory.buffer, begun, Math.max(0, count))) {
      if (symbols.has(symbol)) return Result.fail(new Unsorted())
      symbols.add(symbol)
    }
    return count < 0
      ? Result.fail(new Unsorted())
      : Result.succeed([means, medians].map((at) => memory.subarray(at, at + size)))
  }
}

type Places = [number, number, number, number, number]
