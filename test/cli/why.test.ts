/** Why a partition is as it is, on small projects, as processes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

describe("why", () => {
  it.effect("says what a partition waits for, that it is up to date, and what made it stale", () =>
    Effect.gen(function* () {
      const { root, write } = yield* Projects.labeled
      const why = (partition: string) => Strata.run(["why", partition], { cwd: root })
      assert.match(
        (yield* why("total")).stdout,
        /^total is missing: it waits for days\[2025-06-01\], .*: strata materialize \+total\n$/
      )
      assert.strictEqual((yield* Strata.run(["materialize"], { cwd: root })).code, 0)
      assert.match((yield* why("days[latest]")).stdout, /^days\[2025-06-03\] is up to date: .*: strata run \S+\n$/)
      write("label.ts", `export const label = "other"`)
      assert.match(
        (yield* why("days[2025-06-02]")).stdout,
        /^days\[2025-06-02\] is stale: code changed: label\.ts\. To make it again: strata materialize days -p 2025-06-02\n$/
      )
      const json = JSON.parse((yield* Strata.run(["why", "days[2025-06-02]", "--json"], { cwd: root })).stdout)
      assert.deepStrictEqual([json.asset, json.partition, json.status], ["days", "2025-06-02", "Stale"])
      assert.deepStrictEqual(json.changes.code.parts, ["label.ts"])
    }).pipe(Effect.scoped)
  )

  it.effect("names the run and the error that failed it", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.failing
      yield* Strata.run(["materialize"], { cwd: root })
      const { code, stdout } = yield* Strata.run(["why", "broken"], { cwd: root })
      assert.strictEqual(code, 0)
      assert.match(
        stdout,
        /^broken failed in run \S+: NoSuchPlace: the place .* is not there\. .*: strata materialize broken\n$/
      )
      assert.notInclude(stdout, "secret")
    }).pipe(Effect.scoped)
  )

  it.effect("takes one partition that there can be", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.labeled
      for (const [partition, reason] of [
        ["days", /days has partitions: say which, such as days\[latest\]/],
        ["total[2025-06-01]", /total has no partitions/],
        ["dayz[2025-06-01]", /did you mean days\?/],
        ["days[2025-06]", /2025-06 means 3 partitions of days: say one of them, such as days\[2025-06-01\]/],
        ["days[2025-06-1]", /the partitions do not fit daily from 2025-06-01.*\n {2}2025-06-1\n {2}\^/]
      ] as const) {
        const { code, stderr, stdout } = yield* Strata.run(["why", partition], { cwd: root })
        assert.match(stderr, reason)
        assert.deepStrictEqual([code, stdout], [2, ""])
      }
    }).pipe(Effect.scoped)
  )
})

describe("show", () => {
  it.effect("lists the versions of an asset over time, with what changed", () =>
    Effect.gen(function* () {
      const { root, write } = yield* Projects.labeled
      yield* Strata.run(["materialize"], { cwd: root })
      write("label.ts", `export const label = "other"`)
      yield* Strata.run(["materialize", "days", "-p", "2025-06-02"], { cwd: root })
      const { stdout } = yield* Strata.run(["show", "days"], { cwd: root })
      const versions = stdout.split("\n").filter((line) => line.startsWith("version\t"))
      assert.match(versions[0]!, /\t2025-06-02\tall\t1\tcode [0-9a-f]{12}$/)
      assert.match(versions[1]!, /\t2025-06-01…2025-06-03 \(3\)\t2\t3\t$/)
      const json = JSON.parse((yield* Strata.run(["show", "days", "--json"], { cwd: root })).stdout)
      assert.deepStrictEqual(
        json.versions.map(({ live }: { live: { count: number } }) => live.count),
        [1, 2]
      )
    }).pipe(Effect.scoped)
  )
})
