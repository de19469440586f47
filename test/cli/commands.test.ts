/** The commands on small projects, as processes. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

const lines = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"))

describe("materialize", () => {
  it.effect("makes everything once, and then says that everything is up to date", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const first = yield* Strata.run(["materialize"], { cwd: root })
      assert.strictEqual(first.code, 0, first.stderr)
      assert.deepStrictEqual(
        lines(first.stdout).map(([asset, partitions, count, rows]) => [asset, partitions, count, rows]),
        [
          ["shop/numbers", "2025-06-01…2025-06-03 (3)", "3", "6"],
          ["shop/total", "", "1", "1"]
        ]
      )
      assert.match(first.stderr, /^2 steps for 4 partitions$/m)
      assert.match(first.stderr, /^[\dTZ:.-]+\tsucceeded\tshop\/numbers 2025-06-01…2025-06-03 \(3\)\t6 rows\t/m)
      const second = yield* Strata.run(["materialize"], { cwd: root })
      assert.deepStrictEqual(second, {
        code: 0,
        stdout: "",
        stderr: "everything is up to date: 2 assets, 4 partitions\n"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("prints its plan and its run as JSON", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const { changes, ...planned } = JSON.parse((yield* Strata.run(["plan", "--json"], { cwd: root })).stdout)
      assert.deepStrictEqual(changes, {})
      assert.deepStrictEqual(planned.steps[0], {
        index: 0,
        assets: ["shop/numbers"],
        partitions: { count: 3, ranges: [{ from: "2025-06-01", to: "2025-06-03" }] },
        reasons: { Missing: { count: 3, ranges: [{ from: "2025-06-01", to: "2025-06-03" }] } },
        after: []
      })
      const made = JSON.parse((yield* Strata.run(["materialize", "--json"], { cwd: root })).stdout)
      assert.strictEqual(made.run.status, "Succeeded")
      assert.deepStrictEqual(made.plan, planned)
      assert.deepStrictEqual(
        made.run.assets.map((asset: { rows: number }) => asset.rows),
        [6, 1]
      )
      const nothing = JSON.parse((yield* Strata.run(["materialize", "--json"], { cwd: root })).stdout)
      assert.isNull(nothing.run)
      assert.strictEqual(nothing.plan.upToDate.length, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("explains what cannot be made before its input, and makes it with +", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const blocked = yield* Strata.run(["materialize", "shop/total"], { cwd: root })
      assert.strictEqual(blocked.code, 1)
      assert.match(
        blocked.stderr,
        /shop\/total cannot be made before shop\/numbers 2025-06-01…2025-06-03 \(3\), .*: strata materialize \+shop\/total makes both/
      )
      assert.strictEqual((yield* Strata.run(["materialize", "+shop/total"], { cwd: root })).code, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("goes on when an asset fails, says why, what was skipped, and how to go on", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.failing
      const { code, stderr, stdout } = yield* Strata.run(["materialize", "*"], { cwd: root })
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(
        lines(stdout).map(([asset]) => asset),
        ["alone"]
      )
      assert.match(stderr, /✗ broken failed: NoSuchPlace\n {2}the place https:\/\/….example.org\/x is not there/)
      assert.match(stderr, /after skipped, because broken failed/)
      assert.match(stderr, /1 succeeded, 1 failed, 1 skipped/)
      assert.match(stderr, /^strata retry goes on with what is left$/m)
      assert.notInclude(stderr, "secret")
      const run = JSON.parse((yield* Strata.run(["run", "latest", "--json"], { cwd: root })).stdout)
      assert.strictEqual(run.status, "Failed")
      const without = yield* Strata.run(["run", "--json"], { cwd: root })
      assert.strictEqual(JSON.parse(without.stdout).id, run.id, without.stderr)
      assert.strictEqual(run.failures[0].error.tag, "NoSuchPlace")
      const again = yield* Strata.run(["plan", "--json"], { cwd: root })
      assert.deepStrictEqual(
        JSON.parse(again.stdout).steps.map((step: { assets: ReadonlyArray<string> }) => step.assets[0]),
        ["broken", "after"]
      )
    }).pipe(Effect.scoped)
  )
})

describe("list and show", () => {
  it.effect("answer the same at once as when the definitions are loaded", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      for (const args of [["list"], ["list", "--json"]]) {
        const loaded = yield* Strata.run(args, { cwd: root, env: { STRATA_HOME: join(root, `home${args.length}`) } })
        yield* Strata.run(["list"], { cwd: root })
        const kept = yield* Strata.run(args, { cwd: root })
        assert.deepStrictEqual(kept, loaded)
      }
      const all = yield* Strata.run(["list", "*"], { cwd: root })
      assert.deepStrictEqual(all, yield* Strata.run(["list"], { cwd: root }))
    }).pipe(Effect.scoped)
  )

  it.effect("say how an asset stands", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const before = yield* Strata.run(["show", "shop/numbers"], { cwd: root })
      assert.match(before.stdout, /^status\tmissing$/m)
      yield* Strata.run(["materialize"], { cwd: root })
      const after = yield* Strata.run(["show", "shop/numbers"], { cwd: root })
      assert.match(after.stdout, /^status\tup to date\nmaterialized\t2025-06-01…2025-06-03 \(3\)$/m)
      const json = JSON.parse((yield* Strata.run(["show", "shop/numbers", "--json"], { cwd: root })).stdout)
      assert.strictEqual(json.status.health, "UpToDate")
      assert.strictEqual(json.stored.rows, 6)
    }).pipe(Effect.scoped)
  )
})

describe("query", () => {
  const made = Effect.tap(Projects.numbers, ({ root }) => Strata.run(["materialize"], { cwd: root }))

  it.effect("takes assets by quoted key and as schema and table", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const text = yield* Strata.run(
        ["query", `SELECT n, big, name, NULL AS none FROM "shop/numbers" JOIN shop.total ON true WHERE n = 1 LIMIT 1`],
        { cwd: root }
      )
      assert.strictEqual(text.stdout, "n\tbig\tname\tnone\n1\t9007199254740993\ttab\\there\t\\N\n", text.stderr)
      const json = yield* Strata.run(
        ["query", "--json", `SELECT big, DATE '2025-06-01' AS day FROM shop.numbers LIMIT 1`],
        {
          cwd: root
        }
      )
      assert.strictEqual(
        json.stdout,
        `{\n"columns": [{"name":"big","type":"BIGINT"},{"name":"day","type":"DATE"}],\n"rows": [\n  {"big":9007199254740993,"day":"2025-06-01"}\n]\n}\n`
      )
      const none = yield* Strata.run(["query", "--json", "FROM shop.total WHERE false"], { cwd: root })
      assert.deepStrictEqual(JSON.parse(none.stdout).rows, [])
    }).pipe(Effect.scoped)
  )

  it.effect("keeps the order that a query asks for", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const { stdout } = yield* Strata.run(["query", "SELECT i FROM range(5000) t(i) ORDER BY i % 7, i DESC"], {
        cwd: root
      })
      const expected = Array.from({ length: 5000 }, (_, i) => i).sort((a, b) => (a % 7) - (b % 7) || b - a)
      assert.strictEqual(stdout, `i\n${expected.join("\n")}\n`)
    }).pipe(Effect.scoped)
  )

  it.effect("takes nothing but a query, and says in a sentence what it does not understand", () =>
    Effect.gen(function* () {
      const { root } = yield* made
      const file = join(root, "stolen.parquet")
      for (const sql of [
        `COPY (FROM shop.total) TO '${file}'`,
        "CREATE TABLE t AS SELECT 1",
        "SELECT 1; SELECT 2",
        `SELECT 1); COPY (SELECT 1) TO '${file}'; FROM (SELECT 1`,
        `SELECT 1; COPY (SELECT 1) TO '${file}'; SELECT 1`,
        "SELECT nothing FROM shop.total",
        "FROM nowhere",
        "SELEC 1",
        ""
      ]) {
        const { code, stderr, stdout } = yield* Strata.run(["query", sql], { cwd: root })
        assert.strictEqual(code, 1, sql)
        assert.strictEqual(stdout, "")
        assert.match(stderr, /^error: .+\n( {2}.*\n {2} *\^\n)?$/)
        assert.isFalse(existsSync(file))
      }
    }).pipe(Effect.scoped)
  )
})

describe("what is wrong around a command", () => {
  it.effect("no definitions, definitions that cannot be loaded, a damaged state: a sentence each", () =>
    Effect.gen(function* () {
      const { root, write } = yield* Projects.numbers
      const empty = join(root, "empty")
      mkdirSync(empty)
      const none = yield* Strata.run(["list", "-d", "empty/strata.config.ts"], { cwd: root })
      assert.strictEqual(none.code, 1)
      assert.match(none.stderr, /^error: .+\n$/)
      mkdirSync(join(root, ".strata"), { recursive: true })
      writeFileSync(join(root, ".strata/state.db"), "this is no database".repeat(100))
      const damaged = yield* Strata.run(["materialize"], { cwd: root })
      assert.strictEqual(damaged.code, 1)
      assert.match(damaged.stderr, /^error: the state in .* cannot be used: .+\n$/)
      write("strata.config.ts", "export default 1")
      const wrong = yield* Strata.run(["validate"], { cwd: root })
      assert.strictEqual(wrong.code, 1)
      assert.match(wrong.stderr, /^error: .*strata.config.ts.*\n$/)
    }).pipe(Effect.scoped)
  )

  it.effect("validate says how many assets are valid, and every problem at once", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const valid = yield* Strata.run(["validate"], { cwd: root })
      assert.deepStrictEqual(valid, { code: 0, stdout: "all definitions are valid: 2 assets\n", stderr: "" })
      const json = JSON.parse((yield* Strata.run(["validate", "--json"], { cwd: root })).stdout)
      assert.deepStrictEqual(json, { valid: true, assets: 2, problems: [], warnings: [] })
    }).pipe(Effect.scoped)
  )

  it.effect("a reader of stdout that goes away is no error", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const strata = join(import.meta.dirname, "../../cli/strata.mjs")
      const script = `"$0" "$1" query 'FROM range(3000000)' | head -n 1; echo "\${PIPESTATUS[0]}"`
      const text = execFileSync("bash", ["-c", script, process.execPath, strata], { cwd: root, stdio: "pipe" })
      assert.strictEqual(String(text), "range\n0\n")
    }).pipe(Effect.scoped)
  )

  it.effect("colors only where they are wanted", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const colored = yield* Strata.run(["show", "--help"], { cwd: root, env: { FORCE_COLOR: "1" } })
      const plain = yield* Strata.run(["show", "--help"], { cwd: root, env: { FORCE_COLOR: "1", NO_COLOR: "1" } })
      assert.include(colored.stdout, "\u001b[")
      assert.notInclude(plain.stdout, "\u001b[")
      assert.strictEqual(plain.stdout, (yield* Strata.run(["show", "--help"], { cwd: root })).stdout)
    }).pipe(Effect.scoped)
  )
})
