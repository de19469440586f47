/**
 * What the lines of a JSON file are, worked out without the reader: cut at line
 * feeds, parsed by JSON.parse, and held to what JSON.parse leaves out.
 */

export interface Reference {
  /** By the number of the line. */
  readonly good: ReadonlyMap<number, Readonly<Record<string, unknown>>>
  readonly bad: ReadonlyMap<number, { readonly offset: number; readonly bytes: Buffer }>
  readonly blank: number
  readonly unknownKeys: number
}

/** A column's value from the source of its JSON, or undefined for what it does not take. */
export type Column = (source: string) => unknown

export interface Columns {
  readonly required: Readonly<Record<string, Column>>
  readonly optional: Readonly<Record<string, Column>>
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const ofFile = (content: Buffer, columns: Columns): Reference => {
  const good = new Map<number, Readonly<Record<string, unknown>>>()
  const bad = new Map<number, { readonly offset: number; readonly bytes: Buffer }>()
  let blank = 0
  let unknownKeys = 0
  let offset = content.subarray(0, 3).equals(Buffer.from("\ufeff")) ? 3 : 0
  for (let line = 1; offset < content.length; line++) {
    const end = content.indexOf("\n", offset)
    const bytes = content.subarray(offset, end < 0 ? content.length : end)
    const row = ofLine(bytes, columns)
    if (/^[ \t\r]*$/.test(bytes.toString("latin1"))) blank++
    else if (row === undefined) bad.set(line, { offset, bytes })
    else {
      good.set(line, row.values)
      unknownKeys += row.unknownKeys
    }
    offset += bytes.length + 1
  }
  return { good, bad, blank, unknownKeys }
}

const ofLine = (bytes: Buffer, { required, optional }: Columns) => {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
    const members = walk(text)
    if (members === undefined) return undefined
    const values: Record<string, unknown> = {}
    for (const [name, column] of [...Object.entries(required), ...Object.entries(optional)]) {
      const source = members.get(name)
      const found = source === undefined ? (name in required ? undefined : null) : column(source)
      if (found === undefined) return undefined
      values[name] = found
    }
    const declared = new Set([...Object.keys(required), ...Object.keys(optional)])
    return { values, unknownKeys: [...members.keys()].filter((name) => !declared.has(name)).length }
  } catch {
    return undefined
  }
}

/** The members of a valid object by the sources of their values; none if a key comes twice, it is too deep, or a surrogate is alone. */
const walk = (text: string): ReadonlyMap<string, string> | undefined => {
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gu)]
  const members = new Map<string, string>()
  const open: Array<{ readonly keys: Set<string> | undefined }> = []
  let name: string | undefined
  let from = 0
  for (const [index, { 0: token, index: at }] of tokens.entries()) {
    if (token.startsWith('"') && !(JSON.parse(token) as string).isWellFormed()) return undefined
    if (token === "{" || token === "[") {
      if (open.push({ keys: token === "{" ? new Set() : undefined }) > 64) return undefined
    } else if (token === "}" || token === "]" || token === ",") {
      if (open.length === 1 && name !== undefined) {
        members.set(name, text.slice(from, at).trim())
        name = undefined
      }
      if (token !== ",") open.pop()
    } else if (token === ":") {
      const key = JSON.parse(tokens[index - 1]![0]) as string
      const { keys } = open.at(-1)!
      if (keys!.has(key)) return undefined
      keys!.add(key)
      if (open.length === 1) {
        name = key
        from = at + 1
      }
    }
  }
  return members
}

export const orNull =
  (column: Column): Column =>
  (source) =>
    source === "null" ? null : column(source)

export const text: Column = (source) => (source.startsWith('"') ? JSON.parse(source) : undefined)

export const integer =
  (minimum: bigint, maximum: bigint): Column =>
  (source) => {
    if (!/^-?\d+$/.test(source)) return undefined
    const value = BigInt(source)
    return value >= minimum && value <= maximum ? value : undefined
  }

export const bigint = integer(-(2n ** 63n), 2n ** 63n - 1n)

