/**
 * How soon the command line answers, as a multiple of `node -e 0` in the same
 * run: `--help` is to stay within 1.5, `list` within 3.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"

const launcher = join(import.meta.dirname, "../cli/strata.mjs")
const cwd = join(import.meta.dirname, "..")

const cases: ReadonlyArray<{ readonly name: string; readonly args: ReadonlyArray<string>; readonly goal?: number }> = [
  { name: "node -e 0", args: ["-e", "0"] },
  { name: "strata --help", args: [launcher, "--help"], goal: 1.5 },
  { name: "strata materialize --help", args: [launcher, "materialize", "--help"], goal: 1.5 },
  { name: "strata --version", args: [launcher, "--version"] },
  { name: "strata list", args: [launcher, "list"], goal: 3 },
  { name: "strata list --json", args: [launcher, "list", "--json"], goal: 3 },
  { name: "strata list <selection>", args: [launcher, "list", "*"] },
  { name: "strata runs", args: [launcher, "runs"] },
  { name: "strata plan", args: [launcher, "plan"] }
]

const rounds = Number(process.argv[2] ?? 21)

const time = (args: ReadonlyArray<string>): number => {
  const start = performance.now()
  spawnSync(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] })
  return performance.now() - start
}

const median = (times: ReadonlyArray<number>): number => times.toSorted((a, b) => a - b)[times.length >> 1]!

// Once for the caches of modules, compiled code and definitions; then all cases in turn, so that noise meets each alike.
for (const { args } of cases) time(args)
const times = cases.map((): Array<number> => [])
for (let round = 0; round < rounds; round++) {
  for (const [index, { args }] of cases.entries()) times[index]!.push(time(args))
}

const base = median(times[0]!)
for (const [index, { goal, name }] of cases.entries()) {
  const ratio = median(times[index]!) / base
  const verdict = goal === undefined ? "" : `  goal ${goal.toFixed(1)} × ${ratio <= goal ? "reached" : "MISSED"}`
  console.log(
    `${name.padEnd(28)} ${median(times[index]!).toFixed(0).padStart(5)} ms  ${ratio.toFixed(2).padStart(5)} ×${verdict}`
  )
}
