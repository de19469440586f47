import { assert, describe, it } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Process from "./Process.ts"
import * as Store from "./Store.ts"

/** A project whose one asset counts in the engine for minutes. */
const project = (): string => {
  const folder = Process.folder()
  const from = (path: string) => JSON.stringify(resolve(path))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  writeFileSync(
    join(folder, "strata.config.ts"),
    `import * as Effect from ${from("node_modules/effect/dist/Effect.js")}
import * as Schema from ${from("node_modules/effect/dist/Schema.js")}
import { Asset, Definitions, sql, Table } from ${from("runtime/index.ts")}

export const Slow = Asset.make("slow", {
  output: Table.of(Schema.Struct({ n: Schema.Int })),
  materialize: () => Effect.succeed(sql\`SELECT count(*) AS n FROM range(3000000) a, range(3000000) b WHERE a.range * b.range % 7 = 3\`)
})

export default Definitions.make({ assets: [Slow] })
`
  )
  return folder
}

/** Resolves when the run has begun its step. */
const begun = async (home: string): Promise<void> => {
  for (;;) {
    await new Promise((done) => setTimeout(done, 100))
    const contents = await Store.contents(home).catch(() => undefined)
    if (contents?.runs.includes("Started") && contents.staged.length > 0) return
  }
}

describe("a run in the middle of a query of minutes", () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const) {
    it(`is canceled within two seconds by ${signal}, and exits with ${code}`, async () => {
      const folder = project()
      const home = join(folder, ".strata")
      const run = Process.start(["materialize"], { cwd: folder })
      await begun(home)
      const at = performance.now()
      process.kill(-run.pid, signal)
      const ended = await run.ended
      assert.isBelow(performance.now() - at, 2000)
      assert.strictEqual(ended.code, code, ended.stderr)
      const { runs, staged, versions } = await Store.contents(home)
      assert.deepStrictEqual(runs, ["Canceled"])
      assert.deepStrictEqual(staged, [])
      assert.deepStrictEqual(versions, {})
    })
  }
})
