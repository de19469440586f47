/** The ways of enriching that are compared, each in a process of its own, and the lines that they read. */
import { mkdtempSync, rmSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Measured, median } from "./Measured.ts"
import * as Programs from "./Programs.ts"

export const rounds = 3
/** Loops are run over so many lines at most, and scaled to the rest. */
export const mostLooped = 50_000
const linesAFile = 5_580

const folder = mkdtempSync(join(tmpdir(), "strata-seniority-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))

export const home = (name: string): string => join(folder, name)
const here = (name: string) => join(import.meta.dirname, name)

/** A day of files with so many lines. `drawn` are roles that are known before, else each comes some 90 times. */
export const landed = async (lines: number, drawn: number): Promise<string> => {
  const path = join(folder, `landed-${lines}-${drawn}`)
  await Programs.strata(
    [
      ...["generate", "postings", "--out", path, "--rows", `${lines}`, "--days", "1"],
      ...["--files-per-day", `${Math.ceil(lines / linesAFile)}`, "--known", `${drawn}`, "--popularity", "uniform"],
      ...["--malformed", "0", "--repeated", "0", "--descriptions", "0"]
    ],
    {}
  )
  return path
}

export const line = async (
  server: { readonly port: number },
  form: string,
  path: string,
  lines: number
): Promise<Measured> => {
  const looped = Math.min(lines, mostLooped)
  const ended = await Programs.node([here("Line.ts"), form, path, `${looped}`, `${server.port}`, "1"])
  return JSON.parse(ended.stdout)
}

export const floor = async (path: string): Promise<Measured> =>
  JSON.parse((await Programs.node([here("Floor.ts"), path])).stdout)

export const layouts = async (server: { readonly port: number }, roles: number): Promise<ReadonlyArray<string>> =>
  (await Programs.node([here("Layout.ts"), `${roles}`, `${server.port}`])).stdout.trim().split("\n")

/** A whole run of both assets; its home keeps what its steps said. */
export const strata = async (
  path: string,
  env: Readonly<Record<string, string>> & { readonly STRATA_HOME: string }
): Promise<Measured> => {
  const settings = { STRATA_POSTINGS_SOURCE: path, ...env }
  await Programs.strata(["materialize", "--force", "postings/parsed,postings/enriched"], settings)
  const run = JSON.parse((await Programs.strata(["run", "latest", "--json"], settings)).stdout)
  const assets: ReadonlyArray<Step> = run.assets
  return {
    lines: assets.at(-1)!.rows,
    seconds: (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000,
    enriching: assets.at(-1)!.millis / 1000,
    cpu: assets.reduce((sum, { cpu }) => sum + cpu, 0) / 1000,
    memory: Math.max(...assets.map(({ peakMemory }) => peakMemory)),
    ...asked(env.STRATA_HOME)
  }
}

interface Step {
  readonly rows: number
  readonly millis: number
  readonly cpu: number
  readonly peakMemory: number
}

/** What the newest step that asked for roles said of it. */
const asked = (home: string) => {
  const database = new DatabaseSync(join(home, "state.db"), { readOnly: true })
  const found = database
    .prepare("SELECT metadata FROM attempt WHERE metadata LIKE '%distinct pairs%' ORDER BY rowid DESC LIMIT 1")
    .get()
  database.close()
  const metadata = JSON.parse(String(found!.metadata))
  return { misses: metadata["cache misses"].value as number, calls: metadata["model calls"].value as number }
}

/** Each way in turn, as often as there are rounds; the median of each. */
export const inTurn = async <Name extends string>(
  ways: Readonly<Record<Name, () => Promise<Measured>>>
): Promise<Readonly<Record<Name, Measured>>> => {
  const all: Record<string, Array<Measured>> = {}
  for (let round = 0; round < rounds; round++) {
    for (const name in ways) all[name] = [...(all[name] ?? []), await ways[name]()]
  }
  return Object.fromEntries(Object.entries(all).map(([name, measured]) => [name, median(measured)])) as Record<
    Name,
    Measured
  >
}
