/**
 * DuckDB's own module for Node, loaded when the engine opens and not before:
 * its native library costs more than a whole `strata list`.
 */
import * as Effect from "effect/Effect"

export type NodeApi = typeof import("@duckdb/node-api")

export const load: Effect.Effect<NodeApi> = Effect.promise(() => import("@duckdb/node-api"))
