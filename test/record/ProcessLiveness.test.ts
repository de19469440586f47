import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ProcessIdentity, Run } from "../../runtime/event/Run.ts"
import * as ProcessLiveness from "../../runtime/record/ProcessLiveness.ts"
import { newRun } from "../suites/sampleRun.ts"

const now = 1_000_000

const runOf = (process: ProcessIdentity, of: Partial<Run> = {}): Run => ({
  ...newRun("t1-a"),
  process,
  fencingToken: 1,
  status: "Started",
  startedAt: now,
  heartbeatAt: now,
  endedAt: null,
  ...of
})

const ticksOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[19]!

const childProcess = (script: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] })
      const [line] = await once(child.stdout, "data")
      return { child, pid: Number(line) }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

describe("the process of a run", () => {
  it.effect("is alive when it is this one", () =>
    Effect.gen(function* () {
      const isAlive = yield* ProcessLiveness.judge
      assert.isTrue(isAlive(runOf(yield* ProcessLiveness.current, { heartbeatAt: null, startedAt: -now })))
    })
  )

  it.effect("is judged by its heartbeat alone when it is on another host", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const there = { ...here, host: "another" }
      const isAlive = (of: Partial<Run>) => ProcessLiveness.isAlive(runOf(there, of), here, now)
      assert.isTrue(isAlive({ heartbeatAt: now - 60_000 }))
      assert.isFalse(isAlive({ heartbeatAt: now - 60_001 }))
      assert.isTrue(isAlive({ heartbeatAt: null, startedAt: now - 60_000 }))
      assert.isFalse(isAlive({ heartbeatAt: null, startedAt: now - 60_001 }))
    })
  )
})

describe.runIf(process.platform === "linux")("on Linux the process of a run", () => {
  it.effect("is dead after a reboot, however fresh its heartbeat", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const before = { ...here, bootId: here.bootId.replace(/^\S+/, "another") }
      assert.isFalse(ProcessLiveness.isAlive(runOf(before), here, now))
    })
  )

  it.effect("is dead when its id is another process's by now", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      assert.isFalse(ProcessLiveness.isAlive(runOf({ ...here, startTicks: "1" }), here, now))
    })
  )

  it.effect("is judged by its heartbeat when it is in another process-id namespace", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current

      const other = { ...here, pid: 1, bootId: `${here.bootId.split(" ")[0]} pid:[1]` }
      assert.isTrue(ProcessLiveness.isAlive(runOf(other), here, now))
      assert.isFalse(ProcessLiveness.isAlive(runOf(other, { heartbeatAt: now - 99_000 }), here, now))
    })
  )

  it.effect("is alive until it is killed, whatever its heartbeat", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const { child, pid } = yield* childProcess("echo $$; exec sleep 60")
      const run = runOf({ ...here, pid, startTicks: ticksOf(pid) }, { heartbeatAt: null, startedAt: 0 })
      assert.isTrue(ProcessLiveness.isAlive(run, here, now))
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      yield* Effect.promise(() => ended)
      assert.isFalse(ProcessLiveness.isAlive(run, here, now))
    })
  )

  it.effect("is dead when it has ended and its parent has not noticed", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const { pid } = yield* childProcess("sleep 0 & echo $!; exec sleep 60")
      const run = runOf({ ...here, pid, startTicks: ticksOf(pid) })
      yield* Effect.repeat(Effect.yieldNow, {
        until: () => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")
      })
      assert.isFalse(ProcessLiveness.isAlive(run, here, now))
    })
  )

  it.effect("is judged by id and heartbeat together where no boot is known", () =>
    Effect.gen(function* () {
      const here = { ...(yield* ProcessLiveness.current), bootId: "" }
      const { child, pid } = yield* childProcess("echo $$; exec sleep 60")
      const run = runOf({ ...here, pid, startTicks: "5" })
      assert.isTrue(ProcessLiveness.isAlive(run, here, now))
      assert.isFalse(ProcessLiveness.isAlive({ ...run, heartbeatAt: now - 60_001 }, here, now))
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      yield* Effect.promise(() => ended)
      assert.isFalse(ProcessLiveness.isAlive(run, here, now))
    })
  )
})
