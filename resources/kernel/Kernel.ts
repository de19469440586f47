/**
 * Loops over bytes as WebAssembly, which reads sixteen of them at once.
 *
 * `Name.as.ts` is the source of one, in AssemblyScript, `Name.wasm.ts` what
 * `generate.ts` made of it. A kernel sees nothing but its own memory, starts in
 * under a millisecond, and belongs to one thread.
 */

/** What a kernel exports, beside its memory. */
export type Exports = Readonly<Record<string, ((...args: ReadonlyArray<never>) => unknown) | Global>>

/** A variable that both sides see. */
export interface Global {
  value: number
}

export interface Kernel<E extends Exports> {
  readonly call: E
  /** All of its memory, as it is now: growing makes another one. */
  readonly bytes: () => Uint8Array
  /** Makes the memory so large at least, in bytes. */
  readonly reserve: (size: number) => void
}

/** A kernel of its own, of code as `generate.ts` writes it. */
export const make = <E extends Exports>(code: string): Kernel<E> => {
  const { exports } = new WebAssembly.Instance(compiled(code))
  const memory = exports.memory as Memory
  let bytes = new Uint8Array(memory.buffer)
  return {
    call: exports as unknown as E,
    bytes: () => {
      if (bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer)
      return bytes
    },
    reserve: (size) => {
      const missing = size - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / page))
    }
  }
}

/** Once a thread: code that ran for a while is compiled better, for all that use it. */
const compiled = (code: string): object => {
  const found = modules.get(code) ?? new WebAssembly.Module(Buffer.from(code, "base64"))
  modules.set(code, found)
  return found
}

const modules = new Map<string, object>()

const page = 2 ** 16

interface Memory {
  readonly buffer: ArrayBuffer
  readonly grow: (pages: number) => number
}

/** Part of every Node, and of TypeScript's types of browsers only. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
}
