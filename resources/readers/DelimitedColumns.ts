/**
 * Columns of delimited rows, in the memory of the kernel that reads them: the
 * good rows of one block, as a row group of Parquet.
 *
 * The kernel takes plain rows. In front of any other one it stops, and the judge
 * says whether it is good; its values are added one by one.
 */
import * as Kernel from "../kernel/Kernel.ts"
import * as ColumnLayout from "./ColumnLayout.ts"
import * as ColumnMemory from "./ColumnMemory.ts"
import { code } from "./DelimitedColumns.wasm.ts"
import * as DelimitedProgram from "./DelimitedProgram.ts"
import type { DelimitedRules } from "./DelimitedRules.ts"
import type * as StagedColumns from "./StagedColumns.ts"

export interface DelimitedColumns {
  /** Starts over with the rows of a block, which end with a line feed. */
  readonly open: (bytes: Uint8Array) => void
  /** Adds plain rows up to `end`, the first with this ordinal; gives the place of the first that is not taken. */
  readonly read: (start: number, end: number, ordinal: number) => number
  /** Adds a row that was judged, its values without quotes and in the order of the fields; `false` for want of room. */
  readonly add: (values: ReadonlyArray<string | undefined>, ordinal: number) => boolean
  /** A row was not taken for want of room; there is more when the block is opened again. */
  readonly isFull: () => boolean
  readonly rows: () => number
  /** The row group; its text is in the scratch buffer if that is large enough. */
  readonly take: (scratch: Uint8Array) => StagedColumns.RowGroup
}

export const make = (rules: DelimitedRules): DelimitedColumns => {
  const { leaves, row } = ColumnLayout.make(rules.row)
  const kernel = Kernel.make<Calls>(code)
  const { call } = kernel
  const program = DelimitedProgram.make(rules, row, leaves, ColumnMemory.start(kernel))
  const memory = ColumnMemory.make(kernel, program, leaves, 0)
  let inputRoom = 0
  let inputAt = 0

  return {
    open: (bytes) => {
      if (inputRoom < bytes.length) inputRoom = bytes.length
      inputAt = memory.open([inputRoom])[0]!
      memory.bytes().set(bytes, inputAt)
      call.open(program.rules)
    },
    read: (start, end, ordinal) =>
      program.isSure ? call.read(inputAt + start, inputAt + end, ordinal) - inputAt : start,
    add: (values, ordinal) =>
      values.every((value, index) => {
        const { physical } = row.children[index]!
        return memory.put(index + 1, value === undefined ? undefined : stored(physical, value))
      }) && call.add(ordinal) !== 0,
    isFull: memory.isFull,
    rows: call.rowCount,
    take: memory.take
  }
}

interface Calls extends ColumnMemory.Calls {
  readonly open: (rules: number) => void
  readonly read: (start: number, end: number, ordinal: number) => number
  readonly add: (ordinal: number) => number
}

/** A value as Parquet has it. */
const stored = (physical: ColumnLayout.Physical, value: string): Uint8Array => {
  switch (physical) {
    case "text": {
      const text = Buffer.from(`0000${value}`)
      text.writeUInt32LE(text.length - 4)
      return text
    }
    case "integer":
      return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer)
    case "double":
      return new Uint8Array(Float64Array.of(Number(value)).buffer)
    case "flag":
      return Uint8Array.of(value === "true" ? 1 : 0)
    case "day":
      return new Uint8Array(Int32Array.of(Date.parse(`${value}T00:00:00Z`) / 86_400_000).buffer)
  }
}
