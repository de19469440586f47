/**
 * `strata query`: the assets as views, read and never written.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { DuckDB, type DuckDBError } from "../../resources/DuckDB.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { main } from "../../runtime/event/Run.ts"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import * as State from "../../runtime/record/State.ts"
import * as AssetViews from "../AssetViews.ts"
import * as DeadRuns from "../DeadRuns.ts"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import { QueryRefused } from "../QueryRefused.ts"
import * as QueryResult from "../render/QueryResult.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

export const query = Effect.fn("query")(function* (options: Flags.Options<typeof Flags.query>) {
  const project = yield* Project.load(ProjectRequest.of(options))
  const build = yield* Wiring.builder
  const state = yield* build((yield* Wiring.hasState(project)) ? Wiring.state(project) : State.layerMemory)
  const known = yield* Effect.provideContext(Effect.andThen(DeadRuns.close, knownOf(project)), state)
  const engine = yield* build(Wiring.engine)
  yield* Effect.gen(function* () {
    yield* AssetViews.create(known, options.sql)
    yield* options.json ? printJson(options.sql) : printText(options.sql)
  }).pipe(Effect.provideContext(engine), Effect.provideContext(state))
}, Effect.scoped)

const knownOf = Effect.fnUntraced(function* ({ codeVersions, definitions, graph }: Project.Project) {
  const configs = yield* Effect.fromResult(AssetConfigs.resolve(graph, [definitions.config]))
  return yield* KnownState.load(graph, { codeVersions, configs }, main)
})

/** In parentheses only a query is SQL, so nothing can be changed. */
const asked = (text: string): Sql.Sql => Sql.subquery(Sql.literal(text))

/** Columns become text in the engine, which rounds nothing. */
const printText = Effect.fnUntraced(function* (text: string) {
  const screen = yield* Screen
  const duckdb = yield* DuckDB
  const columns = yield* refusing(duckdb.columns(Sql.sql`SELECT * FROM ${asked(text)}`))
  const rows = duckdb.stream(Sql.sql`SELECT COLUMNS(*)::VARCHAR FROM ${asked(text)}`)
  if (!screen.isTerminal) {
    yield* screen.print(() => QueryResult.titles(columns))
    return yield* Stream.runForEachArray(rows, (some) => screen.print(() => QueryResult.lines(columns, some))).pipe(
      refusing
    )
  }
  const all = yield* refusing(Stream.runCollect(rows))
  yield* screen.print((view) => QueryResult.text(columns, all, view))
})

const printJson = Effect.fnUntraced(function* (text: string) {
  const screen = yield* Screen
  const duckdb = yield* DuckDB
  const columns = yield* refusing(duckdb.columns(Sql.sql`SELECT * FROM ${asked(text)}`))
  const rows = duckdb.stream(Sql.sql`SELECT * FROM ${asked(text)}`)
  const separators = { next: "[\n" }
  yield* refusing(
    Stream.runForEachArray(rows, (some) => {
      const { next } = separators
      separators.next = ",\n"
      return screen.write(next + QueryResult.json(columns, some))
    })
  )
  yield* screen.write(separators.next === ",\n" ? "\n]\n" : "[]\n")
})

const refusing = Effect.mapError((error: DuckDBError) => QueryRefused.from(error))
