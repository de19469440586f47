/** Seals one object below the home that it is given. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AssetKey from "../../../runtime/definition/AssetKey.ts"
import * as PartitionVersions from "../../../runtime/event/PartitionVersions.ts"
import { RunId } from "../../../runtime/event/Run.ts"
import { layer, ObjectStore } from "../../../runtime/record/ObjectStore.ts"

const [home] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const store = yield* ObjectStore
  const directory = yield* store.stage(RunId.make("t1-abc"), "a")
  writeFileSync(join(directory, "part-0.parquet"), "rows")
  const asset = AssetKey.make("postings/daily")
  yield* store.seal(directory, { asset, id: "t1-abc.0.1", versions: PartitionVersions.empty })
})

await Effect.runPromise(
  Effect.scoped(program).pipe(Effect.provide(Layer.provide(layer({ home: home! }), NodeFileSystem.layer)))
)
