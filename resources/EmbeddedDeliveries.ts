/**
 * Deliveries in files of their own, below `cache/deliveries` of `STRATA_HOME`.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { Deliveries, Delivery } from "./Deliveries.ts"

const DeliveryFile = Schema.fromJsonString(Delivery)

/** In this folder. */
export const layerFolder = (folder: string) =>
  Layer.effect(
    Deliveries,
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const fileOf = (id: string) => path.join(folder, `${id}.json`)
      return {
        find: (id) =>
          fileSystem.readFileString(fileOf(id)).pipe(Effect.flatMap(Schema.decodeEffect(DeliveryFile)), Effect.option),
        keep: Effect.fn("EmbeddedDeliveries.keep")(function* (id, delivery) {
          const text = yield* Effect.orDie(Schema.encodeEffect(DeliveryFile)(delivery))
          const write = fileSystem
            .makeDirectory(folder, { recursive: true })
            .pipe(
              Effect.andThen(fileSystem.writeFileString(`${fileOf(id)}.partial`, text)),
              Effect.andThen(fileSystem.rename(`${fileOf(id)}.partial`, fileOf(id)))
            )
          yield* Effect.catch(write, ({ message }) =>
            Effect.logWarning(`what was delivered is not remembered, and would be sent again: ${message}`)
          )
        }),
        forget: (id) => Effect.ignore(fileSystem.remove(fileOf(id), { force: true }))
      }
    })
  )

/** Of this project. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const path = yield* Path.Path
    const home = yield* Config.String("STRATA_HOME").pipe(Config.withDefault(".strata"))
    return layerFolder(path.join(home, "cache", "deliveries"))
  })
)
