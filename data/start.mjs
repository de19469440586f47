/** `npm start`: the sample data where there is none, and then everything that is made from it. */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"

const strata = new URL("../cli/strata.mjs", import.meta.url)
const sample = fileURLToPath(new URL("./postings", import.meta.url))

if (!existsSync(sample) || readdirSync(sample).length === 0) {
  const words = [fileURLToPath(strata), "generate", "postings", "--out", sample]
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}
process.argv.splice(2, Number.POSITIVE_INFINITY, "materialize")
await import(strata.href)
