/**
 * What servers have accepted of files that could not be delivered whole, so that
 * the next attempt sends only the rest.
 *
 * What is forgotten here is sent again, which does no harm; so it lies among the
 * caches, and a file that cannot be read counts as none.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A record that its server will never take. */
export const Refused = Schema.Struct({ line: Count, offset: Count, key: Schema.String, reason: Schema.String })
export type Refused = typeof Refused.Type

/** To one server: everything that starts before the offset was accepted, or refused for ever. */
export const Delivered = Schema.Struct({ through: Count, accepted: Count, refused: Schema.Array(Refused) })
export type Delivered = typeof Delivered.Type

/** By the name of the server. */
export const Delivery = Schema.Record(Schema.String, Delivered)
export type Delivery = typeof Delivery.Type

export class Deliveries extends Context.Service<
  Deliveries,
  {
    /** What was delivered under this name, which says of what and to whom. */
    readonly find: (id: string) => Effect.Effect<Option.Option<Delivery>>
    readonly keep: (id: string, delivery: Delivery) => Effect.Effect<void>
    readonly forget: (id: string) => Effect.Effect<void>
  }
>()("strata/resources/Deliveries") {}

export const nothing: Delivered = { through: 0, accepted: 0, refused: [] }

/** For as long as the process lives. */
export const layerMemory = Layer.sync(Deliveries, () => {
  const kept = new Map<string, Delivery>()
  return {
    find: (id) => Effect.sync(() => Option.fromNullishOr(kept.get(id))),
    keep: (id, delivery) => Effect.sync(() => void kept.set(id, delivery)),
    forget: (id) => Effect.sync(() => void kept.delete(id))
  }
})
