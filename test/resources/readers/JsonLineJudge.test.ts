import { isUtf8 } from "node:buffer"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as JsonLineJudge from "../../../resources/readers/JsonLineJudge.ts"
import type { Verdict } from "../../../resources/readers/LineBlock.ts"
import * as SchemaShape from "../../../resources/readers/SchemaShape.ts"
import * as Corpus from "./corpus.ts"

const simple = Schema.Struct({
  id: Schema.BigInt,
  name: Schema.String,
  note: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const nested = Schema.Struct({ ...simple.fields, new: Schema.optionalKey(Schema.Array(Schema.Json)) })

const judgeOf = (row: Schema.Struct<Schema.Struct.Fields>) =>
  JsonLineJudge.make({ _tag: "JsonLines", row: SchemaShape.of(row), ordinalKey: "#" })

const judged = (judge: ReturnType<typeof judgeOf>, lines: ReadonlyArray<Buffer>): Verdict => {
  const bytes = new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])))
  return judge({ bytes, index: 0, isFirst: true, isLast: true }, undefined)
}

interface Judgement {
  readonly verdict: "good" | "bad" | "blank"
  readonly id?: string
  readonly name?: string
  readonly note?: string | null | undefined
}

/** The numbers of the lines of a verdict and what was said of each. */
const judgements = (verdict: Verdict): ReadonlyMap<number, Judgement> => {
  const lineOf = (ordinal: number) => ordinal - 10 ** 15
  const told = new Map<number, Judgement>()
  for (const line of Buffer.from(verdict.text).toString().split("\n").slice(0, -1)) {
    const row = JSON.parse(line)
    const id = /"id"\s*:\s*(-?[0-9]+)|"\\u0069d"\s*:\s*(-?[0-9]+)/.exec(line)
    told.set(lineOf(row["#"]), { verdict: "good", id: id?.[1] ?? id?.[2] ?? "", name: row.name, note: row.note })
  }
  for (const line of Buffer.from(verdict.rejects).toString().split("\n").slice(0, -1)) {
    told.set(lineOf(JSON.parse(line).ordinal), { verdict: "bad" })
  }
  return told
}

/** The same rule in other words: by JSON.parse, on text, one line at a time. */
const reference = (line: Buffer): Judgement => {
  const bad: Judgement = { verdict: "bad" }
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line)
  } catch {
    return /^[ \t\r]*$/.test(line.toString("latin1")) ? { verdict: "blank" } : bad
  }
  if (/^[ \t\r]*$/.test(text)) return { verdict: "blank" }
  const sources = new Map<object, Map<string, string>>()
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text, function (this: object, key: string, value: unknown, context?: { source?: string }) {
      if (context?.source === undefined) return value
      if (!sources.has(this)) sources.set(this, new Map())
      sources.get(this)!.set(key, context.source)
      return value
    } as (key: string, value: unknown) => unknown)
  } catch {
    return bad
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return bad
  if (!isStrict(text)) return bad
  const id = sources.get(value)?.get("id")
  if (id === undefined || !/^-?[0-9]+$/.test(id) || typeof value.id !== "number") return bad
  if (BigInt(id) !== BigInt.asIntN(64, BigInt(id))) return bad
  if (typeof value.name !== "string") return bad
  if (Object.hasOwn(value, "note") && value.note !== null && typeof value.note !== "string") return bad
  return { verdict: "good", id, name: value.name, note: value.note as string | null | undefined }
}

/** Of valid JSON: no key twice, no lone surrogate, no more than 64 levels. */
const isStrict = (text: string): boolean => {
  const levels: Array<Set<string> | undefined> = []
  let isKey = false
  for (const token of text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []) {
    if (token === "{" || token === "[") {
      levels.push(token === "{" ? new Set() : undefined)
      if (levels.length > 64) return false
      isKey = token === "{"
    } else if (token === "}" || token === "]") {
      levels.pop()
      isKey = false
    } else if (token === ",") isKey = levels.at(-1) !== undefined
    else if (token === ":") isKey = false
    else if (token.startsWith('"')) {
      const content: string = JSON.parse(token)
      if (!content.isWellFormed()) return false
      if (isKey && levels.at(-1)!.size === levels.at(-1)!.add(content).size) return false
    }
  }
  return true
}

