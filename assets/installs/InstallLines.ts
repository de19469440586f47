/**
 * Decides which lines of a block are records of installed applications, and
 * reads them into columns: the one place that knows the format.
 *
 * A line is stripped, and skipped when nothing is left. A record has five fields
 * that are not empty: type and id of the device, latitude, longitude, and
 * applications. An application that is no uint32 is dropped from its record, and
 * so are both coordinates when one cannot be read; each is counted.
 */
import { isUtf8 } from "node:buffer"
import * as Decimal from "./Decimal.ts"
import * as Device from "./Device.ts"

/** The records of a block in the order of its lines. Columns hold more room than records, and are used again. */
export interface InstallLines {
  count: number
  /** Physical lines of the block. */
  lines: number
  blank: number
  rejects: Array<RejectedLine>
  /** Applications that were dropped, and records that lost their coordinates. */
  droppedApps: number
  droppedCoordinates: number
  /** Of each record: its line in the block, and where that starts. */
  line: Uint32Array
  offset: Uint32Array
  /** Index in `Device.types`. */
  type: Uint8Array
  /** Where type and id stand, a tab between them. */
  keyStart: Uint32Array
  keyEnd: Uint32Array
  /** NaN where the coordinates were dropped. */
  lat: Float64Array
  lon: Float64Array
  /** Where the applications of the record end in `apps`; they start where those before it end. */
  appsEnd: Uint32Array
  apps: Uint32Array
  dropped: Uint32Array
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
  const self = empty()
  return (bytes) => {
    reserve(self, bytes)
    read(self, bytes)
    return self
  }
}

const read = (self: InstallLines, bytes: Uint8Array): void => {
  const allText = isUtf8(bytes)
  let start = 0
  let line = 0
  let apps = 0
  while (start < bytes.length) {
    const found = bytes.indexOf(10, start)
    const lineEnd = found < 0 ? bytes.length : found
    let end = lineEnd
    while (end > start && isSpace(bytes[end - 1]!)) end--
    let from = start
    while (from < end && isSpace(bytes[from]!)) from++
    if (from === end) self.blank++
    else {
      const problem = record(self, bytes, from, end, apps, allText)
      if (problem === undefined) {
        const n = self.count++
        self.line[n] = line
        self.offset[n] = start
        apps = self.appsEnd[n]!
      } else self.rejects.push({ line, start, end: lineEnd, reason: problem })
    }
    line++
    start = lineEnd + 1
  }
  self.lines = line
}

/** Puts the record that a stripped line holds behind the others; what is wrong with it, if it holds none. */
const record = (
  self: InstallLines,
  bytes: Uint8Array,
  start: number,
  end: number,
  apps: number,
  allText: boolean
): string | undefined => {
  const id = bytes.indexOf(tab, start) + 1
  const lat = id === 0 ? 0 : bytes.indexOf(tab, id) + 1
  const lon = lat === 0 ? 0 : bytes.indexOf(tab, lat) + 1
  const list = lon === 0 ? 0 : bytes.indexOf(tab, lon) + 1
  if (list === 0 || list > end) return `${fieldsOf(bytes, start, end)} fields instead of 5`
  if (id - 1 === start || lat - 1 === id || lon - 1 === lat || list - 1 === lon || list === end) {
    return "an empty field"
  }
  const type = typeOf(bytes, start, id - 1)
  if (!allText && !isUtf8(bytes.subarray(start, end))) return "not UTF-8"
  if (type < 0) return `the device type ${shown(bytes, start, id - 1)}, which has no server`
  for (let i = id; i < lat - 1; i++) if (isControl(bytes[i]!)) return "a control character in the device id"
  const n = self.count
  const read = readApps(self, bytes, list, end, apps)
  if (read < 0) return `${fieldsOf(bytes, start, end)} fields instead of 5`
  const y = Decimal.read(bytes, lat, lon - 1)
  const x = Decimal.read(bytes, lon, list - 1)
  const isPlace = !Number.isNaN(y + x)
  if (!isPlace) self.droppedCoordinates++
  self.type[n] = type
  self.keyStart[n] = start
  self.keyEnd[n] = lat - 1
  self.lat[n] = isPlace ? y : Number.NaN
  self.lon[n] = isPlace ? x : Number.NaN
  self.dropped[n] = read
  self.droppedApps += read
  return undefined
}

