import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as Sql from "../../../runtime/definition/Sql.ts"
import * as Corpus from "./corpus.ts"
import { engine, land, type Outcome, readDelimited, readJson } from "./landing.ts"

const Row = Schema.Struct({ id: Schema.BigInt, name: Schema.String, note: Schema.NullOr(Schema.String) })

const damaged = (format: keyof typeof Corpus.formats, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => Corpus.file(Corpus.formats[format], from + i))

const contents = (files: ReadonlyArray<Corpus.Damaged>) =>
  Object.fromEntries(files.map(({ name, content }) => [name, content]))

const readers = {
  json: (files: ReadonlyArray<Corpus.Damaged>) => readJson(contents(files), Row),
  csv: (files: ReadonlyArray<Corpus.Damaged>) => readDelimited(contents(files), Row, Delimited.csv),
  tsv: (files: ReadonlyArray<Corpus.Damaged>) => readDelimited(contents(files), Row, Delimited.tsv)
}

/** Everything that was told wrong about so many files, in batches. */
const told = Effect.fnUntraced(function* (format: keyof typeof readers, total: number) {
  const found: Array<string> = []
  let bad = 0
  for (let from = 0; from < total; from += 500) {
    const files = damaged(format, from, Math.min(500, total - from))
    const outcome = yield* readers[format](files)
    bad += outcome.quarantine.length
    found.push(...Corpus.mistakes(files, outcome))
  }
  return { found, bad }
})

layer(engine)("ten thousand damaged files", (it) => {
  it.effect.each([
    ["json", 6000],
    ["csv", 2500],
    ["tsv", 1500]
  ] as const)(
    "of %s: every bad row of %i files is found, no good one is lost or changed, and damaged files are refused",
    ([format, total]) =>
      Effect.gen(function* () {
        const { found, bad } = yield* told(format, total)
        assert.deepStrictEqual(found.slice(0, 20), [])
        assert.ok(bad > total / 2)
      }),
    60_000
  )
})

/** What a reader gives that leaves the files to the engine alone. */
const naive = Effect.fnUntraced(function* (files: ReadonlyArray<Corpus.Damaged>, options: string) {
  const landed = yield* land(contents(files))
  const db = yield* DuckDB
  const columns = `columns = {id: 'BIGINT', name: 'VARCHAR', note: 'VARCHAR'}`
  const query = {
    sql: Sql.sql`read_json(${landed.map(({ path }) => path)}, filename = true, ${Sql.literal(`${columns}, ${options}`)})`
  }
  const rows = yield* db.query(Sql.sql`SELECT id, name, note, parse_filename(filename) AS file,
    row_number() OVER (PARTITION BY filename) AS line FROM ${query}`)
  const counts = { lines: rows.length, good: rows.length, quarantined: 0, blank: 0, unknownKeys: 0 }
  return { rows, quarantine: [], counts, refused: [] } satisfies Outcome
}, Effect.scoped)

layer(engine)("the check of damaged files", (it) => {
  const plain = damaged("json", 0, 300).filter(({ kind }) => kind === "plain")

  it.effect("finds a reader that ignores errors", () =>
    Effect.gen(function* () {
      const found = Corpus.mistakes(plain, yield* naive(plain, "format = 'newline_delimited', ignore_errors = true"))
      assert.ok(found.some((mistake) => mistake.includes("was taken")))
      assert.ok(found.some((mistake) => mistake.includes("is missing")))
    })
  )

  it.effect("finds a reader that takes a number for a text, or a text for a number", () =>
    Effect.gen(function* () {
      const lenient = plain.filter(({ truths }) =>
        truths!.every(
          (truth) => truth._tag === "Good" || /^(textForNumber|boolForNumber|numberForText|float)$/.test(truth.kind)
        )
      )
      const found = Corpus.mistakes(lenient, yield* naive(lenient, "format = 'newline_delimited'"))
      assert.ok(found.some((mistake) => mistake.includes("was taken")))
    })
  )

  it.effect("finds a reader that loses, changes or moves a row, or takes a damaged file", () =>
    Effect.gen(function* () {
      const files = damaged("json", 0, 60)
      const right = yield* readers.json(files)
      assert.deepStrictEqual(Corpus.mistakes(files, right), [])
      const [row, ...rows] = right.rows
      const wrong: ReadonlyArray<Partial<Outcome>> = [
        { rows },
        { rows: [{ ...row, id: 0n }, ...rows] },
        { rows: [{ ...row, line: 77n }, ...rows] },
        { rows: [{ ...row, note: "" }, ...rows] },
        { quarantine: right.quarantine.slice(1) },
        { quarantine: right.quarantine.map((bad) => ({ ...bad, byte_offset: bad.byte_offset + 1 })) },
        { quarantine: right.quarantine.map((bad) => ({ ...bad, raw: bad.raw.slice(1) })) },
        { refused: right.refused.slice(1) },
        { counts: { ...right.counts, blank: right.counts.blank + 1 } }
      ]
      for (const change of wrong) assert.notDeepEqual(Corpus.mistakes(files, { ...right, ...change }), [])
    })
  )
})
