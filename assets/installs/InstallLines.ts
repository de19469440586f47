/**
 * Decides which lines of a block are records of installed applications, and
 * reads them into columns: the one place that knows the format.
 *
 * A line is stripped, and skipped when nothing is left. A record has five fields
 * that are not empty: type and id of the device, latitude, longitude, and
 * applications. An application that is no uint32 is dropped from its record, and
 * so are both coordinates when one cannot be read; each is counted.
 *
 * A kernel reads the plain lines, which nearly all are; the rules are here.
 */
import { isUtf8 } from "node:buffer"
import * as Kernel from "../../resources/kernel/Kernel.ts"
import * as Decimal from "./Decimal.ts"
import * as Device from "./Device.ts"
import { code } from "./Installs.wasm.ts"

/** The records of a block in the order of its lines. */
export interface InstallLines extends Columns, Others {
  readonly count: number
  /** Physical lines of the block. */
  readonly lines: number
}

/** In the memory of the kernel; they hold more room than records, and are used again. */
export interface Columns {
  readonly kernel: Kernel.Kernel<Calls>
  /** Of each record: its line in the block, and where that starts. */
  readonly line: Uint32Array
  readonly offset: Uint32Array
  /** Index in `Device.types`. */
  readonly type: Uint8Array
  /** Where type and id stand, a tab between them. */
  readonly keyStart: Uint32Array
  readonly keyEnd: Uint32Array
  /** NaN where the coordinates were dropped. */
  readonly lat: Float64Array
  readonly lon: Float64Array
  /** Where the applications of the record end in `apps`; they start where those before it end. */
  readonly appsEnd: Uint32Array
  readonly apps: Uint32Array
  readonly dropped: Uint32Array
}

/** What is counted beside plain lines. */
interface Others {
  blank: number
  readonly rejects: Array<RejectedLine>
  /** Applications that were dropped, and records that lost their coordinates. */
  droppedApps: number
  droppedCoordinates: number
}

/** What the kernel exports: its source says what. */
type Calls = Readonly<Record<"count" | "lines" | "sets" | "size" | "text" | "out", Kernel.Global>> &
  Readonly<Record<"setStart" | "setLine" | "setOffset" | Exclude<keyof Columns, "kernel">, Kernel.Global>> & {
    readonly place: (bytes: number) => number
    readonly mostRecords: (bytes: number) => number
    readonly read: (from: number, end: number) => number
    readonly write: (type: number, from: number, first: number) => number
  }

export interface RejectedLine {
  readonly line: number
  /** Of the line in the block. */
  readonly start: number
  readonly end: number
  readonly reason: string
}

/** A reader whose columns are those of the block that it read last. */
export const make = (): ((bytes: Uint8Array) => InstallLines) => {
  const kernel = Kernel.make<Calls>(code)
  let room = usual
  let columns = place(kernel, room)
  return (bytes) => {
    if (bytes.length > room) {
      room = bytes.length
      columns = place(kernel, room)
    }
    return read(columns, bytes)
  }
}

/** Room for a block of so many bytes is there from the start. */
const usual = 2 ** 20

const read = (columns: Columns, bytes: Uint8Array): InstallLines => {
  const { kernel } = columns
  const { count, lines, read, text } = kernel.call
  const all = kernel.bytes()
  all.set(bytes, text.value)
  all[text.value + bytes.length] = 10
  count.value = 0
  lines.value = 0
  const others: Others = { blank: 0, rejects: [], droppedApps: 0, droppedCoordinates: 0 }
  for (let at = 0; ; at = judge(columns, others, bytes, at)) {
    at = read(at, bytes.length)
    if (at >= bytes.length) return { ...columns, ...others, count: count.value, lines: lines.value }
  }
}

/** Puts the line that starts at a place to what it is; where the next one starts. */
const judge = (columns: Columns, others: Others, bytes: Uint8Array, start: number): number => {
  const feed = bytes.indexOf(10, start)
  const end = feed < 0 ? bytes.length : feed
  const { count, lines } = columns.kernel.call
  const line = lines.value++
  let to = end
  while (to > start && isSpace(bytes[to - 1]!)) to--
  let from = start
  while (from < to && isSpace(bytes[from]!)) from++
  if (from === to) {
    others.blank++
    return end + 1
  }
  const stripped = bytes.subarray(from, to)
  const fields = fieldsOf(stripped)
  const reason = problem(fields, stripped)
  if (reason === undefined) {
    const n = count.value++
    columns.line[n] = line
    columns.offset[n] = start
    columns.keyStart[n] = from
    add(columns, others, n, fields)
  } else others.rejects.push({ line, start, end, reason })
  return end + 1
}

