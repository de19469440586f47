/** What list and show say of how fresh assets are. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import { head } from "./projects.ts"
import * as Strata from "./strata.ts"

const project = TemporaryProject.make({
  "strata.config.ts": `${head}
import { New, Never, Old } from "./assets.ts"
export default Definitions.make({ assets: [New, Never, Old] }).pipe(Definitions.provide(DuckDB.layer))
`,
  "assets.ts": `${head}
import { FreshnessPolicy } from "{strata}"
const freshnessPolicy = FreshnessPolicy.timeWindow({ failWindow: "2 days", warnWindow: "1 day" })
const output = Value.of(Schema.Int)
export const New = Asset.make("news/new", { freshnessPolicy, output, materialize: () => Effect.succeed(1) })
export const Never = Asset.make("news/never", { freshnessPolicy, output, materialize: () => Effect.succeed(1) })
export const Old = Asset.make("news/old", {
  freshnessPolicy,
  partitions: PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-01" }),
  output,
  materialize: () => Effect.succeed(1)
})
`
})

it.effect("list and show say how fresh assets are that have a policy, of days by the newest", () =>
  Effect.gen(function* () {
    const { root } = yield* project
    const run = (...words: ReadonlyArray<string>) => Strata.run(words, { cwd: root })
    const before = JSON.parse((yield* run("list", "--json")).stdout)
    assert.deepStrictEqual(before[0].freshness, { status: "Unknown", last: null, due: null })
    assert.strictEqual((yield* run("materialize", "news/new", "news/old")).code, 0)
    const list = JSON.parse((yield* run("list", "--json")).stdout)
    assert.deepStrictEqual(
      list.map(({ freshness, key }: { key: string; freshness: { status: string } }) => `${key} ${freshness.status}`),
      ["news/never Unknown", "news/new Fresh", "news/old Overdue"]
    )
    const lines = (yield* run("list")).stdout.trimEnd().split("\n")
    assert.deepStrictEqual(lines[2]!.split("\t").slice(3, 5), ["up to date", "overdue since 2025-06-04T00:00:00.000Z"])
    const shown = JSON.parse((yield* run("show", "news/old", "--json")).stdout)
    assert.deepStrictEqual(shown.freshness, {
      status: "Overdue",
      last: "2025-06-02T00:00:00.000Z",
      due: "2025-06-04T00:00:00.000Z"
    })
    assert.deepStrictEqual(shown.freshnessPolicy, { _tag: "TimeWindow", fail: 172_800_000, warn: 86_400_000 })
    assert.include(
      (yield* run("show", "news/old")).stdout,
      "overdue since 2025-06-04T00:00:00.000Z (at most 2d old, a warning from 1d on)"
    )
  }).pipe(Effect.scoped)
)
