/** The commands of checks. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import * as Strata from "./strata.ts"
import { head } from "./projects.ts"

/** Two numbers a day; what they are held to stands in a file of its own. */
const project = TemporaryProject.make({
  "strata.config.ts": `${head}
import { Double, Numbers } from "./assets.ts"
import { checks } from "./checks.ts"
export default Definitions.make({ assets: [Numbers, Double], checks }).pipe(Definitions.provide(DuckDB.layer))
`,
  "assets.ts": `${head}
import { AssetCheck } from "{strata}"
const days = PartitionsDefinition.daily({ start: "2025-06-01", end: "2025-06-03" })
export const Numbers = Asset.make("shop/numbers", {
  partitions: days,
  backfillPolicy: BackfillPolicy.singleRun,
  output: Table.of(Schema.Struct({ n: Schema.Int })),
  checks: [AssetCheck.between("n", 0, 2)],
  materialize: ({ partitions }) => Effect.succeed(
    sql\`SELECT CAST(right(partition_key, 1) AS BIGINT) AS n, partition_key FROM (SELECT unnest(\${partitions.map(({ key }) => key)}) AS partition_key)\`
  )
})
export const Double = Asset.make("shop/double", {
  partitions: days,
  deps: { numbers: Numbers },
  output: Table.of(Schema.Struct({ n: Schema.Int })),
  checks: [AssetCheck.sameRowCount(Numbers, { severity: "warn" })],
  materialize: ({ numbers }) => Effect.succeed(sql\`SELECT 2 * n AS n FROM \${numbers} UNION ALL SELECT 0\`)
})
`,
  "checks.ts": `import { AssetCheck } from "{strata}"
export const checks = []
`
})

const lines = (text: string): ReadonlyArray<string> => text.trimEnd().split("\n")
const withoutTimes = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")

