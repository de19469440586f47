// Type 'ErrorsWithoutRetry<"RolesDown">' is missing the following properties from type 'Any'
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { Asset, Definitions, Value } from "../../../runtime/index.ts"
import { Roles } from "../accepted.ts"

class BadReply extends Schema.TaggedError<BadReply>()("BadReply", {}) {}

const Bad = Asset.make("bad", {
  output: Value.of(Schema.Int),
  retry: { BadReply: Schedule.spaced("1 second") },
  materialize: Effect.fn(function* () {
    const level = yield* (yield* Roles).level("")
    return level === 0 ? yield* new BadReply() : level
  })
})

export const definitions = Definitions.make({ assets: [Bad] })