/**
 * Reads numbers between commas behind those that are there; how many were dropped, or -1 where a tab is among them.
 * What ends a stripped line is white space, so no digit follows the last one.
 */
const readApps = (self: InstallLines, bytes: Uint8Array, start: number, end: number, first: number): number => {
  const { apps } = self
  let count = first
  let dropped = 0
  let i = start
  while (i <= end) {
    const from = i
    let value = 0
    let digit = bytes[i]! - 48
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digit = bytes[++i]! - 48
    }
    if ((digit === commaDigit || i === end) && i > from && value <= largest) {
      apps[count++] = value
      i++
      continue
    }
    const next = bytes.indexOf(comma, from)
    const to = next < 0 || next > end ? end : next
    const app = spacedApp(bytes, from, to)
    if (app === -2) return -1
    if (app === -1) dropped++
    else apps[count++] = app
    i = to + 1
  }
  self.appsEnd[self.count] = count
  return dropped
}

/** An application with spaces around it; -1 for none, -2 for a tab. */
const spacedApp = (bytes: Uint8Array, start: number, end: number): number => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1")
  if (text.includes("\t")) return -2
  const digits = text.trim()
  return /^\d+$/.test(digits) && Number(digits) <= largest ? Number(digits) : -1
}

const tab = 9
const comma = 44
const commaDigit = comma - 48
const largest = 2 ** 32 - 1

/** ASCII white space, as it is stripped from a line. */
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13)

const isControl = (c: number): boolean => c < 32 || c === 127

const names = Device.types.map((name) => Buffer.from(name))

const typeOf = (bytes: Uint8Array, start: number, end: number): number => {
  if (end - start !== 4) return -1
  for (let type = 0; type < names.length; type++) {
    const name = names[type]!
    if (
      bytes[start] === name[0] &&
      bytes[start + 1] === name[1] &&
      bytes[start + 2] === name[2] &&
      bytes[start + 3] === name[3]
    ) {
      return type
    }
  }
  return -1
}

const fieldsOf = (bytes: Uint8Array, start: number, end: number): number => {
  let fields = 1
  for (let i = start; i < end; i++) if (bytes[i] === tab) fields++
  return fields
}

const shown = (bytes: Uint8Array, start: number, end: number): string =>
  JSON.stringify(Buffer.from(bytes.subarray(start, Math.min(end, start + 40))).toString("utf8"))

const empty = (): InstallLines => ({ ...counts(), ...columns(0), apps: new Uint32Array(0) })

const counts = () => ({
  count: 0,
  lines: 0,
  blank: 0,
  rejects: [] as Array<RejectedLine>,
  droppedApps: 0,
  droppedCoordinates: 0
})

const columns = (rows: number) => ({
  line: new Uint32Array(rows),
  offset: new Uint32Array(rows),
  type: new Uint8Array(rows),
  keyStart: new Uint32Array(rows),
  keyEnd: new Uint32Array(rows),
  lat: new Float64Array(rows),
  lon: new Float64Array(rows),
  appsEnd: new Uint32Array(rows),
  dropped: new Uint32Array(rows)
})

/** Room for the shortest records that a block may hold: of twelve bytes each, and an application in every second one. */
const reserve = (self: InstallLines, bytes: Uint8Array): void => {
  Object.assign(self, counts())
  const apps = (bytes.length >> 1) + 2
  if (self.apps.length >= apps) return
  self.apps = new Uint32Array(apps)
  Object.assign(self, columns(Math.floor(bytes.length / 12) + 2))
}
