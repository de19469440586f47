/**
 * `npm start` in this repository: the sample data where there is none, and then
 * everything that is made from it.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

const strata = join(import.meta.dirname, "strata.mjs")
const root = join(import.meta.dirname, "..")
const sample = "data/postings"

if (!existsSync(join(root, sample)) || readdirSync(join(root, sample)).length === 0) {
  const words = [strata, "generate", "postings", "--out", sample]
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit", cwd: root })
  if (status !== 0) process.exit(status ?? 1)
}
process.argv.splice(2, Number.POSITIVE_INFINITY, "materialize")
await import(new URL("./strata.mjs", import.meta.url).href)
