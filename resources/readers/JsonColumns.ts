/**
 * Columns of lines of JSON, in the memory of the kernel that reads them: the
 * good rows of one block, as a row group of Parquet.
 *
 * The kernel takes plain lines, sixteen bytes at a time. In front of any other
 * one it stops, and the judge says whether it is good; rewritten, it is added.
 */
import * as Kernel from "../kernel/Kernel.ts"
import type * as ColumnLayout from "./ColumnLayout.ts"
import * as ColumnMemory from "./ColumnMemory.ts"
import * as JsonProgram from "./JsonProgram.ts"
import { code } from "./JsonColumns.wasm.ts"
import type * as StagedColumns from "./StagedColumns.ts"

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
  const program = JsonProgram.make(row, leaves.length, ColumnMemory.start(kernel))
  // The last leaf is for names of keys.
  const memory = ColumnMemory.make(kernel, program, leaves, 1)
  let inputRoom = 0
  let lineRoom = firstLine
  let lineIsFull = false
  let [inputAt, lineAt] = [0, 0]

  return {
    open: (bytes) => {
      if (lineIsFull) lineRoom *= 2
      if (inputRoom < bytes.length) inputRoom = bytes.length
      lineIsFull = false
      ;[inputAt, lineAt] = memory.open([inputRoom, lineRoom]) as [number, number]
      memory.bytes().set(bytes, inputAt)
      call.open(program.root, program.start, ColumnMemory.leafAt(program.start, leaves.length))
    },
    read: (start, end, ordinal) => call.read(inputAt + start, inputAt + end, ordinal) - inputAt,
    add: (line, ordinal) => {
      lineIsFull = line.length > lineRoom
      if (lineIsFull) return false
      memory.bytes().set(line, lineAt)
      return call.add(lineAt, ordinal) !== 0
    },
    isFull: () => lineIsFull || memory.isFull(),
    rows: call.rowCount,
    take: memory.take
  }
}

interface Calls extends ColumnMemory.Calls {
  readonly open: (root: number, leaves: number, names: number) => void
  readonly read: (start: number, end: number, ordinal: number) => number
  readonly add: (start: number, ordinal: number) => number
}

const firstLine = 4 * 2 ** 10