/** What is wrong with a stripped line, if it holds no record. */
const problem = ([type, id, lat, lon, apps, more]: ReadonlyArray<string>, line: Uint8Array): string | undefined => {
  if (apps === undefined) return `${countOf(line)} fields instead of 5`
  if (id === "" || lat === "" || lon === "") return "an empty field"
  if (!isUtf8(line)) return "not UTF-8"
  if (typeOf(type) < 0) return `the device type ${shown(type!)}, which has no server`
  if (isControlled(id!)) return "a control character in the device id"
  return more === undefined ? undefined : `${countOf(line)} fields instead of 5`
}

/** Fills the columns of a record whose key starts where they say. */
const add = (columns: Columns, others: Others, n: number, [type, id, y, x, apps]: ReadonlyArray<string>): void => {
  const [lat, lon] = [Decimal.read(y!), Decimal.read(x!)]
  const isPlace = !Number.isNaN(lat + lon)
  columns.type[n] = typeOf(type)
  columns.keyEnd[n] = columns.keyStart[n]! + type!.length + 1 + id!.length
  columns.lat[n] = isPlace ? lat : Number.NaN
  columns.lon[n] = isPlace ? lon : Number.NaN
  columns.dropped[n] = addApps(columns, n, apps!)
  others.droppedApps += columns.dropped[n]!
  if (!isPlace) others.droppedCoordinates++
}

/** Puts the applications of a record behind the others; how many were dropped. */
const addApps = ({ apps, appsEnd }: Columns, n: number, text: string): number => {
  let count = n === 0 ? 0 : appsEnd[n - 1]!
  let dropped = 0
  for (let from = 0; from <= text.length; ) {
    const comma = text.indexOf(",", from)
    const to = comma < 0 ? text.length : comma
    const app = text.slice(from, to).trim()
    if (/^\d+$/.test(app) && Number(app) < 2 ** 32) apps[count++] = Number(app)
    else dropped++
    from = to + 1
  }
  appsEnd[n] = count
  return dropped
}

/** The first six fields, as characters of a byte each. */
const fieldsOf = (line: Uint8Array): ReadonlyArray<string> =>
  Buffer.from(line.buffer, line.byteOffset, line.length).toString("latin1").split("	", 6)

const countOf = (line: Uint8Array): number => line.reduce((fields, byte) => (byte === 9 ? fields + 1 : fields), 1)

/** ASCII white space, as it is stripped from a line. */
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13)

const isControlled = (id: string): boolean => Array.from(id).some((c) => c < " " || c === "")

const names: ReadonlyArray<string | undefined> = Device.types

const typeOf = (name: string | undefined): number => names.indexOf(name)

const shown = (type: string): string => JSON.stringify(Buffer.from(type.slice(0, 40), "latin1").toString("utf8"))

/** The columns for blocks of up to so many bytes. */
const place = (kernel: Kernel.Kernel<Calls>, size: number): Columns => {
  const { call } = kernel
  kernel.reserve(call.place(size))
  const rows = call.mostRecords(size)
  const { buffer } = kernel.bytes()
  const words = ({ value }: Kernel.Global) => new Uint32Array(buffer, value, rows)
  const numbers = ({ value }: Kernel.Global) => new Float64Array(buffer, value, rows)
  return {
    kernel,
    line: words(call.line),
    offset: words(call.offset),
    type: new Uint8Array(buffer, call.type.value, rows),
    keyStart: words(call.keyStart),
    keyEnd: words(call.keyEnd),
    lat: numbers(call.lat),
    lon: numbers(call.lon),
    appsEnd: words(call.appsEnd),
    apps: new Uint32Array(buffer, call.apps.value, (size >> 1) + 1),
    dropped: words(call.dropped)
  }
}
