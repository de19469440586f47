/**
 * Where the body of an asset runs: in a fiber beside all others, on a thread of
 * its own, or in a process of its own.
 *
 * A thread is for long loops of JavaScript, which it ends at their timeout. A
 * process is for what may crash or fill the memory: then the step fails with
 * `StepCrashed` and the run goes on; with that tag in `dataErrors`, a step of
 * several partitions is tried in halves. Either loads the definitions and makes
 * the resources once, and is kept warm for the next step of its kind, so bodies
 * share no memory with the rest of the run.
 */
import * as ByteSize from "effect/ByteSize"

export interface Limits {
  /**
   * Bytes that the process may hold, as a number or as text such as `"512 MiB"`. It is looked at ten times a second
   * where there is `/proc`; the heap of JavaScript may be three quarters of it everywhere. The engine in the process
   * uses at most half of it and writes the rest to disk.
   */
  readonly memory?: ByteSize.Input
}

/** What authors write; `"fiber"` by default. */
export type Input = "fiber" | "thread" | "process" | { readonly process: Limits }

/** `memory` in bytes. */
export type Isolation =
  | { readonly _tag: "Fiber" }
  | { readonly _tag: "Thread" }
  | { readonly _tag: "Process"; readonly memory: number | undefined }

export type Isolated = Exclude<Isolation, { readonly _tag: "Fiber" }>

/** A limit that leaves no room for the runtime itself is a mistake of the author and throws. */
export const make = (input: Input): Isolation => {
  if (input === "fiber") return { _tag: "Fiber" }
  if (input === "thread") return { _tag: "Thread" }
  return { _tag: "Process", memory: input === "process" ? undefined : memoryOf(input.process) }
}

const mebibyte = 2 ** 20

/** What the runtime and the engine take before a body does anything. */
const least = 256 * mebibyte

const memoryOf = ({ memory }: Limits): number | undefined => {
  if (memory === undefined) return undefined
  const bytes = Number(ByteSize.fromInputUnsafe(memory))
  if (bytes < least) throw new RangeError(`a process of its own needs at least ${least / mebibyte} MiB of memory`)
  return bytes
}
