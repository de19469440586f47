import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Deliveries, type Delivery } from "../../resources/Deliveries.ts"
import { layerFolder } from "../../resources/EmbeddedDeliveries.ts"
import { temporaryFolder } from "../record/temporary.ts"

const delivery: Delivery = {
  idfa: { through: 100, accepted: 7, refused: [{ line: 3, offset: 40, key: "idfa:x", reason: "too large" }] }
}

const within = <A, E>(folder: string, use: (deliveries: Deliveries["Service"]) => Effect.Effect<A, E>) =>
  Deliveries.use(use).pipe(Effect.provide(Layer.provide(layerFolder(folder), NodeServices.layer)))

describe("what was delivered", () => {
  it.effect("is known to the next process, until it is forgotten", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "deliveries")
      assert.deepStrictEqual(yield* within(folder, ({ find }) => find("a")), Option.none())
      yield* within(folder, ({ keep }) => keep("a", {}))
      yield* within(folder, ({ keep }) => keep("a", delivery))
      assert.deepStrictEqual(yield* within(folder, ({ find }) => find("a")), Option.some(delivery))
      assert.deepStrictEqual(yield* within(folder, ({ find }) => find("b")), Option.none())
      yield* within(folder, ({ forget }) => Effect.andThen(forget("a"), forget("a")))
      assert.deepStrictEqual(yield* within(folder, ({ find }) => find("a")), Option.none())
    }).pipe(Effect.scoped)
  )

  it.effect("is nothing where it cannot be read, and a warning where it cannot be kept", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(join(folder, "a.json"), "{")
      mkdirSync(join(folder, "b.json"))
      assert.deepStrictEqual(yield* within(folder, ({ find }) => find("a")), Option.none())
      yield* within(folder, ({ keep }) => keep("b", delivery))
      assert.deepStrictEqual(yield* within(folder, ({ find }) => find("b")), Option.none())
    }).pipe(Effect.scoped)
  )
})
