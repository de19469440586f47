import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ProcessIdentity, Run } from "../../runtime/event/Run.ts"
import * as ProcessLiveness from "../../runtime/record/ProcessLiveness.ts"
import { newRun } from "../suites/sampleRun.ts"

const now = 1_000_000
const lease = Duration.minutes(1)

const standing = (run: Run, here: ProcessIdentity) => ProcessLiveness.of(run, { here, now, lease })

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
      const judge = yield* ProcessLiveness.judge(lease)
      assert.strictEqual(judge(runOf(yield* ProcessLiveness.current, { heartbeatAt: null, startedAt: -now })), "Alive")
    })
  )

  it.effect("is judged by its heartbeat alone when it is on another host", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const there = { ...here, host: "another" }
      const of = (of: Partial<Run>) => standing(runOf(there, of), here)
      assert.strictEqual(of({ heartbeatAt: now - 60_000 }), "Alive")
      assert.strictEqual(of({ heartbeatAt: now - 60_001 }), "Late")
      assert.strictEqual(of({ heartbeatAt: null, startedAt: now - 60_000 }), "Alive")
      assert.strictEqual(of({ heartbeatAt: null, startedAt: now - 60_001 }), "Late")
    })
  )
})

describe.runIf(process.platform === "linux")("on Linux the process of a run", () => {
  it.effect("is dead after a reboot, however fresh its heartbeat", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const before = { ...here, bootId: here.bootId.replace(/^\S+/, "another") }
      assert.strictEqual(standing(runOf(before), here), "Gone")
    })
  )

  it.effect("is dead when its id is another process's by now", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      assert.strictEqual(standing(runOf({ ...here, startTicks: "1" }), here), "Gone")
    })
  )

  it.effect("is judged by its heartbeat when it is in another process-id namespace", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current

      const other = { ...here, pid: 1, bootId: `${here.bootId.split(" ")[0]} pid:[1]` }
      assert.strictEqual(standing(runOf(other), here), "Alive")
      assert.strictEqual(standing(runOf(other, { heartbeatAt: now - 99_000 }), here), "Late")
    })
  )

  it.effect(
    "is late when it runs and its lease is over, and gone when it was killed, however fresh its heartbeat",
    () =>
      Effect.gen(function* () {
        const here = yield* ProcessLiveness.current
        const { child, pid } = yield* childProcess("echo $$; exec sleep 60")
        const run = runOf({ ...here, pid, startTicks: ticksOf(pid) })
        assert.strictEqual(standing(run, here), "Alive")
        assert.strictEqual(standing({ ...run, heartbeatAt: null, startedAt: 0 }, here), "Late")
        const ended = once(child, "exit")
        child.kill("SIGKILL")
        yield* Effect.promise(() => ended)
        assert.strictEqual(standing(run, here), "Gone")
      })
  )

  it.effect("is stopped when its lease is over and a signal holds it", () =>
    Effect.gen(function* () {
      const here = yield* ProcessLiveness.current
      const { child, pid } = yield* childProcess("echo $$; exec sleep 60")
      const run = runOf({ ...here, pid, startTicks: ticksOf(pid) })
      child.kill("SIGSTOP")
      yield* Effect.repeat(Effect.yieldNow, {
        until: () => readFileSync(`/proc/${pid}/stat`, "utf8").includes(") T ")
      })
      assert.strictEqual(standing(run, here), "Alive")
      assert.strictEqual(standing({ ...run, heartbeatAt: now - 60_001 }, here), "Stopped")
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
      assert.strictEqual(standing(run, here), "Gone")
    })
  )

  it.effect("is judged by id and heartbeat together where no boot is known", () =>
    Effect.gen(function* () {
      const here = { ...(yield* ProcessLiveness.current), bootId: "" }
      const { child, pid } = yield* childProcess("echo $$; exec sleep 60")
      const run = runOf({ ...here, pid, startTicks: "5" })
      assert.strictEqual(standing(run, here), "Alive")
      assert.strictEqual(standing({ ...run, heartbeatAt: now - 60_001 }, here), "Late")
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      yield* Effect.promise(() => ended)
      assert.strictEqual(standing(run, here), "Gone")
    })
  )
})
