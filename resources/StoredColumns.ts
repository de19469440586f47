/**
 * Whether a table's schema, as it is now, can read what was stored with an
 * earlier one: the same rule that reads it, asked without reading.
 */
import * as Result from "effect/Result"
import type { Any } from "../runtime/definition/Asset.ts"
import type { Written } from "../runtime/definition/IOManager.ts"
import * as PartitionSet from "../runtime/definition/PartitionSet.ts"
import * as PartitionsDefinition from "../runtime/definition/PartitionsDefinition.ts"
import * as TableReader from "./objects/TableReader.ts"

/** Why the asset's schema cannot read these columns; `undefined` where it can, and for what is no table. */
export const mismatch = (
  { key, output, partitions }: Pick<Any, "key" | "output" | "partitions">,
  columns: Written["columns"]
): string | undefined => {
  if (output._tag !== "Table") return undefined
  const one = PartitionSet.of(0)
  const request = {
    asset: key,
    output,
    partitioned: PartitionsDefinition.isPartitioned(partitions),
    keyOf: () => "",
    pieces: [{ directory: "", files: [], columns, partitions: one, wanted: one }],
    landed: []
  }
  return Result.match(TableReader.relation(request, output), {
    onFailure: (error) =>
      error._tag === "IncompatibleColumn" ? `column "${error.column}" ${error.reason}` : undefined,
    onSuccess: () => undefined
  })
}
