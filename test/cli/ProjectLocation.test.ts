import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ProjectLocation from "../../cli/ProjectLocation.ts"
import * as TemporaryProject from "../suites/temporaryProject.ts"

const project = TemporaryProject.make({
  "strata.config.ts": "",
  "a/b/c.txt": "",
  "a/strata.config.mjs": "",
  "other.ts": ""
})

it.effect("the definitions are the nearest config at or above the folder", () =>
  Effect.gen(function* () {
    const { root } = yield* project
    assert.strictEqual(ProjectLocation.find({ cwd: root })!.config, join(root, "strata.config.ts"))
    assert.strictEqual(ProjectLocation.find({ cwd: join(root, "a/b") })!.config, join(root, "a/strata.config.mjs"))
    assert.strictEqual(ProjectLocation.find({ cwd: join(root, "a/b") })!.root, join(root, "a"))
  })
)

it.effect("the definitions are a file that is named, or the config in a folder that is named", () =>
  Effect.gen(function* () {
    const { root } = yield* project
    const find = (definitions: string) => ProjectLocation.find({ cwd: join(root, "a"), definitions })?.config
    assert.strictEqual(find("../other.ts"), join(root, "other.ts"))
    assert.strictEqual(find(join(root, "other.ts")), join(root, "other.ts"))
    assert.strictEqual(find(".."), join(root, "strata.config.ts"))
    assert.isUndefined(find("absent.ts"))
    assert.isUndefined(find("b"))
  })
)

it.effect("the state is beside the definitions, or where it is said to be", () =>
  Effect.gen(function* () {
    const { root } = yield* project
    assert.strictEqual(ProjectLocation.find({ cwd: join(root, "a/b") })!.home, join(root, "a/.strata"))
    assert.strictEqual(ProjectLocation.find({ cwd: root, home: "state" })!.home, join(root, "state"))
  })
)
