/**
 * Which process this is, and whether the process of a run is still there and
 * says so.
 *
 * A process id alone means little: it comes round again, and after a reboot it
 * is another process's. On Linux the boot and the ticks from boot to the start
 * of the process tell it apart at once; of a process on another machine, or
 * behind another process-id namespace, only its heartbeat is known.
 */
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
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

/**
 * `Gone`: it has ended. `Stopped`: it does not run at present, and its lease is over. `Late`: its lease is over, and
 * it may go on any moment.
 */
export type Liveness = "Alive" | "Late" | "Stopped" | "Gone"

/** Tells how the process of a run stands, as seen from this process at this time. */
export const judge = (lease: Duration.Duration): Effect.Effect<(run: Run) => Liveness> =>
  Effect.gen(function* () {
    const here = yield* current
    const now = yield* Clock.currentTimeMillis
    return (run) => of(run, { here, now, lease })
  })

export interface Seen {
  readonly here: ProcessIdentity
  readonly now: number
  readonly lease: Duration.Duration
}

export const of = (run: Run, seen: Seen): Liveness => {
  const { bootId, pid } = run.process
  const { here } = seen
  if (isSame(run.process, here)) return "Alive"
  if (isGone(run.process, here)) return "Gone"
  const liveness = byHeartbeat(run, seen)
  const isSeen = run.process.host === here.host && bootId !== "" && bootId === here.bootId
  return liveness === "Late" && isSeen && isStopped(statOf(pid)?.state) ? "Stopped" : liveness
}

/** Whether a process has surely ended, as seen from this one. */
export const isGone = (process: ProcessIdentity, here: ProcessIdentity): boolean => {
  const { bootId, host, pid, startTicks } = process
  if (host !== here.host || isSame(process, here)) return false
  if (bootId === "" || here.bootId === "") return !isRunning(pid)
  if (bootOf(bootId) !== bootOf(here.bootId)) return true
  if (bootId !== here.bootId) return false
  const stat = statOf(pid)
  return stat === undefined || stat.startTicks !== startTicks || isEnded(stat.state)
}

const isSame = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.host === b.host && a.pid === b.pid && a.bootId === b.bootId && a.startTicks === b.startTicks

/** A run that has not sent a heartbeat yet counts from its start. */
const byHeartbeat = ({ heartbeatAt, startedAt }: Run, { lease, now }: Seen): Liveness =>
  now - (heartbeatAt ?? startedAt) <= Duration.toMillis(lease) ? "Alive" : "Late"

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

/** By a signal or a debugger. */
const isStopped = (state: string | undefined): boolean => state === "T" || state === "t"

const isRunning = (pid: number): boolean => {
  const signaled = Result.try(() => process.kill(pid, 0))
  return Result.isSuccess(signaled) || (hasProperty(signaled.failure, "code") && signaled.failure.code === "EPERM")
}

const ofSystem = <A>(read: () => A): A | undefined => Result.getOrUndefined(Result.try(read))
