/** The lines and records that are not in memcached, on their way into a table of the engine. */
import type { Done } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { DuckDB } from "../../resources/DuckDB.ts"
import { sql } from "../../runtime/index.ts"
import type { Unloaded } from "./Loading.ts"

/** Rows are added as they come; asking for their relation ends that. The table goes with the scope. */
export const make = Effect.gen(function* () {
  const duckdb = yield* DuckDB
  const queue = yield* Queue.bounded<Readonly<Record<string, unknown>>, Done>(1024)
  const table = yield* Effect.forkScoped(duckdb.load(columns, Stream.fromQueue(queue)))
  return {
    add: (lines: ReadonlyArray<Unloaded>) =>
      Effect.asVoid(
        Queue.offerAll(
          queue,
          lines.map((line) => ({ ...line, line: BigInt(line.line), byte_offset: BigInt(line.byte_offset) }))
        )
      ),
    relation: (file: string) =>
      Effect.gen(function* () {
        yield* Queue.end(queue)
        const rows = yield* Fiber.join(table)
        return { sql: sql`(SELECT ${file} AS file, line, byte_offset, reason, raw FROM ${rows} ORDER BY line)` }
      })
  }
})

const columns = [
  { name: "line", type: "BIGINT" },
  { name: "byte_offset", type: "BIGINT" },
  { name: "reason", type: "VARCHAR" },
  { name: "raw", type: "VARCHAR" }
]
