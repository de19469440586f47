/** Runs `strata` as a process of its own, as a person or a script would. */
import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import * as Effect from "effect/Effect"

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Gets the process as soon as it was started, and again whenever it wrote something. */
  readonly onOutput?: (child: ChildProcess, soFar: string) => void
}

export const run = (args: ReadonlyArray<string>, { cwd, env = {}, onOutput }: Options): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const child = spawn(process.execPath, [launcher, ...args], { cwd, env: { ...clean, ...env } })
    const text = { stdout: "", stderr: "" }
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (data: string) => {
        text[name] += data
        onOutput?.(child, text.stdout + text.stderr)
      })
    }
    child.on("close", (code) => resume(Effect.succeed({ code, ...text })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const launcher = join(import.meta.dirname, "../../cli/strata.mjs")

/** The environment without what would change what is printed, or where. */
const { FORCE_COLOR: _1, NO_COLOR: _2, NODE_OPTIONS: _3, STRATA_HOME: _4, ...clean } = process.env
