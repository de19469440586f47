/**
 * `strata query`: the assets as views, read and never written.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { DuckDB } from "../../resources/DuckDB.ts"
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import type * as KnownState from "../../runtime/record/KnownState.ts"
import * as AssetViews from "../AssetViews.ts"
import * as DeadRuns from "../DeadRuns.ts"
import type * as Flags from "../Flags.ts"
import * as OpenProject from "../OpenProject.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as QueryRefused from "../QueryRefused.ts"
import * as CommandText from "../render/CommandText.ts"
import * as QueryResult from "../render/QueryResult.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const query = Effect.fn("query")(function* (options: Flags.Options<typeof Flags.query>) {
  const project = yield* Project.load(ProjectRequest.of(options))
  const build = yield* Wiring.builder
  const state = yield* build(Wiring.stateIfAny(project))
  const known = yield* Effect.provideContext(Effect.andThen(DeadRuns.close, OpenProject.known(project)), state)
  const engine = yield* build(Wiring.engine)
  yield* Effect.gen(function* () {
    yield* check(options.sql)
    const mentioned = yield* AssetViews.create(known, options.sql)
    yield* options.json ? printJson(options.sql) : printText(options.sql)
    yield* tellEmpty(
      known,
      mentioned.filter((key) => !options.sql.includes(`"${key}@`))
    )
  }).pipe(
    Effect.catchTag("DuckDBError", ({ message }) =>
      Effect.fail(QueryRefused.fromEngine(message, known.view.graph.order))
    ),
    Effect.provideContext(engine),
    Effect.provideContext(state)
  )
}, Effect.scoped)

/** An empty answer may only mean that nothing was made yet. */
const tellEmpty = Effect.fnUntraced(function* (known: KnownState.KnownState, mentioned: ReadonlyArray<AssetKey>) {
  const screen = yield* Screen
  const empty = mentioned.filter((key) => PartitionSet.isEmpty(AssetGraphView.materialized(known.view, key)))
  yield* Effect.forEach(empty, (key) =>
    screen.tell(() => `${key} is not materialized yet: ${CommandText.make(["materialize", `+${key}`])} makes it`)
  )
})

/** Only what the engine itself reads as one query can stand in parentheses. */
const check = Effect.fnUntraced(function* (text: string) {
  const duckdb = yield* DuckDB
  const rows = yield* duckdb.query(Sql.sql`SELECT json_serialize_sql(${text}::VARCHAR) AS parsed`)
  yield* Effect.fromResult(QueryRefused.check(text, String(rows[0]?.parsed)))
})

const asked = (text: string): Sql.Sql => Sql.subquery(Sql.literal(text))

/** Columns become text in the engine, which rounds nothing. */
const printText = Effect.fnUntraced(function* (text: string) {
  const screen = yield* Screen
  const duckdb = yield* DuckDB
  const columns = yield* duckdb.columns(Sql.sql`SELECT * FROM ${asked(text)}`)
  const rows = duckdb.stream(Sql.sql`SELECT COLUMNS(*)::VARCHAR FROM ${asked(text)}`)
  if (!screen.isTerminal) {
    yield* screen.print(() => QueryResult.titles(columns))
    return yield* Stream.runForEachArray(rows, (some) => screen.print(() => QueryResult.lines(columns, some)))
  }
  const all = yield* Stream.runCollect(rows)
  yield* screen.print((view) => QueryResult.text(columns, all, view))
})

const printJson = Effect.fnUntraced(function* (text: string) {
  const screen = yield* Screen
  const duckdb = yield* DuckDB
  const columns = yield* duckdb.columns(Sql.sql`SELECT * FROM ${asked(text)}`)
  const rows = duckdb.stream(Sql.sql`SELECT * FROM ${asked(text)}`)
  yield* screen.write(QueryResult.jsonStart(columns))
  const between = { rows: "" }
  yield* Stream.runForEachArray(rows, (some) => {
    const text = between.rows + QueryResult.json(columns, some)
    between.rows = ","
    return screen.write(text)
  })
  yield* screen.write(QueryResult.jsonEnd)
})
