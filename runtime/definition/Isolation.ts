/**
 * Where the body of an asset runs: in a fiber beside all others, on a thread of
 * its own, or in a process of its own.
 *
 * A thread gives up an endless loop at its timeout and keeps the loops of others
 * apart. A process also survives native code that crashes, a full memory and
 * `process.exit`: the step fails with `StepCrashed`, and the run goes on. Either
 * is kept warm for the next step of its kind. They load the definitions and make
 * the resources for themselves, so nothing in memory is shared with other bodies.
 */
import * as ByteSize from "effect/ByteSize"

export interface Limits {
  /**
   * Bytes, as a number or as text such as `"512 MiB"`. Of a thread it limits the heap of JavaScript; of a process also
   * the memory that it holds, which is looked at ten times a second where there is `/proc`. The engine in it uses at
   * most half of it and writes the rest to disk.
   */
  readonly memory?: ByteSize.Input
}

/** What authors write; `"fiber"` by default. */
export type Input =
  | "fiber"
  | "thread"
  | "process"
  | { readonly thread: Limits; readonly process?: never }
  | { readonly process: Limits; readonly thread?: never }

/** `memory` in bytes. */
export type Isolation =
  | { readonly _tag: "Fiber" }
  | { readonly _tag: "Thread"; readonly memory: number | undefined }
  | { readonly _tag: "Process"; readonly memory: number | undefined }

export type Isolated = Exclude<Isolation, { readonly _tag: "Fiber" }>

export const fiber: Isolation = { _tag: "Fiber" }

/** Limits that leave no room for the runtime itself are a mistake of the author and throw. */
export const make = (input: Input): Isolation => {
  if (input === "fiber") return fiber
  if (input === "thread") return { _tag: "Thread", memory: undefined }
  if (input === "process") return { _tag: "Process", memory: undefined }
  return input.thread === undefined
    ? { _tag: "Process", memory: memoryOf(input.process, 256 * mebibyte) }
    : { _tag: "Thread", memory: memoryOf(input.thread, 64 * mebibyte) }
}

const mebibyte = 2 ** 20

const memoryOf = ({ memory }: Limits, least: number): number | undefined => {
  if (memory === undefined) return undefined
  const bytes = Number(ByteSize.fromInputUnsafe(memory))
  if (bytes < least) throw new RangeError(`an isolated body needs at least ${least / mebibyte} MiB of memory`)
  return bytes
}
