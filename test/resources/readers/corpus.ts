/**
 * Small files with known damage: a seeded generator that knows the truth of
 * every line, and the check that a reading tells it.
 */
import { gzipSync } from "node:zlib"
import type { Outcome } from "./landing.ts"
import { gzip } from "./landing.ts"

/** What a line is. A value is what a good row has in its columns. */
export type Truth =
  | { readonly _tag: "Good"; readonly line: number; readonly value: Value }
  | {
      readonly _tag: "Bad"
      readonly line: number
      readonly offset: number
      readonly kind: string
      readonly raw: Buffer
    }

export interface Value {
  readonly id: bigint
  readonly name: string
  readonly note: string | null
}

export interface Damaged {
  readonly name: string
  readonly content: Buffer
  /** None for a file that must be refused. */
  readonly truths: ReadonlyArray<Truth> | undefined
  readonly kind: string
}

/** Numbers from a seed: the same everywhere. */
export const random = (seed: number) => {
  let state = seed >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
  const below = (n: number): number => next() % n
  return { below, pick: <A>(list: ReadonlyArray<A>): A => list[below(list.length)]! }
}

type Random = ReturnType<typeof random>

const names = [
  "plain",
  "é😀",
  "with, comma",
  'say "hi"',
  "tab-less",
  "  spaced ",
  "2025-06-01",
  "null",
  "0012",
  "\u2028",
  "x".repeat(200)
]

const valueOf = ({ below, pick }: Random): Value => ({
  id: BigInt(below(2 ** 31)) * BigInt(below(3) === 0 ? below(2 ** 31) : below(2)) * (below(2) === 0 ? 1n : -1n),
  name: pick(names),
  note: below(3) === 0 ? null : pick(names)
})

/** A line as it is, or the bytes of one. */
interface Line {
  readonly bytes: Buffer
  /** `undefined` for a bad line. */
  readonly value: Value | undefined
  readonly kind: string
}

const jsonOf = ({ id, name, note }: Value): string =>
  `{"id":${id},"name":${JSON.stringify(name)},"note":${JSON.stringify(note)}}`

