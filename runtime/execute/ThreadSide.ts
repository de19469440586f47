/**
 * A thread that performs isolated steps: an endless loop in it can be ended.
 *
 * What crashes the process takes it along, and that is what Node often does when
 * the heap of a thread is full: so it has no limit of its own.
 */
import { Worker } from "node:worker_threads"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as ErrorMessage from "../definition/ErrorMessage.ts"
import { type FromSide, printed, type ToSide } from "./IsolatedMessage.ts"
import { endsWithin, type IsolatedSide, type Launch, type SideLimits } from "./IsolatedSide.ts"
import * as PrintedLines from "./PrintedLines.ts"
import type { Ending } from "./StepCrashed.ts"

export const start = Effect.fnUntraced(function* (launch: Launch, { env }: SideLimits) {
  const messages = yield* Queue.unbounded<FromSide, Ending>()
  const worker = new Worker(launch.entry, {
    argv: [launch.argument],
    execArgv: [],
    env: { ...launch.env, ...env } as NodeJS.ProcessEnv,
    stdout: true,
    stderr: true
  })
  let isOver = false
  let reason: string | undefined
  worker.on("message", (message: FromSide) => void Queue.offerUnsafe(messages, message))
  for (const stream of [worker.stdout, worker.stderr]) {
    PrintedLines.listen(stream, (line) => void Queue.offerUnsafe(messages, printed(line)))
  }
  worker.on("error", (error) => {
    reason = reasonOf(error)
  })
  const ended = new Promise<void>((resolve) => {
    worker.once("exit", (code) => {
      isOver = true
      const ending = { reason: reason ?? `it exited with code ${code}`, code, signal: null }
      Queue.failCauseUnsafe(messages, Cause.fail(ending))
      resolve()
    })
  })
  const side: IsolatedSide = {
    kind: "thread",
    messages,
    isOver: () => isOver,
    send: (message: ToSide) => Effect.sync(() => worker.postMessage(message)),
    end: (patience) =>
      Effect.gen(function* () {
        if (isOver) return
        // Not told and ended at the same time: native code that is called in between would end the process.
        if (patience > 0) {
          worker.postMessage({ _tag: "End" } satisfies ToSide)
          if (yield* endsWithin(ended, patience)) return
        }
        yield* Effect.promise(() => worker.terminate())
      })
  }
  return side
})

const reasonOf = (error: unknown): string => `an error that nobody handled, ${ErrorMessage.of(error)}`
