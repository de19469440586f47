import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Process from "./Process.ts"

const dependencies = JSON.parse(readFileSync("package.json", "utf8"))

const config = `import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Asset, Definitions, PartitionsDefinition, sql, Table } from "strata"
import { DuckDB } from "strata/resources/DuckDB"

const region = PartitionsDefinition.fixed(["north", "south"])

export const Orders = Asset.make("shop/orders", {
  partitions: region,
  output: Table.of(Schema.Struct({ id: Schema.Int, amount: Schema.Int })),
  materialize: ({ partition }) => Effect.succeed(sql\`SELECT range AS id, range * 10 AS amount FROM range(\${partition.key.length})\`)
})

export const Revenue = Asset.make("shop/revenue", {
  deps: { orders: Orders },
  isolation: "process",
  output: Table.of(Schema.Struct({ region: Schema.String, revenue: Schema.Int })),
  materialize: Effect.fn(function* ({ orders }) {
    const duckdb = yield* DuckDB
    yield* duckdb.query(sql\`SELECT count(*) FROM \${orders}\`)
    return sql\`SELECT partition_key AS region, sum(amount)::BIGINT AS revenue FROM \${orders} GROUP BY ALL\`
  })
})

export default Definitions.make({ assets: [Orders, Revenue] }).pipe(Definitions.provide(Layer.mergeAll(DuckDB.layer)))
`

/** Runs a program in a folder with the Node that runs the tests; its own output where it fails. */
const run = (folder: string, program: string, words: ReadonlyArray<string>): string =>
  execFileSync(program, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

describe("the package", () => {
  it("installed with effect in an empty folder, materializes a project of two assets", () => {
    const folder = Process.folder()
    run(process.cwd(), "npm", ["pack", "--pack-destination", folder])
    const project = join(folder, "project")
    mkdirSync(project)
    writeFileSync(join(project, "package.json"), '{ "type": "module" }')
    const tarball = join(folder, `strata-${dependencies.version}.tgz`)
    run(project, "npm", ["install", "--prefer-offline", tarball, `effect@${dependencies.devDependencies.effect}`])
    writeFileSync(join(project, "strata.config.ts"), config)
    const strata = join(project, "node_modules/strata/cli/strata.mjs")
    run(project, process.execPath, [strata, "materialize"])
    const rows = run(project, process.execPath, [
      strata,
      "query",
      'SELECT * FROM "shop/revenue" ORDER BY region',
      "--json"
    ])
    assert.deepStrictEqual(
      JSON.parse(rows).rows.map(({ region, revenue }: { region: string; revenue: unknown }) => [
        region,
        Number(revenue)
      ]),
      [
        ["north", 100],
        ["south", 100]
      ]
    )
    assert.match(run(project, process.execPath, [strata, "materialize", "--json"]), /"run": ?null/)
  })
})
