/**
 * Judges of blocks: one on this thread, and for much text others on threads of
 * their own.
 *
 * Buffers of blocks and of their texts are used again, so memory does not grow
 * with what is read. Threads end with the scope, also in the middle of a block.
 */
import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Request } from "./JudgeWorker.ts"
import * as LineBlock from "./LineBlock.ts"
import * as LineJudge from "./LineJudge.ts"

export interface JudgePool {
  /** How many blocks can be judged at once. */
  readonly size: number
  /** Judges a block and lets text and block be used until the effect ends; then their buffers are used again. */
  readonly judge: <A, E, R>(
    block: LineBlock.LineBlock,
    use: (judged: Judged) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E, R>
  /** A buffer for a block, with anything in it. */
  readonly allocate: (size: number) => Uint8Array
}

/** `bytes` is about how much there is to judge. */
export const make = Effect.fnUntraced(function* (
  rules: LineJudge.Rules,
  bytes: number
): Effect.fn.Return<JudgePool, never, Scope> {
  const blocks = bufferStore()
  const texts = bufferStore()
  const threads = bytes < worthThreads ? 0 : availableParallelism() - 1
  const judges = [inline(rules), ...(yield* workers(rules, threads))]
  const idle = [...judges].reverse()
  const free = yield* Semaphore.make(judges.length)
  const judgeOne = (block: LineBlock.LineBlock, scratch: ArrayBuffer | undefined) =>
    free.withPermit(
      Effect.acquireUseRelease(
        Effect.sync(() => idle.pop()!),
        (judge) => judge(block, scratch),
        (judge) => Effect.sync(() => idle.push(judge))
      )
    )
  return {
    size: judges.length,
    judge: (block, use) =>
      Effect.flatMap(
        Effect.suspend(() => judgeOne(block, texts.take(LineBlock.textRoom(block.bytes.length)))),
        (judged) =>
          Effect.ensuring(
            use(judged),
            Effect.sync(() => {
              blocks.give(judged.bytes.buffer as ArrayBuffer)
              texts.give(judged.verdict.text.buffer as ArrayBuffer)
            })
          )
      ),
    allocate: (size) => new Uint8Array(blocks.take(size) ?? new ArrayBuffer(size))
  }
})

/** Judging less takes about as long as starting threads and warming them up. */
const worthThreads = 256 * 2 ** 20

export interface Judged {
  readonly verdict: LineBlock.Verdict
  /** Those of the block, in the buffer that they came in or in one that it became. */
  readonly bytes: Uint8Array
}

type Judge = (block: LineBlock.LineBlock, scratch: ArrayBuffer | undefined) => Effect.Effect<Judged>

/** On this thread, a block at a time: a few milliseconds, after which others have their turn. */
const inline = (rules: LineJudge.Rules): Judge => {
  const judge = LineJudge.make(rules)
  return (block, scratch) =>
    Effect.map(Effect.yieldNow, () => ({
      verdict: judge(block, scratch === undefined ? undefined : new Uint8Array(scratch)),
      bytes: block.bytes
    }))
}

const workers = Effect.fnUntraced(function* (rules: LineJudge.Rules, count: number) {
  const living = new Set<Worker>()
  const start = (): Worker => {
    const worker = new Worker(script, { workerData: sent(rules), execArgv: [] })
    living.add(worker)
    return worker.once("exit", () => living.delete(worker))
  }
  yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all([...living].map((worker) => worker.terminate()))))
  return Array.from({ length: count }, (): Judge => {
    let worker = start()
    return (block, scratch) =>
      Effect.onInterrupt(
        Effect.suspend(() => ask(worker, { block, scratch })),
        () =>
          Effect.sync(() => {
            // What it is still about to answer belongs to nobody.
            void worker.terminate()
            worker = start()
          })
      )
  })
})

/** Rules as another thread can have them. */
const sent = (rules: LineJudge.Rules) => (rules._tag === "Own" ? { _tag: rules._tag, module: rules.module } : rules)

/** Beside this module, in TypeScript or compiled. */
const script = new URL(`./JudgeWorker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)

const ask = (worker: Worker, request: Request): Effect.Effect<Judged> =>
  Effect.callback((resume) => {
    const settle = (result: Effect.Effect<Judged>) => {
      forget()
      resume(result)
    }
    const forget = () => worker.off("message", answered).off("error", failed).off("exit", exited)
    const answered = (judged: Judged) => settle(Effect.succeed(judged))
    const failed = (cause: unknown) => settle(Effect.die(cause))
    const exited = (code: number) => settle(Effect.die(new Error(`the judging thread ended with ${code}`)))
    worker.on("message", answered).on("error", failed).on("exit", exited)
    const buffers = [request.block.bytes.buffer as ArrayBuffer]
    worker.postMessage(request, request.scratch === undefined ? buffers : [...buffers, request.scratch])
    return Effect.sync(forget)
  })

/** Buffers to be used again, a few of them. */
const bufferStore = () => {
  const kept: Array<ArrayBuffer> = []
  return {
    take: (size: number): ArrayBuffer | undefined => {
      const index = kept.findIndex((buffer) => buffer.byteLength >= size && buffer.byteLength <= size * 4)
      return index < 0 ? undefined : kept.splice(index, 1)[0]
    },
    give: (buffer: ArrayBuffer): void => {
      if (kept.length < 16 && buffer.byteLength > 0) kept.push(buffer)
    }
  }
}
