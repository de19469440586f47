/** Publishes one partition again and again beside others; writes which object each of its own replaced. */
import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog } from "../../../runtime/record/Catalog.ts"
import * as Sqlite from "../../../runtime/record/Sqlite.ts"
import * as State from "../../../runtime/record/State.ts"
import { begin, daily, days, environment, publish } from "../../suites/sampleRun.ts"

const [filename, id, count] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const catalog = yield* Catalog
  const run = yield* begin(id!)
  for (let won = 0, tried = 0; won < Number(count); tried++) {
    const [before] = (yield* catalog.manifests(environment, [daily])).get(daily)!
    const replaces = before === undefined ? [] : [{ object: before.object.id, partitions: before.live }]
    const object = `${id}.${tried}`
    const hasWon = yield* publish(run, object, days(0, 1), replaces).pipe(
      Effect.as(true),
      Effect.catchTag("PublicationConflict", () => Effect.succeed(false))
    )
    if (!hasWon) continue
    won++
    writeSync(1, `${object} ${before?.object.id ?? "nothing"}\n`)
  }
})

await Effect.runPromise(
  program.pipe(Effect.provide(Layer.provide(State.layerSql, Sqlite.layer({ filename: filename! }))))
)
