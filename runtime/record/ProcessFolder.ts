/**
 * Folders that belong to a process, such as those that the engine spills into:
 * their names tell whether it is still there, so that others can remove what a
 * killed process left.
 *
 * A name is `<pid>-<start>-<boot>-<place>`, and whatever follows: the ticks from
 * boot to the start of the process, which boot that was, and on which host and
 * in which process-id namespace. What is of another place is left alone, because
 * from here nobody sees whether its process lives.
 */
import { createHash } from "node:crypto"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { ProcessIdentity } from "../event/Run.ts"
import * as ProcessLiveness from "./ProcessLiveness.ts"

/** What the folders of a process begin with. */
export const nameOf = ({ bootId, host, pid, startTicks }: ProcessIdentity): string => {
  const [boot = "", namespace = ""] = bootId.split(" ")
  return [pid, startTicks, short(boot), short(`${host} ${namespace}`)].join("-")
}

/** Of this process. */
export const name: Effect.Effect<string> = Effect.map(ProcessLiveness.current, nameOf)

/** Removes the folders of processes that are gone from the folder that they lie in. */
export const sweep = Effect.fn("ProcessFolder.sweep")(function* (parent: string) {
  const fs = yield* FileSystem.FileSystem
  const here = yield* ProcessLiveness.current
  const entries = yield* Effect.orElseSucceed(fs.readDirectory(parent), () => [])
  for (const entry of entries.filter((entry) => isLeft(entry, here))) {
    yield* Effect.ignore(fs.remove(join(parent, entry), { recursive: true, force: true }))
  }
})

const isLeft = (entry: string, here: ProcessIdentity): boolean => {
  const [, pid, startTicks, boot, place] = /^(\d+)-(\d+)-([0-9a-f]{8})-([0-9a-f]{8})(?:[-.]|$)/.exec(entry) ?? []
  const [, , bootHere, placeHere] = nameOf(here).split("-")
  if (place !== placeHere) return false
  if (boot !== bootHere) return true
  return ProcessLiveness.isGone({ ...here, pid: Number(pid), startTicks: startTicks! }, here)
}

const short = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8)
