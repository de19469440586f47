/**
 * The model that is published now.
 *
 * It is looked for every second, so a new one is in use a second after it was
 * published. When it cannot be read, the last one stays in use and a warning
 * says why.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { sql, StoredAssets } from "../../../runtime/index.ts"
import { Model } from "../Model.ts"
import { VolumeModel } from "../VolumeModel.ts"

export interface Published {
  readonly model: VolumeModel
  /** The run that made it, and when: milliseconds since 1970. */
  readonly run: string
  readonly at: number
}

export class PublishedModel extends Context.Service<
  PublishedModel,
  {
    /** Nothing as long as the asset was never materialized. */
    readonly current: Effect.Effect<Published | undefined>
  }
>()("strata/assets/market/predictor/PublishedModel") {
  static readonly layer = Layer.effect(
    PublishedModel,
    Effect.gen(function* () {
      const published = yield* Ref.make<Published | undefined>(undefined)
      const refresh = Effect.flatMap(Ref.get(published), newest).pipe(
        Effect.flatMap((found) => Ref.set(published, found)),
        Effect.tapError((error) => Effect.logWarning(`the model stays as it is: ${error.message}`)),
        Effect.ignore
      )
      yield* refresh
      yield* Effect.forkScoped(Effect.repeat(refresh, Schedule.spaced("1 second")))
      return PublishedModel.of({ current: Ref.get(published) })
    })
  )
}

/** Read again only when another was made. */
const newest = Effect.fnUntraced(function* (known: Published | undefined) {
  const stored = yield* StoredAssets
  const made = yield* stored.made(Model.key, "")
  if (made === undefined || (made.run === known?.run && made.at === known.at)) return known
  const duckdb = yield* DuckDB
  const fs = yield* FileSystem.FileSystem
  const files = yield* stored.rows(Model.key)
  const [file] = yield* duckdb.query(sql`SELECT path FROM ${files} WHERE name = 'model.json'`)
  const text = yield* fs.readFileString(String(file?.path))
  const model = yield* Schema.decodeEffect(Schema.fromJsonString(VolumeModel))(text)
  return { model, run: made.run, at: made.at } satisfies Published as Published
})
