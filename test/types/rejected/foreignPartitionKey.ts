// Argument of type 'string' is not assignable to parameter of type 'DayKey'
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, PartitionMapping, Value } from "../../../runtime/index.ts"
import { Count, region } from "../accepted.ts"

export const Bad = Asset.make("bad", {
  partitions: region,
  deps: { counts: Asset.through(Count, PartitionMapping.all) },
  output: Value.of(Schema.Int),
  materialize: ({ counts, partition }) => Effect.succeed(counts.get(partition.key)?.n ?? 0)
})
