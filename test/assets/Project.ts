/** A project with the whole runtime, whose state and sources are folders that go with the scope. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { pools } from "../../assets/Pools.ts"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as ParquetIOManager from "../../resources/ParquetIOManager.ts"
import { main } from "../../runtime/event/Run.ts"
import { type Asset, AssetKey, type Sql, sql } from "../../runtime/index.ts"
import * as AssetRelation from "../../runtime/read/AssetRelation.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import * as State from "../../runtime/record/State.ts"
import * as Harness from "../execute/Harness.ts"
import { temporaryFolder } from "../record/temporary.ts"

export interface Project {
  /** Lands a file of these lines, gzipped if its name says so. */
  readonly land: (name: string, lines: ReadonlyArray<string> | string) => void
  readonly source: string
  /** Makes what is missing or stale, and gives the run. */
  readonly materialize: (options?: Harness.Options) => ReturnType<typeof Harness.materialize>
  /** The rows of a query over assets: ``query((asset) => sql`SELECT count(*) FROM ${asset("postings/parsed")}`)`` */
  readonly query: (
    statement: (asset: (key: string) => Sql.Relation) => Sql.Sql
  ) => Effect.Effect<ReadonlyArray<Row>, unknown, Runtime>
  /** The rows that were set aside of an asset. */
  readonly quarantine: (key: string) => Effect.Effect<ReadonlyArray<Row>, unknown, Runtime>
}

type Row = Readonly<Record<string, unknown>>
export type Runtime = Layer.Success<typeof layer>

/** The runtime; `source` names the setting that holds the folder of landed files. */
export const layer = Layer.mergeAll(State.layerMemory, Layer.provideMerge(ParquetIOManager.layer, DuckDB.layer)).pipe(
  Layer.provideMerge(NodeServices.layer)
)

/** A project of these assets, which ask for `R` and may look at further settings. */
export const make = Effect.fnUntraced(function* <R>(
  assets: ReadonlyArray<Asset.Any>,
  setting: string,
  resources: Layer.Layer<R>,
  settings: Readonly<Record<string, string>> = {}
) {
  const source = join(yield* temporaryFolder, "landed")
  const provider = ConfigProvider.fromUnknown({ ...settings, [setting]: source })
  const given = Context.merge(
    yield* Layer.build(resources),
    yield* Effect.context<DuckDB | NodeServices.NodeServices>()
  ).pipe(Context.add(ConfigProvider.ConfigProvider, provider)) as Context.Context<never>

  const known = KnownState.load(Harness.project(assets).graph, { codeVersions: new Map(), configs: new Map() }, main)
  const project: Project = {
    source,
    land: (name, lines) => {
      mkdirSync(source, { recursive: true })
      const text = typeof lines === "string" ? lines : lines.map((line) => `${line}\n`).join("")
      writeFileSync(join(source, name), name.endsWith(".gz") ? gzipSync(text) : text)
    },
    materialize: (options) => Harness.materialize(assets, { pools, ...options, resources: given }),
    query: Effect.fnUntraced(function* (statement) {
      const duckdb = yield* DuckDB
      const state = yield* known
      const relations = new Map<string, Sql.Relation>()
      for (const { key } of assets) relations.set(key, { sql: sql`(${yield* AssetRelation.rows(state, key)})` })
      return yield* duckdb.query(statement((key) => relations.get(key)!))
    }),
    quarantine: Effect.fnUntraced(function* (key) {
      const duckdb = yield* DuckDB
      const relation = yield* AssetRelation.quarantine(yield* known, AssetKey.make(key))
      return yield* duckdb.query(sql`SELECT * FROM (${relation}) ORDER BY file, line`)
    })
  }
  return project
})
