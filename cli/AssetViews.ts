/**
 * The assets as views of the engine: under the key as a quoted name, a key of
 * several words also as schema and table, and what a run made of it, published
 * or not, under `<key>@<run>`; what was set aside of either, with `/quarantine`
 * behind its name.
 */
import * as Effect from "effect/Effect"
import { DuckDB } from "../resources/DuckDB.ts"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as Sql from "../runtime/definition/Sql.ts"
import type { RunId } from "../runtime/event/Run.ts"
import * as AssetRelation from "../runtime/read/AssetRelation.ts"
import type { KnownState } from "../runtime/record/KnownState.ts"

/** Makes the views of the assets that a query may mean: those of whose key every word stands in it. */
export const create = Effect.fn("AssetViews.create")(function* (known: KnownState, query: string) {
  const mentioned = known.view.graph.order.filter((key) => isMentioned(key, query))
  yield* Effect.forEach(mentioned, (key) => createOne(known, key, query), { discard: true })
  return mentioned
})

const createOne = Effect.fnUntraced(function* (known: KnownState, key: AssetKey, query: string) {
  const duckdb = yield* DuckDB
  const name = Sql.identifier(key)
  yield* duckdb.run(view(name, yield* AssetRelation.rows(known, key)))
  const [schema, ...table] = key.split("/")
  if (table.length > 0 && schema !== undefined) {
    const long = Sql.sql`${Sql.identifier(schema)}.${Sql.identifier(table.join("/"))}`
    // A schema may have a name that the engine keeps for itself: the quoted key is then the only one.
    const alias = Effect.andThen(
      duckdb.run(Sql.sql`CREATE SCHEMA IF NOT EXISTS ${Sql.identifier(schema)}`),
      duckdb.run(Sql.sql`CREATE OR REPLACE VIEW ${long} AS FROM main.${name}`)
    )
    yield* Effect.ignore(alias)
  }
  for (const run of runsIn(key, query)) {
    const made = yield* AssetRelation.madeBy(known, key, run)
    const candidate = `${key}@${run}`
    yield* duckdb.run(view(Sql.identifier(candidate), yield* AssetRelation.rows(made, key)))
    yield* createQuarantine(made, key, candidate, query)
  }
  yield* createQuarantine(known, key, key, query)
})

const createQuarantine = Effect.fnUntraced(function* (known: KnownState, key: AssetKey, name: string, query: string) {
  if (!query.toLowerCase().includes(`${name}/quarantine`.toLowerCase())) return
  const relation = yield* AssetRelation.quarantine(known, key)
  yield* DuckDB.use((duckdb) => duckdb.run(view(Sql.identifier(`${name}/quarantine`), relation)))
})

/** The runs whose candidates of an asset a query names. */
const runsIn = (key: AssetKey, query: string): ReadonlyArray<RunId> =>
  [
    ...new Set(
      [...query.matchAll(/"([^"]+)@([0-9a-z]+-[0-9a-z]+)(?:\/quarantine)?"/g)].flatMap(([, of, run]) =>
        of === key ? [run!] : []
      )
    )
  ].map((run) => run as RunId)

/** A view binds no values: texts, numbers and lists of them stand in it as literals. */
const view = (name: Sql.Sql, relation: Sql.Sql): Sql.Sql =>
  Sql.sql`CREATE OR REPLACE VIEW ${name} AS FROM ${Sql.subquery(Sql.mapValues(relation, literal))}`

const literal = (value: Sql.SqlValue): Sql.Sql => {
  if (typeof value === "string") return Sql.text(value)
  if (Array.isArray(value)) return Sql.sql`[${Sql.join(value.map(literal), ", ")}]`
  if (value === null || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return Sql.literal(String(value))
  }
  throw new TypeError("a view cannot hold this value")
}

const isMentioned = (key: AssetKey, query: string): boolean => {
  const text = query.toLowerCase()
  return key.split("/").every((word) => text.includes(word))
}
