/**
 * Where a kernel adds to columns: leaves in its memory, as `Leaves.as.ts` finds
 * them, and the row group of Parquet that they become.
 *
 * A leaf starts with its share of the largest region. One that lacks room for
 * a row gets twice as much when the memory is opened again, and the block is
 * read once more.
 */
import type * as Kernel from "../kernel/Kernel.ts"
import type * as ColumnLayout from "./ColumnLayout.ts"
import type { LineBlock, Verdict } from "./LineBlock.ts"
import * as StagedColumns from "./StagedColumns.ts"

/** Judges a block again until its columns have room; each time there is more. */
export const untilRoom =
  (judge: (block: LineBlock, scratch: Uint8Array | undefined) => Verdict | undefined) =>
  (block: LineBlock, scratch: Uint8Array | undefined): Verdict => {
    for (;;) {
      const verdict = judge(block, scratch)
      if (verdict !== undefined) return verdict
    }
  }

/** What a kernel of columns exports. */
export interface Calls extends Kernel.Exports {
  readonly heap: () => number
  readonly rowCount: () => number
  readonly lackingLeaf: () => number
  readonly runs: (from: number, count: number, width: number, out: number) => number
  readonly packed: (from: number, count: number, width: number, out: number) => number
}

/** What a kernel is told once; it starts with the leaves. */
export interface Program {
  readonly bytes: Uint8Array
  readonly start: number
}

export interface ColumnMemory {
  /** Starts over, with room for regions of so many bytes; gives their places. */
  readonly open: (sizes: ReadonlyArray<number>) => ReadonlyArray<number>
  readonly bytes: () => Uint8Array
  /** There is more room when the memory is opened again. */
  readonly isFull: () => boolean
  /** Adds a value as it is stored, or none; `false` for want of room. */
  readonly put: (leaf: number, value: Uint8Array | undefined) => boolean
  /** The row group; its text is in the scratch buffer if that is large enough. */
  readonly take: (scratch: Uint8Array) => StagedColumns.RowGroup
}

/** Bytes of a leaf in a program. */
export const leafSize = 64

/** The place of a leaf in a program that starts there. */
export const leafAt = (start: number, index: number): number => start + index * leafSize

/** Where a program may start. */
export const start = (kernel: Kernel.Kernel<Calls>): number => (kernel.call.heap() + 15) & -16

/** Of leaves, and of as many others behind them that are in no row group. */
export const make = (
  { bytes, call, reserve }: Kernel.Kernel<Calls>,
  program: Program,
  leaves: ReadonlyArray<ColumnLayout.Leaf>,
  others: number
): ColumnMemory => {
  /** Bytes for the values of each leaf, and as many for its levels. */
  const rooms = Array.from({ length: leaves.length + others }, () => firstRoom)
  let lacking = -1
  let packedAt = 0
  let words: DataView = new DataView(new ArrayBuffer(0))

  const word = (index: number, at: number): number => words.getUint32(leafAt(program.start, index) + at, true)
  const setWord = (index: number, at: number, value: number): void =>
    words.setUint32(leafAt(program.start, index) + at, value, true)

  const open = (sizes: ReadonlyArray<number>): ReadonlyArray<number> => {
    const full = call.lackingLeaf() === 0 ? lacking : (call.lackingLeaf() - program.start) / leafSize
    if (full >= 0) rooms[full]! *= 2
    lacking = -1
    const share = Math.max(0, ...sizes) / rooms.length
    for (const [index, room] of rooms.entries()) if (room < share) rooms[index] = Math.ceil(share)
    // One block never needs so much, but many could, each for another column.
    if (rooms.reduce((sum, room) => sum + 3 * room, 0) > largestRooms) rooms.fill(firstRoom)
    let at = program.start + program.bytes.length
    const region = (size: number): number => {
      const start = at
      at = (at + size + margin) & -16
      return start
    }
    const regions = sizes.map(region)
    packedAt = region(Math.max(...rooms))
    const places = rooms.map((room, index) => {
      const { def, rep } = leaves[index] ?? { def: 0, rep: 0 }
      return { values: region(room), defs: def === 0 ? 0 : region(room), reps: rep === 0 ? 0 : region(room), def, rep }
    })
    reserve(at)
    bytes().set(program.bytes, program.start)
    words = new DataView(bytes().buffer)
    for (const [index, { def, defs, rep, reps, values }] of places.entries()) {
      const room = rooms[index]!
      const leaf = [values, defs, reps, 0, values + room, defs + room, 0, values, defs, reps, def, rep]
      for (const [k, word] of leaf.entries()) setWord(index, 4 * k, word)
    }
    return regions
  }

  const put = (index: number, value: Uint8Array | undefined): boolean => {
    const size = value?.length ?? 0
    const [values, defs] = [word(index, 0), word(index, 4)]
    const hasLevels = leaves[index]!.def > 0
    if (values + size > word(index, 16) || (hasLevels && defs >= word(index, 20))) {
      lacking = index
      return false
    }
    if (value !== undefined) bytes().set(value, values)
    setWord(index, 0, values + size)
    if (!hasLevels) return true
    words.setUint8(defs, value === undefined ? 0 : 1)
    setWord(index, 4, defs + 1)
    return true
  }

  /** From where to where something of a leaf lies. */
  const extent = (index: number, part: 0 | 4 | 8): readonly [start: number, end: number] => [
    word(index, 28 + part),
    word(index, part)
  ]

  const levels = (index: number, part: 4 | 8, highest: number): Uint8Array => {
    if (highest === 0) return nothing
    const [start, end] = extent(index, part)
    return bytes().slice(packedAt, call.runs(start, end - start, 32 - Math.clz32(highest), packedAt))
  }

  /** Flags lie as bytes, and are stored as bits. */
  const values = ({ physical }: ColumnLayout.Leaf, index: number): Uint8Array => {
    const [start, end] = extent(index, 0)
    if (physical !== "flag") return bytes().subarray(start, end)
    return bytes().slice(packedAt, call.packed(start, end - start, 1, packedAt))
  }

  const take = (scratch: Uint8Array): StagedColumns.RowGroup => {
    const rows = call.rowCount()
    const chunks = leaves.map((leaf, index) => {
      const [start, end] = extent(index, 4)
      return {
        count: leaf.def === 0 ? rows : end - start,
        reps: levels(index, 8, leaf.rep),
        defs: levels(index, 4, leaf.def),
        values: values(leaf, index)
      }
    })
    return StagedColumns.rowGroup(chunks, scratch)
  }

  return { open, bytes, isFull: () => lacking >= 0 || call.lackingLeaf() !== 0, put, take }
}

/** Grows by doubling: a block is read again until all of it fits. */
const firstRoom = 4 * 2 ** 10

const largestRooms = 2 ** 30

/** Bytes behind a region that may be read or written, and up to fifteen more. */
const margin = 63

const nothing = new Uint8Array()
