/**
 * What commands run on: the state of the project, its resources, and the
 * engine that moves the data.
 *
 * Each command builds the least that it needs. The engine that a project gives
 * its assets and the one that reads and writes objects are the same, because
 * all layers of a command are built through one memo map.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type * as Definitions from "../runtime/definition/Definitions.ts"
import type { IOManager } from "../runtime/definition/IOManager.ts"
import * as State from "../runtime/record/State.ts"
import type { DuckDB } from "../resources/DuckDB.ts"
import type { ProjectLocation } from "./ProjectLocation.ts"

/** Event log, run ledger, catalog and objects. */
export const state = ({ home }: ProjectLocation) => State.layer({ home })

/** The state, or an empty one where there is none: what only reads makes none. */
export const stateIfAny = (location: ProjectLocation) =>
  Layer.unwrap(Effect.map(hasState(location), (has) => (has ? state(location) : State.layerMemory)))

/** Whether there is a state. */
export const hasState = ({ home }: ProjectLocation) => FileSystem.FileSystem.use((fs) => fs.exists(`${home}/state.db`))

/** DuckDB, and the objects that it reads and writes; loaded when it is built. */
export const engine: Layer.Layer<DuckDB | IOManager, unknown, FileSystem.FileSystem> = Layer.unwrap(
  Effect.map(
    Effect.promise(() => Promise.all([import("../resources/DuckDB.ts"), import("../resources/ParquetIOManager.ts")])),
    ([{ DuckDB }, ParquetIOManager]) => Layer.provideMerge(ParquetIOManager.layer, DuckDB.layer)
  )
)

/** What the assets of a project ask for. */
export const resources = (definitions: Definitions.Definitions<never>): Layer.Layer<never, unknown> =>
  definitions.resources ?? Layer.empty

/** Builds layers one after the other that have parts in common. They live as long as the scope. */
export const builder = Effect.map(
  Effect.all({ memoMap: Layer.makeMemoMap, scope: Effect.scope }),
  ({ memoMap, scope }) =>
    <A, E, R>(layer: Layer.Layer<A, E, R>): Effect.Effect<Context.Context<A>, E, R> =>
      Layer.buildWithMemoMap(layer, memoMap, scope)
)
