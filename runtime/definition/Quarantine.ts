/**
 * Rows that could not be used, kept beside the table instead of dropped.
 *
 * A body hands them over while it reads; they are stored with the object that
 * it makes, counted in its metadata and readable as `"<asset>/quarantine"`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Relation } from "./Sql.ts"

/** The columns of a quarantined row; `partition_key` is the text of the key and may be left out by a step of one partition. */
export const columns = {
  partition_key: "VARCHAR",
  /** Name of the landed file. */
  file: "VARCHAR",
  /** Counted from 1; physical lines. */
  line: "BIGINT",
  /** Of the first byte of the row, in the decompressed file. */
  byte_offset: "BIGINT",
  reason: "VARCHAR",
  /** At most 4 KiB; base64 after `base64:` where it is not text. */
  raw: "VARCHAR"
} as const

/** `yield* Quarantine.add(relation)` inside a body. */
export class Quarantine extends Context.Service<
  Quarantine,
  {
    /** Sets rows aside; the relation must stay readable until the step ends. */
    readonly add: (rows: Relation) => Effect.Effect<void>
  }
>()("strata/definition/Quarantine") {}

export const add = (rows: Relation): Effect.Effect<void, never, Quarantine> =>
  Quarantine.use((quarantine) => quarantine.add(rows))
