/**
 * Writes the records of a block as sets for memcached: for each type of device a
 * batch, in the order of the lines.
 *
 * The value of a record is the protobuf message `UserApps` of
 * `proto/appsinstalled.proto`, which the kernel writes from the columns: each
 * application as tag and varint, then both coordinates as doubles, in the order
 * of the fields (https://protobuf.dev/programming-guides/encoding).
 */
import * as MetaSet from "../../resources/memcached/MetaSet.ts"
import type { InstallLines } from "./InstallLines.ts"

/** The records of one type of device in a block. */
export interface Messages extends MetaSet.Batch {
  /** Of each record: its line in the block, and where that starts. */
  readonly lines: Uint32Array
  readonly offsets: Uint32Array
  /** Records whose key memcached does not take, accepted earlier or not. */
  readonly unfit: ReadonlyArray<Unfit>
}

export interface Unfit {
  readonly line: number
  readonly offset: number
  readonly key: string
  readonly reason: string
}

/**
 * The messages of each type. `from` says for each where in the block its first
 * line may start: what comes before was accepted earlier. `take` gives a buffer
 * of at least so many bytes.
 */
export const write = (
  self: InstallLines,
  block: Uint8Array,
  from: ReadonlyArray<number>,
  take: (size: number) => Uint8Array
): ReadonlyArray<Messages> =>
  from.map((start, type) => {
    const { out, setLine, setOffset, setStart, sets, size, write } = self.kernel.call
    const unfit: Array<Unfit> = []
    sets.value = 0
    size.value = 0
    for (let n = write(type, start, 0); n < self.count; n = write(type, start, n + 1)) {
      unfit.push(unfitOf(self, block, n))
    }
    const all = self.kernel.bytes()
    const bytes = size.value === 0 ? none : take(size.value).subarray(0, size.value)
    bytes.set(all.subarray(out.value, out.value + bytes.length))
    const words = (place: number) => new Uint32Array(all.buffer, place, sets.value).slice()
    return { bytes, starts: words(setStart.value), lines: words(setLine.value), offsets: words(setOffset.value), unfit }
  })

const none = new Uint8Array()

const unfitOf = (self: InstallLines, block: Uint8Array, n: number): Unfit => {
  const [start, end] = [self.keyStart[n]!, self.keyEnd[n]!]
  return {
    line: self.line[n]!,
    offset: self.offset[n]!,
    key: Buffer.from(block.subarray(start, end)).toString("utf8").replace("\t", ":"),
    reason: problem(block, start, end)
  }
}

const problem = (block: Uint8Array, start: number, end: number): string =>
  MetaSet.keyProblem(block, start + typeLength + 1, end) ??
  `the key has ${end - start} bytes; memcached takes ${MetaSet.longestKey}`

/** All types have names of four letters; the tab after them becomes a colon. */
const typeLength = 4