describe("strata checks", () => {
  it.effect("lists the checks as they stand, runs them again, and keeps what they found over time", () =>
    Effect.gen(function* () {
      const { root, write } = yield* project
      const run = (...words: ReadonlyArray<string>) => Strata.run(words, { cwd: root })
      const before = yield* run("checks")
      assert.deepStrictEqual(lines(before.stdout), [
        "shop/numbers\tbetween(n)\tnot run yet\t\t\t\terror\ttrue",
        "shop/double\tsame_row_count(shop/numbers)\tnot run yet\t\t\t\twarn\ttrue"
      ])

      const made = yield* run("materialize")
      assert.strictEqual(made.code, 1)
      assert.include(
        made.stderr,
        "shop/numbers does not pass its check between(n) and is not published: n is not between 0 and 2 in 1 of 1 row"
      )
      const id = JSON.parse((yield* run("runs", "--json")).stdout)[0].id
      const candidate = yield* run("query", `SELECT n FROM "shop/numbers@${id}" ORDER BY n`)
      assert.deepStrictEqual(lines(candidate.stdout).slice(-3), ["1", "2", "3"])
      assert.deepStrictEqual(
        lines((yield* run("query", `FROM "shop/numbers"`)).stdout).length,
        lines(candidate.stdout).length - 1
      )
      const after = yield* run("checks")
      assert.deepStrictEqual(lines(withoutTimes(after.stdout)), [
        "shop/numbers\tbetween(n)\tfailed\t2025-06-03\tTIME\tn is not between 0 and 2 in 1 of 1 row\terror\ttrue",
        "shop/double\tsame_row_count(shop/numbers)\twarned\t2025-06-01, 2025-06-02 (2)\tTIME\tthere are 2 rows, and 1 row in shop/numbers\twarn\ttrue"
      ])
      assert.strictEqual(lines((yield* run("checks", "shop/double")).stdout).length, 1)

      const fine = yield* run("checks", "run")
      assert.deepStrictEqual([fine.code, fine.stderr], [0, ""])
      assert.deepStrictEqual(lines(fine.stdout), [
        "shop/numbers\tbetween(n)\tpassed\t2025-06-01, 2025-06-02 (2)\tn is between 0 and 2 in 2 rows",
        "shop/double\tsame_row_count(shop/numbers)\tfailed\t2025-06-01, 2025-06-02 (2)\tthere are 4 rows, and 2 rows in shop/numbers (2 partitions)"
      ])

      write(
        "checks.ts",
        `import { AssetCheck, sql } from "{strata}"
import * as Effect from "effect/Effect"
import { Double, Numbers } from "./assets.ts"
export const checks = [
  AssetCheck.on(Numbers, AssetCheck.notNull("n")),
  AssetCheck.make("thrice", {
    assets: { numbers: Numbers, double: Double },
    evaluate: ({ numbers, double }) => Effect.succeed(
      sql\`SELECT 1 WHERE (SELECT sum(n) FROM \${double}) <> 3 * (SELECT sum(n) FROM \${numbers})\`
    )
  })
]
`
      )
      const again = yield* run("checks", "run", "shop/double", "-p", "2025-06-02", "--json")
      assert.strictEqual(again.code, 1)
      const found = JSON.parse(again.stdout)
      assert.deepStrictEqual(
        found.map((each: Record<string, unknown>) => [each.asset, each.check, each.outcome, each.reason]),
        [
          ["shop/double", "same_row_count(shop/numbers)", "Failed", "there are 2 rows, and 1 row in shop/numbers"],
          [null, "thrice", "Failed", "1 row violates it"]
        ]
      )
      assert.deepStrictEqual(found[0].partitions, { count: 1, ranges: [{ from: "2025-06-02", to: "2025-06-02" }] })

      // The checks stand in a module that makes no asset: nothing is stale because of them.
      const plan = JSON.parse((yield* run("plan", "--json")).stdout)
      assert.deepStrictEqual(
        plan.steps.map(({ assets, reasons }: { assets: unknown; reasons: object }) => [assets, Object.keys(reasons)]),
        [
          [["shop/numbers"], ["Failed"]],
          [["shop/double"], ["Missing"]]
        ]
      )

      const status = JSON.parse((yield* run("checks", "--json")).stdout)
      assert.deepStrictEqual(
        status.map(({ check, health }: Record<string, unknown>) => `${check} ${health}`),
        ["between(n) Failed", "not_null(n) NeverRun", "same_row_count(shop/numbers) Warned", "thrice Failed"]
      )
      assert.deepStrictEqual(Object.keys(status[0].outcomes).sort(), ["Failed", "Passed"])
      const history = yield* run("checks", "shop/numbers", "--history")
      assert.deepStrictEqual(
        lines(history.stdout).map((line) => line.split("\t").slice(1, 4).join(" ")),
        [
          "thrice failed ",
          "between(n) passed 2025-06-01, 2025-06-02 (2)",
          "between(n) failed 2025-06-03",
          "between(n) passed 2025-06-01, 2025-06-02 (2)"
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("lets what a check refused be looked at: the rows that were made, and those that were set aside", () =>
    Effect.gen(function* () {
      const { root } = yield* TemporaryProject.make({
        "strata.config.ts": `${head}
import { AssetCheck, Quarantine } from "{strata}"
export const Orders = Asset.make("shop/orders", {
  output: Table.of(Schema.Struct({ n: Schema.Int })),
  checks: [AssetCheck.errorRate({ below: 0.1 })],
  materialize: Effect.fnUntraced(function* () {
    yield* Quarantine.add({ sql: sql\`(SELECT 'a' AS file, 7 AS line, 0 AS byte_offset, 'no number' AS reason, '' AS raw)\` })
    return sql\`SELECT 1::BIGINT AS n\`
  })
})
export default Definitions.make({ assets: [Orders] }).pipe(Definitions.provide(DuckDB.layer))
`
      })
      const run = (...words: ReadonlyArray<string>) => Strata.run(words, { cwd: root })
      const made = yield* run("materialize")
      const id = JSON.parse((yield* run("runs", "--json")).stdout)[0].id
      const look = (name: string) => `strata query 'FROM "shop/orders@${id}${name}" LIMIT 10'`
      assert.include(made.stderr, `  ${look("/quarantine")}  looks at what was set aside\n  ${look("")}  looks at`)
      const rows = (columns: string, name: string) => run("query", `SELECT ${columns} FROM "shop/orders${name}"`)
      assert.deepStrictEqual(lines((yield* rows("line, reason", `@${id}/quarantine`)).stdout), [
        "line\treason",
        "7\tno number"
      ])
      assert.deepStrictEqual(yield* rows("n", `@${id}`), { code: 0, stdout: "n\n1\n", stderr: "" })
      assert.strictEqual((yield* rows("*", "/quarantine")).stdout.includes("no number"), false)
    }).pipe(Effect.scoped)
  )

  it.effect("says after a run in which only a check over several assets failed what to look at", () =>
    Effect.gen(function* () {
      const { root, write } = yield* project
      write(
        "checks.ts",
        `import { AssetCheck } from "{strata}"
import * as Effect from "effect/Effect"
import { Double } from "./assets.ts"
export const checks = [
  AssetCheck.make("never", { assets: { double: Double }, evaluate: () => Effect.succeed(AssetCheck.failed("it never does")) })
]
`
      )
      const made = yield* Strata.run(["materialize", "+shop/double", "-p", "2025-06-01"], { cwd: root })
      assert.strictEqual(made.code, 1)
      assert.include(made.stderr, "it never does")
      assert.match(made.stderr, /^strata checks says which checks do not hold$/m)
    }).pipe(Effect.scoped)
  )

  it.effect("says that there is nothing to check, and what words mean nothing", () =>
    Effect.gen(function* () {
      const { root } = yield* project
      const nothing = yield* Strata.run(["checks", "run"], { cwd: root })
      assert.deepStrictEqual(
        [nothing.code, nothing.stdout, nothing.stderr.trim()],
        [0, "", "there is nothing to check: no check of what is selected, or nothing materialized"]
      )
      const unknown = yield* Strata.run(["checks", "shop/none"], { cwd: root })
      assert.strictEqual(unknown.code, 2)
    }).pipe(Effect.scoped)
  )
})
