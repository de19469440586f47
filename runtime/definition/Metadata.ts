/**
 * What a body says of what it made: typed values under names.
 *
 * The runtime adds its own (rows, bytes, wall and CPU time, peak memory) under
 * names that start with `strata/`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const MetadataValue = Schema.TaggedUnion({
  Text: { value: Schema.String },
  Markdown: { value: Schema.String },
  Int: { value: Schema.Int },
  Float: { value: Schema.Finite },
  Bool: { value: Schema.Boolean },
  Url: { value: Schema.String },
  Path: { value: Schema.String },
  Json: { value: Schema.Json },
  /** Milliseconds. */
  Duration: { value: Schema.Finite },
  Bytes: { value: Schema.Int },
  /** Milliseconds since 1970. */
  Timestamp: { value: Schema.Finite }
})
export type MetadataValue = typeof MetadataValue.Type

export const MetadataEntries = Schema.Record(Schema.String, MetadataValue)
export type MetadataEntries = typeof MetadataEntries.Type

/** What `add` takes: a typed value, or a plain one whose type says which it is. */
export type Plain = MetadataValue | string | number | boolean

/** `yield* Metadata.add({ lines: 5580 })` inside a body. */
export class Metadata extends Context.Service<
  Metadata,
  {
    /** Adds entries to what the step records; a name given again replaces the earlier value. */
    readonly add: (entries: Readonly<Record<string, Plain>>) => Effect.Effect<void>
  }
>()("strata/definition/Metadata") {}

export const add = (entries: Readonly<Record<string, Plain>>): Effect.Effect<void, never, Metadata> =>
  Metadata.use((metadata) => metadata.add(entries))

export const markdown = (value: string): MetadataValue => ({ _tag: "Markdown", value })
export const url = (value: string): MetadataValue => ({ _tag: "Url", value })
export const path = (value: string): MetadataValue => ({ _tag: "Path", value })
export const json = (value: Schema.Json): MetadataValue => ({ _tag: "Json", value })
export const millis = (value: number): MetadataValue => ({ _tag: "Duration", value })
export const bytes = (value: number): MetadataValue => ({ _tag: "Bytes", value })

export const fromPlain = (plain: Plain): MetadataValue => {
  switch (typeof plain) {
    case "string":
      return { _tag: "Text", value: plain }
    case "boolean":
      return { _tag: "Bool", value: plain }
    case "number":
      return Number.isSafeInteger(plain) ? { _tag: "Int", value: plain } : { _tag: "Float", value: plain }
    case "object":
      return plain
  }
}
