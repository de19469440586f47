import { isUtf8 } from "node:buffer"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as ColumnLayout from "../../../resources/readers/ColumnLayout.ts"
import * as JsonLineJudge from "../../../resources/readers/JsonLineJudge.ts"
import { ordinal, type Verdict } from "../../../resources/readers/LineBlock.ts"
import * as SchemaShape from "../../../resources/readers/SchemaShape.ts"
import * as StagedColumns from "../../../resources/readers/StagedColumns.ts"
import * as Sql from "../../../runtime/definition/Sql.ts"
import { temporaryFolder } from "../../record/temporary.ts"
import * as Corpus from "./corpus.ts"
import { engine } from "./landing.ts"

const simple = Schema.Struct({
  id: Schema.BigInt,
  name: Schema.String,
  note: Schema.optionalKey(Schema.NullOr(Schema.String))
})
const nested = Schema.Struct({ ...simple.fields, new: Schema.optionalKey(Schema.Array(Schema.Json)) })

type Row = Schema.Struct<Schema.Struct.Fields>

const judgeOf = (row: Row) => JsonLineJudge.make({ _tag: "JsonLines", row: SchemaShape.of(row) })

const judged = (judge: ReturnType<typeof judgeOf>, lines: ReadonlyArray<Buffer>, index = 0): Verdict => {
  const bytes = new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])))
  return judge({ bytes, index, isFirst: true, isLast: true }, undefined)
}

interface Judgement {
  readonly verdict: "good" | "bad" | "blank"
  readonly id?: string
  readonly name?: string
  readonly note?: string | null
}

/** The good rows of blocks, as the engine reads them. */
const rowsOf = Effect.fnUntraced(function* (row: Row, verdicts: ReadonlyArray<Verdict>) {
  const { head, tail } = StagedColumns.frame(ColumnLayout.make(SchemaShape.of(row)))
  const good = verdicts.filter(({ good }) => good > 0)
  let offset = head.length
  const texts = good.map((verdict) => {
    offset += verdict.text.length
    return { ...verdict, offset: offset - verdict.text.length }
  })
  const path = join(yield* temporaryFolder, "rows")
  writeFileSync(path, Buffer.concat([head, ...good.map(({ text }) => text), tail(texts)]))
  const rows = StagedColumns.relation([path])
  const duckdb = yield* DuckDB
  return yield* duckdb.query(
    Sql.sql`SELECT "#" AS ordinal, id::VARCHAR AS id, hex(name) AS name, hex(note) AS note FROM ${rows}`
  )
}, Effect.scoped)

/** A text may start with a mark, which is lost where it is taken for that of a file. */
const textOf = (hex: unknown): string | null => (hex === null ? null : Buffer.from(String(hex), "hex").toString())

/** The lines of verdicts, by their ordinals, and what was said of each. */
const judgements = Effect.fnUntraced(function* (row: Row, verdicts: ReadonlyArray<Verdict>) {
  const told = new Map<number, Judgement>()
  for (const { id, name, note, ordinal } of yield* rowsOf(row, verdicts)) {
    told.set(Number(ordinal), { verdict: "good", id: String(id), name: textOf(name)!, note: textOf(note) })
  }
  for (const { rejects } of verdicts) {
    for (const line of Buffer.from(rejects).toString().split("\n").slice(0, -1)) {
      told.set(JSON.parse(line).ordinal, { verdict: "bad" })
    }
  }
  return told
})

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
  return { verdict: "good", id: String(BigInt(id)), name: value.name, note: (value.note ?? null) as string | null }
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

layer(engine)("the judge of JSON lines", (it) => {
  for (const [what, row, isIn] of [
    ["plain columns", simple, () => true],
    ["plain columns in text", simple, isUtf8],
    ["a column of JSON", nested, () => true]
  ] as const) {
    it.effect(`judges 25,000 damaged lines as JSON.parse and its own rules do, with ${what}`, () =>
      Effect.gen(function* () {
        const lines = mutatedLines(row === simple ? 7 : 8, isIn === isUtf8 ? 35_000 : 25_000)
          .filter(isIn)
          .slice(0, 25_000)
        const verdict = judged(judgeOf(row), lines)
        const told = yield* judgements(row, [verdict])
        const kinds = { good: 0, bad: 0, blank: 0 }
        for (const [index, line] of lines.entries()) {
          const expected = reference(line)
          const isOther = row === nested && expected.verdict === "good" && !isArrayOrAbsent(line)
          const found = told.get(ordinal(0, index)) ?? { verdict: "blank" as const }
          kinds[expected.verdict]++
          if (isOther) assert.strictEqual(found.verdict, "bad", line.toString())
          else assert.deepStrictEqual(found, expected, `${index}: ${line.toString()}`)
        }
        assert.ok(kinds.good > 2_000 && kinds.bad > 8_000, JSON.stringify(kinds))
        assert.deepInclude(verdict, { lines: 25_000, height: 25_000, good: kinds.good, blank: kinds.blank })
      })
    )
  }

  it.effect("says the same of a line alone as among others, wherever it stands", () =>
    Effect.gen(function* () {
      const lines = mutatedLines(9, 5_000)
      const judge = judgeOf(simple)
      const together = yield* judgements(simple, [judged(judge, lines)])
      const alone = yield* judgements(
        simple,
        lines.map((line, index) => judged(judge, [line], index))
      )
      for (const [index, line] of lines.entries()) {
        assert.deepStrictEqual(alone.get(ordinal(index, 0)), together.get(ordinal(0, index)), line.toString())
      }
    })
  )

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
