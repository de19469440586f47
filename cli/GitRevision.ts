/**
 * The commit that a project stands at, as git says it; nothing where git is
 * not installed, does not answer in time, or knows no commit.
 */
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import type { GitRevision } from "../runtime/event/Run.ts"

export const of = (folder: string): Effect.Effect<GitRevision | null, never, ChildProcessSpawner> =>
  ChildProcessSpawner.use((spawner) =>
    spawner.string(
      ChildProcess.make("git", ["status", "--porcelain=v2", "--branch"], { cwd: folder, stderr: "ignore" })
    )
  ).pipe(
    Effect.timeout("2 seconds"),
    Effect.map(parse),
    Effect.orElseSucceed(() => null)
  )

/** Lines that start with `#` say where the branch stands, every other one is a change. */
const parse = (status: string): GitRevision | null => {
  const lines = status.split("\n").filter((line) => line !== "")
  const commit = lines.flatMap((line) => /^# branch\.oid ([0-9a-f]{40,64})$/.exec(line)?.[1] ?? [])[0]
  return commit === undefined ? null : { commit, dirty: lines.some((line) => !line.startsWith("#")) }
}
