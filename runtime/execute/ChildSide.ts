/**
 * A process that performs isolated steps, in a process group of its own.
 *
 * Its memory is looked at ten times a second where there is `/proc`, and it is
 * killed above its limit. When it ends, all that it started is killed.
 */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Guardian } from "./Guardian.ts"
import { type FromSide, printed, type ToSide } from "./IsolatedMessage.ts"
import { endsWithin, heapOf, type IsolatedSide, type Launch, type SideLimits } from "./IsolatedSide.ts"
import * as PrintedLines from "./PrintedLines.ts"
import * as ProcessGroup from "./ProcessGroup.ts"
import type { Ending } from "./StepCrashed.ts"

export const start = Effect.fnUntraced(function* (launch: Launch, { env, memory }: SideLimits, guardian: Guardian) {
  const messages = yield* Queue.unbounded<FromSide, Ending>()
  const child = fork(fileURLToPath(launch.entry), [launch.argument], {
    detached: true,
    serialization: "advanced",
    execArgv: memory === undefined ? [] : [`--max-old-space-size=${heapOf(memory)}`],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...launch.env, ...env }
  })
  const kill = () => {
    child.kill("SIGKILL")
    if (child.pid !== undefined) ProcessGroup.kill(child.pid, env[ProcessGroup.mark] ?? "")
  }
  const said = listen(child, messages)
  const watch = watchMemory(child, memory, kill)
  const ended = new Promise<void>((resolve) => {
    const end = (ending: Ending) => {
      Queue.failCauseUnsafe(messages, Cause.fail(ending))
      resolve()
    }
    child.once("exit", (code, signal) => {
      watch.stop()
      if (child.pid !== undefined) guardian.release(child.pid)
      // What it started may hold its stdout open; what it said itself comes first.
      kill()
      const tell = () => end({ reason: watch.reason() ?? said.reason() ?? reasonOf(code, signal), code, signal })
      const timer = setTimeout(tell, 500)
      child.once("close", () => {
        clearTimeout(timer)
        tell()
      })
    })
    child.once("error", ({ message }) => {
      if (child.pid === undefined) end({ reason: `it could not be started, ${message}`, code: null, signal: null })
    })
  })
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  if (child.pid !== undefined) guardian.guard(child.pid)
  const side: IsolatedSide = {
    kind: "process",
    messages,
    isOver: () => isOver || child.exitCode !== null || child.signalCode !== null,
    send: (message: ToSide) => Effect.sync(() => void child.send(message, () => {})),
    end: (patience) =>
      Effect.gen(function* () {
        // Not disconnected: it would then never be said that all is closed.
        if (patience > 0) yield* side.send({ _tag: "End" })
        if (yield* endsWithin(ended, patience)) return
        kill()
        yield* endsWithin(ended, 1_000)
      })
  }
  return side
})

/** Takes what it says by messages and prints, and knows the reasons of its end that are only printed. */
const listen = (child: ChildProcess, messages: Queue.Queue<FromSide, Ending>) => {
  let reason: string | undefined
  child.on("message", (message: FromSide) => void Queue.offerUnsafe(messages, message))
  for (const stream of [child.stdout!, child.stderr!]) {
    PrintedLines.listen(stream, (line) => {
      if (/heap limit|heap out of memory/i.test(line)) reason = "the heap of JavaScript was full"
      void Queue.offerUnsafe(messages, printed(line))
    })
  }
  return { reason: () => reason }
}

const watchMemory = ({ pid }: ChildProcess, limit: number | undefined, kill: () => void) => {
  let reason: string | undefined
  const look = () => {
    const used = ProcessGroup.memoryOf(pid!)
    if (used <= limit! || reason !== undefined) return
    reason = `it held ${mebibytes(used)} of memory, and its limit is ${mebibytes(limit!)}`
    kill()
  }
  const timer = limit === undefined || pid === undefined ? undefined : setInterval(look, 100)
  timer?.unref()
  return { stop: () => clearInterval(timer), reason: () => reason }
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

const reasonOf = (code: number | null, signal: NodeJS.Signals | null): string => {
  if (signal === "SIGKILL") return "it was killed by signal 9 (memory limit?)"
  return signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`
}
