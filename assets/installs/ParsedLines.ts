/**
 * The judge of installs for the reader: records as columns that the engine
 * reads, all other lines set aside.
 */
import { type LineBlock, noHints, ordinal, raw, rejectText, type Verdict } from "../../resources/readers/LineBlock.ts"
import * as StagedColumns from "../../resources/readers/StagedColumns.ts"
import * as Device from "./Device.ts"
import * as InstallLines from "./InstallLines.ts"

export const module: string = import.meta.url

export const judge = () => {
  const read = InstallLines.make()
  return ({ bytes, index }: LineBlock, scratch: Uint8Array | undefined): Verdict => {
    const found = read(bytes)
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    return {
      ...StagedColumns.rowGroup(columns(found, view, index), scratch ?? new Uint8Array()),
      rejects: rejectText(
        found.rejects.map(({ end, line, reason, start }) => ({
          ordinal: ordinal(index, line),
          offset: start,
          reason,
          raw: raw(view.subarray(start, end))
        }))
      ),
      consumed: bytes.length,
      height: found.lines,
      lines: found.lines,
      good: found.count,
      quarantined: found.rejects.length,
      blank: found.blank,
      unknownKeys: 0,
      sum: found.line.subarray(0, found.count).reduce((sum, line) => sum + line, 0),
      hints: noHints
    }
  }
}

/** In the order of the row's fields, the ordinals before them. */
const columns = (
  found: InstallLines.InstallLines,
  bytes: Buffer,
  index: number
): ReadonlyArray<StagedColumns.Chunk> => {
  const { apps, appsEnd, count, dropped, lat, line, lon } = found
  const ordinals = BigInt64Array.from({ length: count }, (_, n) => BigInt(ordinal(index, line[n]!)))
  return [
    required(count, ordinals),
    required(count, types(found)),
    required(count, ids(found, bytes)),
    optional(lat.subarray(0, count)),
    optional(lon.subarray(0, count)),
    lists(apps, appsEnd.subarray(0, count)),
    required(count, wide(dropped.subarray(0, count)))
  ]
}

const none = new Uint8Array()

const required = (count: number, values: ArrayBufferView): StagedColumns.Chunk => ({
  count,
  reps: none,
  defs: none,
  values: bytesOf(values)
})

/** NaN is null. */
const optional = (numbers: Float64Array): StagedColumns.Chunk => {
  const nulls = Array.from(numbers.keys()).filter((n) => Number.isNaN(numbers[n]))
  const values = nulls.length === 0 ? numbers : numbers.filter((value) => !Number.isNaN(value))
  return { count: numbers.length, reps: none, defs: levels(numbers.length, nulls), values: bytesOf(values) }
}

/** A level for each item and one for each list without items, which has no value. */
const lists = (items: Uint32Array, ends: Uint32Array): StagedColumns.Chunk => {
  const starts: Array<number> = []
  const empty: Array<number> = []
  let levelsBefore = 0
  let before = 0
  for (const end of ends) {
    starts.push(levelsBefore)
    if (end === before) empty.push(levelsBefore)
    levelsBefore += Math.max(1, end - before)
    before = end
  }
  return {
    count: levelsBefore,
    reps: levels(levelsBefore, starts),
    defs: levels(levelsBefore, empty),
    values: bytesOf(wide(items.subarray(0, before)))
  }
}

/**
 * Levels of one bit, set but for these places, as one run of packed bits:
 * https://parquet.apache.org/docs/file-format/data-pages/encodings.
 */
const levels = (count: number, zeros: ReadonlyArray<number>): Uint8Array => {
  const size = Math.ceil(count / 8)
  const header: Array<number> = []
  let rest = size * 2 + 1
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) header.push((rest & 0x7f) | 0x80)
  header.push(rest)
  const run = new Uint8Array(header.length + size).fill(0xff)
  run.set(header)
  for (const place of zeros) run[header.length + (place >> 3)]! &= ~(1 << (place & 7))
  return run
}

/** As integers of eight bytes. */
const wide = (numbers: Uint32Array): Uint32Array => {
  const words = new Uint32Array(2 * numbers.length)
  for (let n = 0; n < numbers.length; n++) words[2 * n] = numbers[n]!
  return words
}

/** Text comes behind its length; all types have four letters. */
const types = ({ count, type }: InstallLines.InstallLines): Uint32Array => {
  const words = new Uint32Array(2 * count).fill(4)
  for (let n = 0; n < count; n++) words[2 * n + 1] = names[type[n]!]!
  return words
}

const names = Device.types.map((name) => Buffer.from(name).readUInt32LE())

const ids = ({ count, keyEnd, keyStart }: InstallLines.InstallLines, bytes: Buffer): Uint8Array => {
  let size = 0
  for (let n = 0; n < count; n++) size += keyEnd[n]! - keyStart[n]! - 1
  const text = Buffer.allocUnsafe(size)
  let at = 0
  for (let n = 0; n < count; n++) {
    // Behind the type and a tab.
    const start = keyStart[n]! + 5
    at = text.writeUInt32LE(keyEnd[n]! - start, at)
    at += bytes.copy(text, at, start, keyEnd[n]!)
  }
  return text
}

const bytesOf = ({ buffer, byteLength, byteOffset }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
