/**
 * Holds what a step wrote to the checks of its assets, before it is published.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AssetCheck } from "../definition/AssetCheck.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import type { MetadataEntries, MetadataValue } from "../definition/Metadata.ts"
import * as AssetGraph from "../graph/AssetGraph.ts"
import type { StoredObject } from "../record/Catalog.ts"

/** What was made does not pass a blocking check of its asset, and is not published. */
export class CheckFailed extends Schema.TaggedError<CheckFailed>()("CheckFailed", {
  asset: AssetKey,
  check: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.asset} does not pass its check ${this.check} and is not published: ${this.reason}`
  }
}

/** The results as metadata, under `check/<name>`; fails with the first blocking check that does not pass. */
export const evaluate = Effect.fnUntraced(function* (
  graph: AssetGraph.AssetGraph,
  objects: ReadonlyArray<StoredObject>
): Effect.fn.Return<MetadataEntries, CheckFailed> {
  const results: Record<string, MetadataValue> = {}
  for (const object of objects) {
    for (const check of AssetGraph.asset(graph, object.asset).checks) {
      results[`check/${check.name}`] = yield* held(check, object)
    }
  }
  return results
})

const held = (check: AssetCheck, object: StoredObject): Effect.Effect<MetadataValue, CheckFailed> => {
  const { passed, reason } = check.evaluate(object)
  if (!passed && check.blocking) {
    return Effect.fail(new CheckFailed({ asset: object.asset, check: check.name, reason }))
  }
  return Effect.succeed({ _tag: "Text", value: `${passed ? "passed" : "failed"}: ${reason}` })
}
