/**
 * Encoders of blocks: on threads that all files share, or on this one for files
 * so small that a thread would not pay.
 *
 * Buffers are used again, and no more blocks are on their way than there are
 * encoders, so memory does not grow with the files. Threads start with the first
 * large file and end with the layer; one that is interrupted is replaced.
 */
import { availableParallelism } from "node:os"
import { Worker } from "node:worker_threads"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as Encoding from "./Encoding.ts"

export class Encoders extends Context.Service<
  Encoders,
  {
    /** Those for a file of so many bytes on disk. */
    readonly forFile: (size: number) => FileEncoders
  }
>()("strata/assets/installs/Encoders") {
  /** On so many threads as `STRATA_INSTALLS_WORKERS` says: one for each core but this one's, without it. */
  static readonly layer = Layer.unwrap(
    Effect.map(Config.Int("STRATA_INSTALLS_WORKERS").pipe(Config.withDefault(availableParallelism() - 1)), (threads) =>
      Encoders.layerThreads(threads)
    )
  )

  /** `worth`: the bytes on disk from which a file is worth a thread. */
  static readonly layerThreads = (count: number, worth = worthThreads) =>
    Layer.effect(Encoders, make(Math.max(0, count), worth))
}

/** The encoders that a file is encoded by, and buffers for it. */
export interface FileEncoders {
  /** How many blocks can be encoded at once. */
  readonly size: number
  readonly encode: (block: Uint8Array, from: ReadonlyArray<number>) => Effect.Effect<Encoding.Encoded>
  /** A buffer for a block, with anything in it. */
  readonly allocate: (size: number) => Uint8Array
  /** Takes back the buffer of a block. */
  readonly recycleBlock: (block: Uint8Array) => void
  /** Takes back a buffer of messages. */
  readonly recycle: (messages: Uint8Array) => void
}

/** Less is encoded in the time in which a thread starts. */
const worthThreads = 32 * 2 ** 20

type Encode = (request: Encoding.Request) => Effect.Effect<Encoding.Encoded>

const make = Effect.fnUntraced(function* (count: number, worth: number) {
  const blocks = store()
  const messages = store()
  const thisThread = yield* poolOf([here()])
  const workers = yield* Effect.acquireRelease(
    Effect.sync(() => new Set<Worker>()),
    (living) => Effect.promise(() => Promise.all([...living].map((worker) => worker.terminate())))
  )
  const threads = yield* poolOf(Array.from({ length: count }, () => onThread(workers)))
  return Encoders.of({
    forFile: (size) => {
      const pool = count === 0 || size < worth ? thisThread : threads
      return {
        size: pool.size,
        encode: (block, from) => pool.encode(() => ({ block, from, scratch: messages.some(from.length) })),
        allocate: (size) => new Uint8Array(blocks.take(size) ?? new ArrayBuffer(size)),
        recycleBlock: (block) => blocks.give(block.buffer as ArrayBuffer),
        recycle: (bytes) => messages.give(bytes.buffer as ArrayBuffer)
      }
    }
  })
})

interface Pool {
  readonly size: number
  readonly encode: (request: () => Encoding.Request) => Effect.Effect<Encoding.Encoded>
}

const poolOf = Effect.fnUntraced(function* (all: ReadonlyArray<Encode>): Effect.fn.Return<Pool> {
  const idle = [...all]
  const free = yield* Semaphore.make(all.length)
  return {
    size: all.length,
    encode: (request) =>
      free.withPermit(
        Effect.acquireUseRelease(
          Effect.sync(() => idle.pop()!),
          (encode) => Effect.suspend(() => encode(request())),
          (encode) => Effect.sync(() => idle.push(encode))
        )
      )
  }
})

/** A block at a time: a few milliseconds, after which others have their turn. */
const here = (): Encode => {
  const encode = Encoding.make()
  return (request) => Effect.map(Effect.yieldNow, () => encode(request))
}

const onThread = (living: Set<Worker>): Encode => {
  let worker: Worker | undefined
  const start = (): Worker => {
    const started = new Worker(script, { execArgv: [] })
    living.add(started)
    started.once("exit", () => living.delete(started))
    return started
  }
  return (request) =>
    Effect.onInterrupt(
      Effect.suspend(() => {
        worker ??= start()
        return ask(worker, request)
      }),
      () =>
        Effect.sync(() => {
          // What it is still about to answer belongs to nobody.
          void worker?.terminate()
          worker = undefined
        })
    )
}

/** Beside this module, in TypeScript or compiled. */
const script = new URL(`./EncodingThread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)

const ask = (worker: Worker, request: Encoding.Request): Effect.Effect<Encoding.Encoded> =>
  Effect.callback((resume) => {
    const settle = (result: Effect.Effect<Encoding.Encoded>) => {
      forget()
      resume(result)
    }
    const forget = () => worker.off("message", answered).off("error", failed).off("exit", exited)
    const answered = (encoded: Encoding.Encoded) => settle(Effect.succeed(encoded))
    const failed = (cause: unknown) => settle(Effect.die(cause))
    const exited = (code: number) => settle(Effect.die(new Error(`the encoding thread ended with ${code}`)))
    worker.on("message", answered).on("error", failed).on("exit", exited)
    worker.postMessage(request, [request.block.buffer as ArrayBuffer, ...request.scratch])
    return Effect.sync(forget)
  })

/** Buffers to be used again, a few of them. */
const store = () => {
  const kept: Array<ArrayBuffer> = []
  return {
    take: (size: number): ArrayBuffer | undefined => {
      const index = kept.findIndex(({ byteLength }) => byteLength >= size && byteLength <= size * 4)
      return index < 0 ? undefined : kept.splice(index, 1)[0]
    },
    /** So many of those that there are. */
    some: (count: number): ReadonlyArray<ArrayBuffer> => kept.splice(0, count),
    give: (buffer: ArrayBuffer): void => {
      if (kept.length < 16 && buffer.byteLength > 0) kept.push(buffer)
    }
  }
}
