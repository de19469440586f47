/**
 * What a check found of some partitions: one result for those that passed, one
 * for those that did not.
 */
import * as Schema from "effect/Schema"
import { AssetKey } from "../definition/AssetKey.ts"
import { MetadataEntries } from "../definition/Metadata.ts"
import { PartitionSet } from "../definition/PartitionSet.ts"

/** `Errored`: it could not be evaluated, which is no reason to trust what it is about. */
export const Outcome = Schema.Literals(["Passed", "Failed", "Errored"])
export type Outcome = typeof Outcome.Type

export const CheckResult = Schema.Struct({
  /** Null: the check stands by itself, and the partitions are its own. */
  asset: Schema.NullOr(AssetKey),
  check: Schema.String,
  outcome: Outcome,
  severity: Schema.Literals(["error", "warn"]),
  blocking: Schema.Boolean,
  partitions: PartitionSet,
  /** What was found, in a phrase. */
  reason: Schema.String,
  metadata: MetadataEntries,
  /** Ids of the objects that were evaluated. */
  objects: Schema.Array(Schema.String)
})
export type CheckResult = typeof CheckResult.Type

/** Whether the partitions cannot be trusted because of it. */
export const isBlocking = ({
  blocking,
  outcome,
  severity
}: Pick<CheckResult, "blocking" | "outcome" | "severity">): boolean =>
  outcome !== "Passed" && blocking && severity === "error"
