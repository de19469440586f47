/**
 * A process with everything that it started: those of its group, and those that
 * left the group but carry its mark in their environment.
 */
import { readdirSync, readFileSync } from "node:fs"
import * as Result from "effect/Result"

/** The variable that the processes started by one carry on. */
export const mark = "STRATA_SIDE"

/** Kills what is left of the group, at once. */
export const kill = (leader: number, marked: string): void => {
  signal(-leader)
  for (const pid of escaped(marked)) signal(pid)
}

const signal = (pid: number): void => {
  Result.try(() => process.kill(pid, "SIGKILL"))
}

/** None where there is no `/proc`. */
const escaped = (marked: string): ReadonlyArray<number> => {
  const names = Result.getOrElse(
    Result.try(() => readdirSync("/proc")),
    () => []
  )
  return names.filter((name) => /^\d+$/.test(name) && environOf(name).includes(`${mark}=${marked}\0`)).map(Number)
}

/** Empty for a process of somebody else, or one that is gone. */
const environOf = (pid: string): string => textOf(`/proc/${pid}/environ`)

/** The bytes that a process holds for itself; 0 where nobody says. */
export const memoryOf = (pid: number): number => {
  const [, resident = 0, shared = 0] = textOf(`/proc/${pid}/statm`).split(" ").map(Number)
  return (resident - shared) * pageSize
}

const pageSize = 4096

const textOf = (path: string): string =>
  Result.getOrElse(
    Result.try(() => readFileSync(path, "latin1")),
    () => ""
  )
