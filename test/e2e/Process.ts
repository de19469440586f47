/**
 * The command line as a process of its own, in a project of its own.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

export interface Ended {
  /** The exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly millis: number
}

export interface Started {
  readonly pid: number
  /** Resolves with the first words on stderr, or at the end: the milliseconds since the start. */
  readonly spoke: Promise<number>
  readonly ended: Promise<Ended>
}

/** A folder that goes when the test process does. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "strata-e2e-"))
  folders.push(path)
  return path
}

const folders: Array<string> = []
process.on("exit", () => {
  for (const path of folders) rmSync(path, { recursive: true, force: true })
})

/** Starts `strata` with these words in a process group of its own, so that it can be killed with all it started. */
export const start = (
  words: ReadonlyArray<string>,
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {}
): Started => {
  const begun = performance.now()
  const child = spawn(process.execPath, [resolve("cli/strata.mjs"), ...words], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true
  })
  const texts = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text) => {
    texts.stdout += text
  })
  child.stderr.setEncoding("utf8").on("data", (text) => {
    texts.stderr += text
  })
  const ended = new Promise<Ended>((done) => {
    child.on("close", (code, signal) => done({ code, signal, ...texts, millis: performance.now() - begun }))
  })
  const spoke = new Promise<number>((done) => {
    const now = () => done(performance.now() - begun)
    child.stderr.once("data", now)
    child.once("close", now)
  })
  return { pid: child.pid!, spoke, ended }
}

export const run = (...args: Parameters<typeof start>): Promise<Ended> => start(...args).ended