export const flag: Column = (source) => (source === "true" ? true : source === "false" ? false : undefined)

/** A decimal as the engine prints it. */
export const decimal =
  (precision: number, scale: number): Column =>
  (source) => {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(source)
    if (match === null) return undefined
    const fraction = (match[3] ?? "").replace(/0+$/, "")
    if (fraction.length > scale) return undefined
    const units = BigInt(match[2]! + fraction.padEnd(scale, "0"))
    if (units >= 10n ** BigInt(precision)) return undefined
    const digits = String(units).padStart(scale + 1, "0")
    const sign = match[1] === "-" && units !== 0n ? "-" : ""
    return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  }

/** At most 17 digits that matter, and in range; a whole number that is written out must be met exactly. */
export const double: Column = (source) => {
  if (!/^-?\d/.test(source)) return undefined
  const value = Number(source)
  const digits = source
    .replace(/e.*$/i, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "")
  if (digits.length > 17 || !Number.isFinite(value) || (value === 0 && digits !== "")) return undefined
  return /^-?\d+$/.test(source) && BigInt(value) !== BigInt(source) ? undefined : value
}

export const list =
  (item: Column): Column =>
  (source) => {
    if (!source.startsWith("[")) return undefined
    const inner = source.slice(1, -1).trim()
    // Items are scalars without commas in them.
    const items = inner === "" ? [] : inner.split(",").map((part) => item(part.trim()))
    return items.includes(undefined) ? undefined : items
  }

/** Where a reading of the file departs from it, in words. */
export const differences = (
  { bad, blank, good }: Reference,
  rows: ReadonlyArray<Readonly<Record<string, unknown>>>,
  quarantine: ReadonlyArray<{ readonly line: number; readonly byte_offset: number; readonly raw: string }>,
  counts: { readonly lines: number; readonly blank: number }
): ReadonlyArray<string> => {
  const found: Array<string> = []
  const read = new Map(rows.map((row) => [Number(row.line), row]))
  const aside = new Map(quarantine.map((row) => [row.line, row]))
  for (const [line, values] of good) {
    const row = read.get(line)
    if (row === undefined) found.push(`line ${line}, a good row, is missing`)
    else {
      for (const [name, value] of Object.entries(values)) {
        if (printed(row[name]) !== printed(value)) {
          found.push(`line ${line}: ${name} is ${printed(row[name])}, not ${printed(value)}`)
        }
      }
    }
  }
  for (const [line, { bytes, offset }] of bad) {
    const row = aside.get(line)
    if (row === undefined) found.push(`line ${line}, a bad row, is missing`)
    else if (row.byte_offset !== offset) found.push(`line ${line} is at ${row.byte_offset}, not ${offset}`)
    else if (!isRaw(row.raw, bytes)) found.push(`line ${line} became ${row.raw}`)
  }
  for (const line of read.keys()) if (!good.has(line)) found.push(`line ${line} was taken for a good row`)
  for (const line of aside.keys()) if (!bad.has(line)) found.push(`line ${line} was taken for a bad row`)
  if (counts.blank !== blank) found.push(`${counts.blank} blank lines, not ${blank}`)
  if (counts.lines !== good.size + bad.size + blank) found.push("the counts do not add up")
  return found
}

const printed = (value: unknown): string => {
  if (typeof value === "bigint") return `${value}`
  if (typeof value === "string") return JSON.stringify(withoutMark(value))
  if (Array.isArray(value)) return `[${value.map(printed).join()}]`
  return Object.is(value, -0) ? "0" : `${value}`
}

const isRaw = (raw: string, bytes: Buffer): boolean =>
  raw.startsWith("base64:")
    ? Buffer.from(raw.slice(7), "base64").equals(bytes.subarray(0, 3066))
    : withoutMark(raw) === withoutMark(bytes.toString("utf8"))

/** The client of the engine drops a byte order mark at the start of a text. */
const withoutMark = (text: string): string => text.replace(/^\ufeff/, "")