/** Ways of writing a good row of JSON. */
const goodJson: ReadonlyArray<(value: Value) => string> = [
  jsonOf,
  jsonOf,
  ({ id, name, note }) => ` { "note" : ${JSON.stringify(note)} , "name":${JSON.stringify(name)},"id": ${id} }\t`,
  (value) => jsonOf(value).replace("{", '{"new":[1,{"x":1e999}],"__proto__":{"id":1},'),
  ({ id, name, note }) => `{"\\u0069d":${id},"name":${escaped(name)},"note":${note === null ? "null" : escaped(note)}}`,
  (value) => `${jsonOf(value)}\r`
]

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")}"`

/** Ways of damaging one. */
const badJson: Readonly<Record<string, (value: Value, random: Random) => string | Buffer>> = {
  cut: (value, { below }) => {
    const line = Buffer.from(jsonOf(value))
    return line.subarray(0, 1 + below(line.length - 1))
  },
  text: () => "just some text",
  trailingComma: (value) => jsonOf(value).replace(/}$/, ",}"),
  singleQuotes: (value) => jsonOf(value).replaceAll('"', "'"),
  nan: ({ name }) => `{"id":NaN,"name":${JSON.stringify(name)},"note":null}`,
  float: ({ name }) => `{"id":1.5,"name":${JSON.stringify(name)},"note":null}`,
  floatWhole: ({ name }) => `{"id":1.0,"name":${JSON.stringify(name)},"note":null}`,
  exponent: ({ name }) => `{"id":1e3,"name":${JSON.stringify(name)},"note":null}`,
  tooLarge: ({ name }) => `{"id":9223372036854775808,"name":${JSON.stringify(name)},"note":null}`,
  textForNumber: ({ id, name }) => `{"id":"${id}","name":${JSON.stringify(name)},"note":null}`,
  boolForNumber: ({ name }) => `{"id":true,"name":${JSON.stringify(name)},"note":null}`,
  numberForText: ({ id }) => `{"id":${id},"name":12,"note":null}`,
  objectForText: ({ id }) => `{"id":${id},"name":{"x":1},"note":null}`,
  nullForText: ({ id }) => `{"id":${id},"name":null,"note":null}`,
  missing: ({ id }) => `{"id":${id},"note":"x"}`,
  otherCase: ({ id, name }) => `{"ID":${id},"name":${JSON.stringify(name)},"note":null}`,
  twice: (value) => jsonOf(value).replace("{", '{"id":7,'),
  twiceEscaped: (value) => jsonOf(value).replace("{", '{"\\u0069d":7,'),
  twiceUnknown: (value) => jsonOf(value).replace("{", '{"z":7,"z":8,'),
  twiceInside: (value) => jsonOf(value).replace("{", '{"z":{"k":1,"k":1},'),
  surrogate: ({ id }) => `{"id":${id},"name":"\\ud83d","note":null}`,
  surrogateBytes: ({ id }) =>
    Buffer.concat([
      Buffer.from(`{"id":${id},"name":"`),
      Buffer.from([0xed, 0xa0, 0xbd]),
      Buffer.from('","note":null}')
    ]),
  notUtf8: ({ id }) =>
    Buffer.concat([Buffer.from(`{"id":${id},"name":"`), Buffer.from([0xff]), Buffer.from('","note":null}')]),
  overlong: ({ id }) =>
    Buffer.concat([Buffer.from(`{"id":${id},"name":"`), Buffer.from([0xc0, 0x80]), Buffer.from('","note":null}')]),
  control: ({ id }) => `{"id":${id},"name":"a\u0001b","note":null}`,
  tabInText: ({ id }) => `{"id":${id},"name":"a\tb","note":null}`,
  nulByte: ({ id }) => `{"id":${id},"name":"a\0b","note":null}`,
  badEscape: ({ id }) => `{"id":${id},"name":"\\x41","note":null}`,
  quoteInside: ({ id }, { below }) =>
    `{"id":${id % 1000n},"name":"${"x".repeat(below(9))}"${"y".repeat(below(9))}","note":null}`,
  deep: (value) => jsonOf(value).replace("{", `{"z":${"[".repeat(64)}${"]".repeat(64)},`),
  two: (value) => jsonOf(value) + jsonOf(value),
  array: (value) => `[${jsonOf(value)}]`,
  scalar: ({ id }) => `${id}`,
  nullLine: () => "null",
  empty: () => "{}",
  mark: (value) => `\ufeff${jsonOf(value)}`,
  noBreakSpace: (value) => `${jsonOf(value)}\u00a0`
}

