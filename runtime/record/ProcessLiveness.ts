/**
 * Which process this is, and whether the process of a run is still there.
 *
 * A process id alone means little: it comes round again, and after a reboot it
 * is another process's. On Linux the boot and the ticks from boot to the start
 * of the process tell it apart at once; of a process on another machine, or
 * behind another process-id namespace, only its heartbeat is known.
 */
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"
import * as Result from "effect/Result"
import type { ProcessIdentity, Run } from "../event/Run.ts"

/** This process. */
export const current: Effect.Effect<ProcessIdentity> = Effect.sync(() => ({
  pid: process.pid,
  bootId: bootId(),
  startTicks: statOf(process.pid)?.startTicks ?? `${Math.round(performance.timeOrigin)}`,
  host: hostname()
}))

/** Tells whether the process of a run lives, as seen from this process at this time. */
export const judge: Effect.Effect<(run: Run) => boolean> = Effect.gen(function* () {
  const here = yield* current
  const now = yield* Clock.currentTimeMillis
  return (run) => isAlive(run, here, now)
})

export const isAlive = (run: Run, here: ProcessIdentity, now: number): boolean => {
  const { bootId, host, pid, startTicks } = run.process
  if (host !== here.host) return hasFreshHeartbeat(run, now)
  if (pid === here.pid && bootId === here.bootId && startTicks === here.startTicks) return true
  if (bootId === "" || here.bootId === "") return isRunning(pid) && hasFreshHeartbeat(run, now)
  if (bootOf(bootId) !== bootOf(here.bootId)) return false
  if (bootId !== here.bootId) return hasFreshHeartbeat(run, now)
  const stat = statOf(pid)
  return stat !== undefined && stat.startTicks === startTicks && !isEnded(stat.state)
}

/** A run that has not sent a heartbeat yet counts from its start. */
const hasFreshHeartbeat = ({ heartbeatAt, startedAt }: Run, now: number): boolean =>
  now - (heartbeatAt ?? startedAt) <= 60_000

/** The boot and the process-id namespace; empty where there is no /proc. */
const bootId = (): string => {
  const boot = ofSystem(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim())
  const namespace = ofSystem(() => readlinkSync("/proc/self/ns/pid"))
  return boot === undefined ? "" : `${boot} ${namespace ?? ""}`.trim()
}

const bootOf = (bootId: string): string | undefined => bootId.split(" ")[0]

interface Stat {
  readonly state: string
  readonly startTicks: string
}

/** Fields 3 and 22 of /proc/<pid>/stat; the second field is a name in parentheses that may hold anything. */
const statOf = (pid: number): Stat | undefined => {
  const text = ofSystem(() => readFileSync(`/proc/${pid}/stat`, "utf8"))
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ")
  return fields === undefined ? undefined : { state: fields[0]!, startTicks: fields[19]! }
}

/** A zombie has ended; only its parent does not know yet. */
const isEnded = (state: string): boolean => state === "Z" || state === "X"

const isRunning = (pid: number): boolean => {
  const signaled = Result.try(() => process.kill(pid, 0))
  return Result.isSuccess(signaled) || (hasProperty(signaled.failure, "code") && signaled.failure.code === "EPERM")
}

const ofSystem = <A>(read: () => A): A | undefined => Result.getOrUndefined(Result.try(read))
