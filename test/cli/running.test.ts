/** What a run says of itself while it goes on and afterwards, as processes. */
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import * as Strata from "./strata.ts"

/** `days` logs, and the last of them waits for the file `go`; `broken` fails with a cause. */
const chatty = TemporaryProject.make({
  "strata.config.ts": `import { Definitions } from "{strata}"
import { Broken, Days } from "./assets.ts"
export default Definitions.make({ assets: [Broken, Days] })
`,
  "assets.ts": `import { Asset, PartitionsDefinition, Value } from "{strata}"
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
export class Offline extends Schema.TaggedError<Offline>()("Offline", { cause: Schema.Defect() }) {
  override get message() { return "the shop is closed" }
}
const go = import.meta.dirname + "/go"
export const Days = Asset.make("days", {
  partitions: PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-02" }),
  output: Value.of(Schema.Int),
  materialize: ({ partition }) => Effect.gen(function* () {
    yield* Effect.logWarning("making", partition.key)
    if (partition.key === "2025-06-02") {
      yield* Effect.repeat(Effect.sync(() => existsSync(go)), { schedule: Schedule.spaced("20 millis"), until: (is) => is })
      yield* Effect.log("gone on")
    }
    return 1
  })
})
export const Broken = Asset.make("broken", {
  output: Value.of(Schema.Int),
  retry: { Offline: "fail" },
  materialize: () => Effect.fail(new Offline({ cause: new Error("ECONNREFUSED") }))
})
`
})

const logged = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t").slice(1))

describe("a run", () => {
  it.effect("is followed by others while it goes on, until it ends", () =>
    Effect.gen(function* () {
      const { root } = yield* chatty
      const run = yield* Effect.forkChild(Strata.run(["materialize", "days"], { cwd: root }))
      yield* Effect.repeat(
        Effect.promise(() => new Promise((done) => setTimeout(done, 20))),
        { until: () => existsSync(join(root, ".strata/logs")) }
      )
      const followed = yield* Strata.run(["run", "latest", "--follow"], {
        cwd: root,
        onOutput: (_, soFar) => {
          if (soFar.includes("making 2025-06-02")) writeFileSync(join(root, "go"), "")
        }
      })
      assert.strictEqual(followed.code, 0, followed.stderr)
      assert.sameDeepMembers(logged(followed.stdout), [
        ["WARN", "days 2025-06-01", "1", "making 2025-06-01"],
        ["WARN", "days 2025-06-02", "1", "making 2025-06-02"],
        ["INFO", "days 2025-06-02", "1", "gone on"]
      ])
      assert.match(followed.stderr, /\tsucceeded\tdays 2025-06-02\t1 rows\t[\s\S]*✓ succeeded: run /)
      assert.strictEqual((yield* Fiber.join(run)).code, 0)

      const ofDay = yield* Strata.run(["run", "latest", "days[2025-06-02]", "--logs"], { cwd: root })
      assert.deepStrictEqual(
        logged(ofDay.stdout).map(([, , , text]) => text),
        ["making 2025-06-02", "gone on"]
      )
      const asJson = yield* Strata.run(["run", "latest", "1", "--logs", "--json"], { cwd: root })
      const [first] = asJson.stdout.split("\n").map((line) => (line === "" ? undefined : JSON.parse(line)))
      assert.deepStrictEqual([first.level, first.text, first.assets], ["WARN", "making 2025-06-02", ["days"]])
      const page = yield* Strata.run(["run", "latest"], { cwd: root })
      assert.match(page.stdout, /^logs\t3 lines: strata run \S+ --logs$/m)

      const wrong = yield* Strata.run(["run", "latest", "nothing", "--logs"], { cwd: root })
      assert.deepStrictEqual(
        [wrong.code, wrong.stderr],
        [
          2,
          "error: the run has no step nothing: name one by its number from 0 to 1, by an asset such as days, or by a partition of it\n"
        ]
      )
      const lost = yield* Strata.run(["run", "latest", "days"], { cwd: root })
      assert.deepStrictEqual(
        [lost.code, lost.stderr],
        [2, "error: a step is named to see what it logged: add --logs or --follow\n"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("is a line of JSON an event with --json, and one document at its end", () =>
    Effect.gen(function* () {
      const { root } = yield* chatty
      const { code, stderr, stdout } = yield* Strata.run(["materialize", "broken", "--json"], { cwd: root })
      assert.strictEqual(code, 1)
      const events = stderr
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
      assert.deepStrictEqual(
        events.map(({ assets, event }) => [event, assets]),
        [
          ["RunStarted", undefined],
          ["AttemptStarted", ["broken"]],
          ["AttemptFailed", ["broken"]],
          ["StepFailed", ["broken"]],
          ["RunEnded", undefined]
        ]
      )
      const document = JSON.parse(stdout)
      assert.strictEqual(document.resume, `strata retry ${document.run.id}`)
    }).pipe(Effect.scoped)
  )

  it.effect("shows an error with its cause and the author's place, without frames of others", () =>
    Effect.gen(function* () {
      const { root } = yield* chatty
      yield* Strata.run(["materialize", "broken"], { cwd: root })
      const { stdout } = yield* Strata.run(["run", "latest"], { cwd: root })
      const told = stdout.slice(stdout.indexOf("✗"))
      assert.match(
        told,
        /^✗ broken failed: Offline\n {2}the shop is closed\n {2} {4}at .*assets\.ts:\d+:\d+\)? \{\n {2} {2}\[cause\]: Error: ECONNREFUSED\n/
      )
      for (const line of told.split("\n").filter((line) => /^\s+at /.test(line))) assert.include(line, "assets.ts")
      assert.isFalse(existsSync(join(root, ".strata/logs")), "nothing was logged")
    }).pipe(Effect.scoped)
  )
})
