/**
 * DuckDB alone, in a process of its own: it reads the same lines and believes
 * them, writes the same two tables in the same format, and joins them with
 * answers that lie in a local table already.
 *
 * `node Floor.ts <folder>`; it prints what it cost as JSON.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import type { Measured } from "./Measured.ts"

const folder = process.argv[2]!
const target = mkdtempSync(join(tmpdir(), "strata-floor-"))
const instance = await DuckDBInstance.create(":memory:", { temp_directory: target })
const connection = await instance.connect()
const format = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1"
const columns = "{url: 'VARCHAR', company: 'VARCHAR', title: 'VARCHAR', location: 'VARCHAR', scraped_on: 'BIGINT'}"
const landed = `read_json('${folder}/*.jsonl', format = 'newline_delimited', columns = ${columns}, filename = true)`
await connection.run(
  `CREATE TABLE answers AS SELECT company, title, (1 + length(title) % 7)::TINYINT AS seniority
   FROM (SELECT DISTINCT company, title FROM ${landed})`
)

const cpu = process.cpuUsage()
const started = performance.now()
await connection.run(
  `COPY (SELECT left(md5(filename), 16) || '-' || scraped_on AS row_id, left(md5(scraped_on || ' ' || url), 20) AS posting_id,
     url, company, title, location, scraped_on, CAST(NULL AS VARCHAR) AS description FROM ${landed})
   TO '${target}/parsed.parquet' (${format})`
)
const between = performance.now()
await connection.run(
  `COPY (SELECT p.*, seniority FROM read_parquet('${target}/parsed.parquet') p JOIN answers USING (company, title))
   TO '${target}/enriched.parquet' (${format})`
)
const ended = performance.now()
const { system, user } = process.cpuUsage(cpu)
const [[lines]] = (await (
  await connection.run(`SELECT count(*)::INTEGER FROM read_parquet('${target}/enriched.parquet')`)
).getRows()) as [[number]]
connection.disconnectSync()
rmSync(target, { recursive: true })
const measured: Measured = {
  lines,
  seconds: (ended - started) / 1000,
  enriching: (ended - between) / 1000,
  cpu: (system + user) / 1e6,
  memory: process.resourceUsage().maxRSS * 1024
}
console.log(JSON.stringify(measured))
