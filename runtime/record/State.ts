/**
 * The state of a project, wired: event log, run ledger, catalog and history over
 * one database, with the objects and what steps logged beside it.
 */
import { join } from "node:path"
import type { FileSystem } from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type { PlatformError } from "effect/PlatformError"
import type { SqlClient } from "effect/sql/SqlClient"
import type { AssetHistory } from "./AssetHistory.ts"
import type { Catalog } from "./Catalog.ts"
import type { CheckLog } from "./CheckLog.ts"
import type { EventLog } from "./EventLog.ts"
import * as FileStepLog from "./FileStepLog.ts"
import * as ObjectStore from "./ObjectStore.ts"
import * as ProcessFolder from "./ProcessFolder.ts"
import type { RunLedger } from "./RunLedger.ts"
import * as SqlAssetHistory from "./SqlAssetHistory.ts"
import * as SqlCatalog from "./SqlCatalog.ts"
import * as SqlCheckLog from "./SqlCheckLog.ts"
import * as SqlEventLog from "./SqlEventLog.ts"
import * as SqlRunLedger from "./SqlRunLedger.ts"
import { SqlWriter } from "./SqlWriter.ts"
import * as Sqlite from "./Sqlite.ts"
import type { StateUnreadable } from "./StateError.ts"
import * as StepLog from "./StepLog.ts"

export type State = OfDatabase | ObjectStore.ObjectStore | StepLog.StepLog

/** What is kept in the database. */
export type OfDatabase = EventLog | RunLedger | Catalog | AssetHistory | CheckLog

/** The services of any database. */
export const layerSql: Layer.Layer<OfDatabase, never, SqlClient> = Layer.mergeAll(
  SqlEventLog.layer,
  SqlRunLedger.layer,
  SqlCatalog.layer,
  SqlAssetHistory.layer,
  SqlCheckLog.layer
).pipe(Layer.provide(SqlWriter.layer))

/** The state in a folder such as `.strata`, made where it does not exist; what killed processes left in `tmp` goes. */
export const layer = (options: { readonly home: string }): Layer.Layer<State, StateUnreadable, FileSystem> =>
  Layer.mergeAll(
    Layer.provide(layerSql, Sqlite.layer({ filename: join(options.home, "state.db") })),
    ObjectStore.layer(options),
    FileStepLog.layer(options),
    Layer.effectDiscard(ProcessFolder.sweep(join(options.home, "tmp")))
  )

/** A state of its own that goes with the scope. */
export const layerMemory: Layer.Layer<State, StateUnreadable | PlatformError, FileSystem> = Layer.mergeAll(
  Layer.provide(layerSql, Sqlite.layerMemory),
  ObjectStore.layerTemporary,
  StepLog.layerMemory
)