const quoteAlways = (text: string): string => `"${text.replaceAll('"', '""')}"`
const quoteIfNeeded = (text: string): string => (/[",\n\r]/.test(text) || text === "" ? quoteAlways(text) : text)

const goodCsv: ReadonlyArray<(value: Value) => string> = [
  ({ id, name, note }) => `${id},${quoteIfNeeded(name)},${note === null ? "" : quoteIfNeeded(note)}`,
  ({ id, name, note }) => `"${id}",${quoteAlways(name)},${note === null ? "" : quoteAlways(note)}`,
  ({ id, name, note }) => `${id},${quoteIfNeeded(name)},${note === null ? "" : quoteIfNeeded(note)}\r`
]

const badCsv: Readonly<Record<string, (value: Value) => string | Buffer>> = {
  few: ({ id }) => `${id},x`,
  many: ({ id }) => `${id},x,y,z`,
  trailing: ({ id }) => `${id},x,y,`,
  float: () => "1.5,x,y",
  exponent: () => "1e5,x,y",
  zeros: () => "007,x,y",
  spaces: () => " 1,x,y",
  thousands: () => '"1,000",x,y',
  tooLarge: () => "9223372036854775808,x,y",
  text: () => "x,x,y",
  emptyNumber: () => ",x,y",
  emptyQuoted: () => '"",x,y',
  nullText: ({ id }) => `${id},,y`,
  quoteInside: ({ id }) => `${id},x"y,z`,
  quoteAfterSpace: ({ id }) => `${id}, "x",z`,
  textAfterQuote: ({ id }) => `${id},"x"y,z`,
  return: ({ id }) => `${id},x\ry,z`,
  nul: ({ id }) => `${id},x\0y,z`,
  nulInQuotes: ({ id }) => `${id},"x\0y",z`,
  notUtf8: ({ id }) => Buffer.concat([Buffer.from(`${id},`), Buffer.from([0xff]), Buffer.from(",z")]),
  header: () => "id,name,note",
  semicolons: ({ id }) => `${id};x;y`
}

const tabbed = (line: string): string => line.replaceAll(",", "\t")

const badTsv: Readonly<Record<string, (value: Value) => string | Buffer>> = {
  few: ({ id }) => tabbed(`${id},x`),
  many: ({ id }) => tabbed(`${id},x,y,z`),
  trailing: ({ id }) => tabbed(`${id},x,y,`),
  quotedNumber: ({ id }) => tabbed(`"${id}",x,y`),
  float: () => tabbed("1.5,x,y"),
  nullText: ({ id }) => tabbed(`${id},,y`),
  return: ({ id }) => tabbed(`${id},x\ry,z`),
  nul: ({ id }) => tabbed(`${id},x\0y,z`),
  notUtf8: ({ id }) => Buffer.concat([Buffer.from(`${id}\t`), Buffer.from([0xc3, 0x28]), Buffer.from("\tz")])
}

const goodTsv: ReadonlyArray<(value: Value) => string> = [
  ({ id, name, note }) => `${id}\t${name}\t${note ?? ""}`,
  ({ id, name, note }) => `${id}\t${name}\t${note ?? ""}\r`
]

interface Format {
  readonly extension: string
  readonly header: string
  readonly good: ReadonlyArray<(value: Value) => string>
  readonly bad: Readonly<Record<string, (value: Value, random: Random) => string | Buffer>>
}

export const formats = {
  json: { extension: "jsonl", header: "", good: goodJson, bad: badJson },
  csv: { extension: "csv", header: "id,name,note\n", good: goodCsv, bad: badCsv },
  tsv: { extension: "tsv", header: "", good: goodTsv, bad: badTsv }
} satisfies Record<string, Format>

const line = (format: Format, dice: Random): Line => {
  const value = valueOf(dice)
  if (dice.below(3) > 0) return { bytes: Buffer.from(dice.pick(format.good)(value)), value, kind: "good" }
  const kind = dice.pick(Object.keys(format.bad))
  return { bytes: Buffer.from(format.bad[kind]!(value, dice)), value: undefined, kind }
}

/** A file of a few lines, some bad, some blank; the first is good, so what the file is meant to be is out of the question. */
export const file = (format: Format, seed: number): Damaged => {
  const dice = random(seed * 2_654_435_761)
  const first = { id: 1n, name: "é", note: null }
  const lines: Array<Line> = [{ bytes: Buffer.from(format.good[0]!(first)), value: first, kind: "good" }]
  for (let count = 1 + dice.below(8); count > 0; count--) {
    lines.push(
      dice.below(12) === 0
        ? { bytes: Buffer.from("\r".repeat(dice.below(2))), value: undefined, kind: "blank" }
        : line(format, dice)
    )
  }
  const mark = dice.below(6) === 0 ? "\ufeff" : ""
  const parts: Array<Buffer> = [Buffer.from(mark + format.header)]
  const truths: Array<Truth> = []
  let offset = parts[0]!.length
  for (const [index, { bytes, value, kind }] of lines.entries()) {
    const number = index + 1 + (format.header === "" ? 0 : 1)
    const isLast = index === lines.length - 1 && dice.below(3) === 0
    if (value !== undefined) truths.push({ _tag: "Good", line: number, value })
    else if (kind !== "blank") truths.push({ _tag: "Bad", line: number, offset, kind, raw: bytes })
    parts.push(bytes, Buffer.from(isLast ? "" : "\n"))
    offset += bytes.length + 1
  }
  const content = Buffer.concat(parts)
  const name = `${seed}.${format.extension}`
  return dice.below(4) > 0 ? { name, content, truths, kind: "plain" } : zipped(name, content, truths, dice)
}

/** The file compressed: well, well in other ways, or damaged. */
const zipped = (name: string, content: Buffer, truths: ReadonlyArray<Truth>, { below }: Random): Damaged => {
  const whole = gzip(content)
  const cut = below(content.length + 1)
  const members = Buffer.concat([gzip(content.subarray(0, cut)), gzip(content.subarray(cut))])
  const flipped = Buffer.from(whole)
  flipped[flipped.length - 1 - below(8)]! ^= 1 << below(8)
  const good: ReadonlyArray<readonly [string, Buffer]> = [
    ["gzip", whole],
    ["members", members],
    ["padded", Buffer.concat([whole, Buffer.alloc(1 + below(600))])],
    ["stored", gzipSync(content, { level: 0 })]
  ]
  const bad: ReadonlyArray<readonly [string, Buffer]> = [
    ["truncated", whole.subarray(0, below(whole.length))],
    ["noTrailer", whole.subarray(0, -1 - below(8))],
    ["checksum", flipped],
    ["garbage", Buffer.concat([whole, Buffer.from("x")])],
    ["garbageBehindZeros", Buffer.concat([whole, Buffer.alloc(1 + below(600)), whole])],
    ["secondCut", Buffer.concat([whole, whole.subarray(0, 1 + below(whole.length - 1))])],
    ["notCompressed", content]
  ]
  const isGood = below(2) === 0
  const [kind, bytes] = isGood ? good[below(good.length)]! : bad[below(bad.length)]!
  return { name: `${name}.gz`, content: bytes, truths: isGood ? truths : undefined, kind }
}

/** Where a reading departs from the truth, in words; nothing where it does not. */
export const mistakes = (
  files: ReadonlyArray<Damaged>,
  { rows, quarantine, counts, refused }: Outcome
): ReadonlyArray<string> => {
  const found: Array<string> = []
  const goods = Map.groupBy(rows, (row) => String(row.file))
  const bads = Map.groupBy(quarantine, (row) => row.file)
  const out = new Set(refused.map(({ file }) => file))
  for (const { name, truths, kind } of files) {
    if ((truths === undefined) !== out.has(name))
      found.push(`${name} (${kind}) ${out.has(name) ? "was" : "was not"} refused`)
    const tell = (line: number, what: string) => found.push(`${name} (${kind}) line ${line}: ${what}`)
    const good = new Map((goods.get(name) ?? []).map((row) => [Number(row.line), row]))
    const bad = new Map((bads.get(name) ?? []).map((row) => [row.line, row]))
    for (const truth of truths ?? []) {
      const row = good.get(truth.line)
      const set = bad.get(truth.line)
      good.delete(truth.line)
      bad.delete(truth.line)
      if (truth._tag === "Good") {
        if (set !== undefined) tell(truth.line, `a good row was set aside: ${set.reason}`)
        else if (row === undefined) tell(truth.line, "a good row is missing")
        else if (row.id !== truth.value.id || row.name !== truth.value.name || row.note !== truth.value.note) {
          tell(truth.line, `${String(row.id)} ${String(row.name)} ${String(row.note)} was read`)
        }
      } else {
        if (row !== undefined) tell(truth.line, `a bad row (${truth.kind}) was taken`)
        if (set === undefined) tell(truth.line, `a bad row (${truth.kind}) is missing`)
        else if (set.byte_offset !== truth.offset) tell(truth.line, `at ${set.byte_offset}, not ${truth.offset}`)
        else if (!isRaw(set.raw, truth.raw)) tell(truth.line, `its text became ${set.raw}`)
      }
    }
    for (const line of good.keys()) tell(line, "there is no such row")
    for (const line of bad.keys()) tell(line, "there is no such bad row")
  }
  if (counts.lines !== counts.good + counts.quarantined + counts.blank) found.push("the counts do not add up")
  if (counts.good !== rows.length || counts.quarantined !== quarantine.length)
    found.push("the counts are not those of the rows")
  return found
}

/** The kept text, whose byte order mark the engine's client drops. */
const isRaw = (kept: string, bytes: Buffer): boolean =>
  kept.startsWith("base64:")
    ? Buffer.from(kept.slice(7), "base64").equals(bytes.subarray(0, 3066))
    : kept.replace(/^\ufeff/, "") === bytes.toString().replace(/^\ufeff/, "")
