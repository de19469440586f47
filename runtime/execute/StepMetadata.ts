/**
 * What the runtime itself says of what a step made.
 */
import * as Metadata from "../definition/Metadata.ts"
import type { StoredObject } from "../record/Catalog.ts"

export const measures = (object: StoredObject): Metadata.MetadataEntries => ({
  "strata/rows": { _tag: "Int", value: object.rows },
  "strata/bytes": Metadata.bytes(object.bytes),
  ...(object.quarantined > 0 ? { "strata/quarantined": { _tag: "Int", value: object.quarantined } } : {})
})

/** Metadata of several outputs of one step as one: counts and bytes are added up. */
export const sum = (all: ReadonlyArray<Metadata.MetadataEntries>): Metadata.MetadataEntries => {
  const result: Record<string, Metadata.MetadataValue> = {}
  for (const entries of all) {
    for (const name in entries) {
      const entry = entries[name]!
      const before = result[name]
      const isCount =
        before !== undefined && (entry._tag === "Int" || entry._tag === "Bytes") && before._tag === entry._tag
      result[name] = isCount ? { ...entry, value: entry.value + (before.value as number) } : entry
    }
  }
  return result
}
