/**
 * What an asset is: a table, a value, files, or a sink.
 *
 * `Handle` is what an asset downstream gets, `Body` what the asset's own body
 * returns.
 */
import type { Contravariant, Covariant } from "effect/Types"
import type { FilesSpec } from "./Files.ts"
import type { SinkSpec } from "./Sink.ts"
import type { Table, TableSpec } from "./Table.ts"
import type { ValueSpec } from "./Value.ts"

export const TypeId = "~strata/Output"

export interface Output<out Handle, in Body> {
  readonly [TypeId]: { readonly _Handle: Covariant<Handle>; readonly _Body: Contravariant<Body> }
}

/** The kind of an output and what it is made of, without its types. */
export type Spec = TableSpec | ValueSpec | FilesSpec | SinkSpec

export type Constraint = Output<unknown, never> & Spec

export type Handle<O> = O extends Output<infer H, never> ? H : never
export type Body<O> = O extends Output<unknown, infer B> ? B : never

/** The columns of a table by name, from its handle; nothing else has columns. */
export type ColumnsOf<Handle> = Handle extends Table<infer Row> ? { readonly [C in keyof Row]-?: Row[C] } : {}

export const base: Output<never, unknown> = { [TypeId]: { _Handle: (_) => _, _Body: (_) => {} } }
