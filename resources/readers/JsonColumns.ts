/**
 * Columns of lines of JSON, in the memory of the kernel that reads them: the
 * good rows of one block, as a row group of Parquet.
 *
 * The kernel takes plain lines, sixteen bytes at a time. In front of any other
 * one it stops, and the judge says whether it is good; rewritten, it is added.
 */
import * as Kernel from "../kernel/Kernel.ts"
import type * as ColumnLayout from "./ColumnLayout.ts"
import * as JsonProgram from "./JsonProgram.ts"
import { code } from "./JsonColumns.wasm.ts"
import * as StagedColumns from "./StagedColumns.ts"

export interface JsonColumns {
  /** Starts over with the lines of a block, which end with a line feed. */
  readonly open: (bytes: Uint8Array) => void
  /** Adds plain lines up to `end`, the first with this ordinal; gives the place of the first that is not taken. */
  readonly read: (start: number, end: number, ordinal: number) => number
  /** Adds a line that was judged and rewritten. */
  readonly add: (line: Uint8Array, ordinal: number) => boolean
  /** A line was not taken for want of room; there is more when the block is opened again. */
  readonly isFull: () => boolean
  readonly rows: () => number
  /** The row group; its text is in the scratch buffer if that is large enough. */
  readonly take: (scratch: Uint8Array) => StagedColumns.RowGroup
}

export const make = ({ leaves, row }: ColumnLayout.ColumnLayout): JsonColumns => {
  const kernel = Kernel.make<Calls>(code)
  const { call } = kernel
  const program = JsonProgram.make(row, leaves.length, (call.heap() + 15) & -16)
  /** Bytes for the values of each leaf, and as many for its levels; the last ones are for names of keys. */
  const rooms = Array.from({ length: leaves.length + 1 }, () => firstRoom)
  let inputRoom = 0
  let lineRoom = firstRoom
  let lineIsFull = false
  let inputAt = 0
  let lineAt = 0
  let packedAt = 0
  let words: DataView = new DataView(new ArrayBuffer(0))

  const leafAt = (index: number): number => program.leaves + index * JsonProgram.leafSize

  const layOut = (): void => {
    // One block never needs so much, but many could, each for another column.
    if (rooms.reduce((sum, room) => sum + 3 * room, 0) > largestRooms) rooms.fill(firstRoom)
    let at = program.end
    const region = (size: number): number => {
      const start = at
      at = (at + size + margin) & -16
      return start
    }
    inputAt = region(inputRoom)
    lineAt = region(lineRoom)
    packedAt = region(Math.max(...rooms))
    const places = rooms.map((room) => ({ values: region(room), defs: region(room), reps: region(room) }))
    kernel.reserve(at)
    kernel.bytes().set(program.bytes, program.start)
    words = new DataView(kernel.bytes().buffer)
    for (const [index, { defs, reps, values }] of places.entries()) {
      const room = rooms[index]!
      const { def, rep } = leaves[index] ?? { def: 0, rep: 0 }
      const leaf = [values, defs, reps, 0, values + room, defs + room, 0, values, defs, reps, def, rep]
      for (const [k, word] of leaf.entries()) words.setUint32(leafAt(index) + 4 * k, word, true)
    }
  }

  /** From where to where something of a leaf lies. */
  const extent = (index: number, part: 0 | 4 | 8): readonly [start: number, end: number] => [
    words.getUint32(leafAt(index) + 28 + part, true),
    words.getUint32(leafAt(index) + part, true)
  ]

  const levels = (index: number, part: 4 | 8, highest: number): Uint8Array => {
    if (highest === 0) return nothing
    const [start, end] = extent(index, part)
    return kernel.bytes().slice(packedAt, call.runs(start, end - start, 32 - Math.clz32(highest), packedAt))
  }

  /** Flags lie as bytes, and are stored as bits. */
  const values = ({ physical }: ColumnLayout.Leaf, index: number): Uint8Array => {
    const [start, end] = extent(index, 0)
    if (physical !== "flag") return kernel.bytes().subarray(start, end)
    return kernel.bytes().slice(packedAt, call.packed(start, end - start, 1, packedAt))
  }

  return {
    open: (bytes) => {
      const lacking = call.lackingLeaf()
      if (lacking !== 0) rooms[(lacking - program.leaves) / JsonProgram.leafSize]! *= 2
      if (lineIsFull) lineRoom *= 2
      if (inputRoom < bytes.length) inputRoom = bytes.length
      lineIsFull = false
      layOut()
      kernel.bytes().set(bytes, inputAt)
      call.open(program.root, program.leaves, leafAt(leaves.length))
    },
    read: (start, end, ordinal) => call.read(inputAt + start, inputAt + end, ordinal) - inputAt,
    add: (line, ordinal) => {
      lineIsFull = line.length > lineRoom
      if (lineIsFull) return false
      kernel.bytes().set(line, lineAt)
      return call.add(lineAt, ordinal) !== 0
    },
    isFull: () => lineIsFull || call.lackingLeaf() !== 0,
    rows: call.rowCount,
    take: (scratch) => {
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
  }
}

interface Calls extends Kernel.Exports {
  readonly heap: () => number
  readonly open: (root: number, leaves: number, names: number) => void
  readonly read: (start: number, end: number, ordinal: number) => number
  readonly add: (start: number, ordinal: number) => number
  readonly rowCount: () => number
  readonly lackingLeaf: () => number
  readonly runs: (from: number, count: number, width: number, out: number) => number
  readonly packed: (from: number, count: number, width: number, out: number) => number
}

/** Grows by doubling: a block is read again until all of it fits. */
const firstRoom = 4 * 2 ** 10

const largestRooms = 2 ** 30

/** Bytes behind a region that may be read or written, and up to fifteen more. */
const margin = 63

const nothing = new Uint8Array()