const alphabet = [
  ...'{}[]",:\\ \t\r0123456789-+.eEtrufalsn/xd8',
  "\0",
  "\x7f",
  "\x80",
  "\xbf",
  "\xc3",
  "\xed",
  "\xff",
  "\ufeff",
  '"id":1,'
].flatMap((text) => [Buffer.from(text, "latin1"), Buffer.from(text)])

/** A line with up to three bytes changed, taken away or put in. */
const mutated = (line: Buffer, { below, pick }: ReturnType<typeof Corpus.random>): Buffer => {
  let bytes = line
  for (let times = below(4); times > 0; times--) {
    const at = below(bytes.length + 1)
    const cut = at + below(2)
    bytes = Buffer.concat([
      bytes.subarray(0, at),
      below(3) === 0 ? Buffer.alloc(0) : pick(alphabet),
      bytes.subarray(cut)
    ])
  }
  return Buffer.from(bytes.filter((byte) => byte !== 10))
}

const mutatedLines = (seed: number, count: number): ReadonlyArray<Buffer> => {
  const dice = Corpus.random(seed)
  const lines = Array.from({ length: 400 }, (_, i) => Corpus.file(Corpus.formats.json, i))
    .filter(({ kind }) => kind === "plain")
    .flatMap(({ content }) => content.toString("latin1").split("\n"))
    .filter((line) => line.length < 400)
    .map((line) => Buffer.from(line, "latin1"))
  return Array.from({ length: count }, () => mutated(dice.pick(lines), dice))
}

describe("the judge of JSON lines", () => {
  it.each([
    ["plain columns", simple, () => true],
    ["plain columns in text", simple, isUtf8],
    ["a column of JSON", nested, () => true]
  ] as const)("judges 25,000 damaged lines as JSON.parse and its own rules do, with %s", (_, row, isIn) => {
    const lines = mutatedLines(row === simple ? 7 : 8, isIn === isUtf8 ? 35_000 : 25_000)
      .filter(isIn)
      .slice(0, 25_000)
    const verdict = judged(judgeOf(row), lines)
    const told = judgements(verdict)
    const kinds = { good: 0, bad: 0, blank: 0 }
    for (const [index, line] of lines.entries()) {
      const expected = reference(line)
      const isOther = row === nested && expected.verdict === "good" && !isArrayOrAbsent(line)
      const found = told.get(index) ?? { verdict: "blank" as const }
      kinds[expected.verdict]++
      if (isOther) assert.strictEqual(found.verdict, "bad", line.toString())
      else assert.deepStrictEqual({ ...found }, { ...expected }, `${index}: ${line.toString()}`)
    }
    assert.ok(kinds.good > 2_000 && kinds.bad > 8_000, JSON.stringify(kinds))
    assert.deepInclude(verdict, { lines: 25_000, height: 25_000, consumed: verdict.consumed })
  })

  it("says the same of a line alone as among others, wherever it stands", () => {
    const lines = mutatedLines(9, 5_000)
    const judge = judgeOf(simple)
    const together = judgements(judged(judge, lines))
    for (const [index, line] of lines.entries()) {
      const alone = judgements(judged(judge, [line])).get(0)
      assert.deepStrictEqual(alone, together.get(index), line.toString())
    }
  })

  it("takes a buffer that is too small, and one that held something else", () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => Buffer.from(`{"id":${i},"name":""}`))
    const judge = judgeOf(simple)
    const bytes = new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])))
    const block = { bytes, index: 5, isFirst: true, isLast: true }
    const fresh = judge(block, undefined)
    for (const scratch of [new Uint8Array(0), new Uint8Array(10), new Uint8Array(2 ** 20).fill(120)]) {
      assert.deepStrictEqual(Buffer.from(judge(block, scratch).text), Buffer.from(fresh.text))
    }
    assert.strictEqual(fresh.sum, (3_000 * 2_999) / 2)
  })
})

/** The column `new` of the second row takes arrays only. */
const isArrayOrAbsent = (line: Buffer): boolean => {
  const value = JSON.parse(line.toString())
  return !Object.hasOwn(value, "new") || Array.isArray(value.new)
}
