/**
 * How fast O*NET's names are found in texts: the matcher of the extractors
 * against a loop over all names, one compiled regular expression, an
 * Aho-Corasick automaton, and SQL.
 * `node bench/extractors.ts [megabytes] [repeats] [folder of postings]`: without a folder, the texts are made up of common
 * words and, one in twenty, a name.
 *
 * All but SQL find the same names at the same places, which is checked. The
 * loop and SQL are run on a small part of the texts, and SQL does only half of
 * the work: it finds sequences of up to four words that are names, and leaves
 * open which of those that overlap counts.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import * as NameMatcher from "../assets/postings/attributes/NameMatcher.ts"
import * as Random from "../data/random.ts"
import * as words from "../data/words.ts"
import { DuckDB } from "../resources/DuckDB.ts"
import { sql } from "../runtime/index.ts"

const [megabytes = 4, repeats = 5] = process.argv.slice(2).map(Number)
const folder = process.argv[4]

const column = (file: string, index: number) =>
  readFileSync(join(import.meta.dirname, "../data/reference/onet", file), "utf8")
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split("\t")[index]!)

const names = [...new Set([...column("skills.txt", 1), ...column("technology_skills.txt", 0)])]

const landed = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    const lines = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().split("\n").filter(Boolean)
    return lines.flatMap((line) => {
      const { description, title } = JSON.parse(line)
      return typeof description === "string" ? [title, description] : [title]
    })
  })

const common = [...words.field, ...words.occupation, ...words.rank].flatMap((text) => text.split(/\s+/)).filter(Boolean)
const filler =
  "the and of to in a for with is on that by this are as or you will be from at your our we have an not all".split(" ")

function* made(random: Random.Random): Generator<string> {
  for (;;) {
    let text = ""
    for (let word = 0; word < 300; word++) {
      const dice = random.next()
      text += dice < 0.05 ? random.pick(names) : dice < 0.4 ? random.pick(common) : random.pick(filler)
      text += dice < 0.9 ? " " : dice < 0.95 ? ".\n" : ", "
    }
    yield text
  }
}

/** Different texts of about so many characters together. */
const texts: Array<string> = []
for (let left = megabytes * 1e6; left > 0; ) {
  const source = folder === undefined ? made(Random.make(1, texts.length)) : new Set(landed(folder))
  for (const text of source) {
    texts.push(text)
    left -= text.length
    if (left <= 0) break
  }
}
const size = texts.reduce((sum, text) => sum + text.length, 0) / 1e6

const few = texts.slice(0, Math.max(1, Math.floor(texts.length / (size * 4))))
const fewSize = few.reduce((sum, text) => sum + text.length, 0) / 1e6

const matcher = NameMatcher.make(names)
const trie = (texts: ReadonlyArray<string>) => texts.map((text) => NameMatcher.find(matcher, text))

/** The names as they are found: folded, longer ones before their beginnings. */
const folded = [...new Set(names.map(NameMatcher.fold))].sort().toReversed()
const original = new Map(
  names
    .toSorted()
    .toReversed()
    .map((name) => [NameMatcher.fold(name), name])
)
const short = names.filter(NameMatcher.isShort)

/** What the other ways find is held to the same rules for short names, by asking the matcher about these alone. */
const shortMatcher = NameMatcher.make(short)
const withoutUnmeant = (text: string, found: ReadonlyArray<Match>): ReadonlyArray<NameMatcher.Found> => {
  const meant = found.some(({ end, start }) => end - start <= 2)
    ? new Set(NameMatcher.find(shortMatcher, text).map(({ start }) => start))
    : new Set<number>()
  return found.flatMap(({ end, start }) => {
    if (end - start <= 2) return meant.has(start) ? [{ name: text.slice(start, end), start, end }] : []
    return [{ name: original.get(NameMatcher.fold(text.slice(start, end)))!, start, end }]
  })
}

interface Match {
  readonly start: number
  readonly end: number
}

const boundary = "[\\p{L}\\p{N}\\p{M}]"
const escaped = folded.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
const expression = new RegExp(`(?<!${boundary})(?:${escaped.join("|")})(?!${boundary})`, "gu")
const regularExpression = (texts: ReadonlyArray<string>) =>
  texts.map((text) => {
    const matches = NameMatcher.fold(text).matchAll(expression)
    return withoutUnmeant(
      text,
      Array.from(matches, ({ 0: name, index }) => ({ start: index, end: index + name.length }))
    )
  })

const isLetter = new RegExp(boundary, "u")
const isFree = (text: string, { end, start }: Match): boolean =>
  (start === 0 || !isLetter.test(text[start - 1]!)) && (end === text.length || !isLetter.test(text[end]!))

/** Of matches in any order those that count. */
const leftmostLongest = (matches: Array<Match>): ReadonlyArray<Match> => {
  let last = 0
  return matches
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter(({ end, start }) => {
      if (start < last) return false
      last = end
      return true
    })
}

/** States are numbers; a transition is found by state and character. */
const automaton = (() => {
  const next: Array<Map<number, number>> = [new Map()]
  const fails: Array<number> = [0]
  const lengths: Array<number> = [0]
  for (const name of folded) {
    let state = 0
    for (let index = 0; index < name.length; index++) {
      const unit = name.charCodeAt(index)
      const known = next[state]!.get(unit)
      const target = known ?? next.push(new Map()) - 1
      if (known === undefined) {
        next[state]!.set(unit, target)
        fails.push(0)
        lengths.push(0)
      }
      state = target
    }
    lengths[state] = name.length
  }
  const queue = [...next[0]!.values()]
  for (const state of queue) {
    for (const [unit, target] of next[state]!) {
      let fail = fails[state]!
      while (fail !== 0 && !next[fail]!.has(unit)) fail = fails[fail]!
      fails[target] = next[fail]!.get(unit) ?? 0
      queue.push(target)
    }
  }
  /** The nearest state among the ends of this one at which a name ends. */
  const outputs = fails.map(() => 0)
  for (const state of queue) outputs[state] = lengths[fails[state]!]! > 0 ? fails[state]! : outputs[fails[state]!]!
  return { next, fails, lengths, outputs }
})()

const ahoCorasick = (texts: ReadonlyArray<string>) =>
  texts.map((text) => {
    const { fails, lengths, next, outputs } = automaton
    const lower = NameMatcher.fold(text)
    const matches: Array<Match> = []
    let state = 0
    for (let index = 0; index < lower.length; index++) {
      const unit = lower.charCodeAt(index)
      while (state !== 0 && !next[state]!.has(unit)) state = fails[state]!
      state = next[state]!.get(unit) ?? 0
      for (let at = lengths[state]! > 0 ? state : outputs[state]!; at !== 0; at = outputs[at]!) {
        const match = { start: index + 1 - lengths[at]!, end: index + 1 }
        if (isFree(lower, match)) matches.push(match)
      }
    }
    return withoutUnmeant(text, leftmostLongest(matches))
  })

const loop = (texts: ReadonlyArray<string>) =>
  texts.map((text) => {
    const lower = NameMatcher.fold(text)
    const matches: Array<Match> = []
    for (const name of folded) {
      for (let start = lower.indexOf(name); start >= 0; start = lower.indexOf(name, start + 1)) {
        const match = { start, end: start + name.length }
        if (isFree(lower, match)) matches.push(match)
      }
    }
    return withoutUnmeant(text, leftmostLongest(matches))
  })

const bySql = Effect.gen(function* () {
  const duckdb = yield* DuckDB
  const words = (text: ReturnType<typeof sql>) => sql`regexp_extract_all(lower(${text}), '[\\p{L}\\p{N}]+[+#]*')`
  const known = yield* duckdb.table(
    sql`SELECT DISTINCT list_aggregate(${words(sql`name`)}, 'string_agg', ' ') AS name
      FROM (SELECT unnest(from_json(${JSON.stringify(names)}, '["VARCHAR"]')) AS name)`
  )
  const table = yield* duckdb.table(sql`SELECT unnest(from_json(${JSON.stringify(few)}, '["VARCHAR"]')) AS text`)
  const query = duckdb.query(sql`
      WITH texts AS (SELECT row_number() OVER () AS id, ${words(sql`text`)} AS words FROM ${table}),
      sequences AS (
        SELECT id, list_aggregate(words[place:place + length - 1], 'string_agg', ' ') AS name
        FROM (SELECT id, words, unnest(range(1, len(words) + 1)) AS place FROM texts), (SELECT unnest([1, 2, 3, 4]) AS length)
      )
      SELECT id, name, count(*) AS mentions FROM sequences JOIN ${known} USING (name) GROUP BY ALL`)
  return { query }
})

const same = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>) => {
  if (JSON.stringify(a) === JSON.stringify(b)) return
  const at = a.findIndex((one, index) => JSON.stringify(one) !== JSON.stringify(b[index]))
  throw new Error(`found otherwise in text ${at}: ${JSON.stringify(a[at])} and ${JSON.stringify(b[at])}`)
}

const median = (numbers: ReadonlyArray<number>): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

await Effect.runPromise(
  Effect.gen(function* () {
    const { query } = yield* bySql
    const matches = trie(texts).reduce((sum, found) => sum + found.length, 0)
    console.log(
      `${names.length} names, ${texts.length} texts of ${size.toFixed(1)} million characters, ${matches} mentions`
    )
    same(trie(texts), regularExpression(texts))
    same(trie(texts), ahoCorasick(texts))
    same(trie(few), loop(few))
    const ways = [
      ["the matcher", size, Effect.sync(() => trie(texts))],
      ["a regular expression", size, Effect.sync(() => regularExpression(texts))],
      ["an Aho-Corasick automaton", size, Effect.sync(() => ahoCorasick(texts))],
      ["SQL, half of the work", fewSize, query],
      ["a loop over all names", fewSize, Effect.sync(() => loop(few))]
    ] as const
    const speeds = ways.map((): Array<number> => [])
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [index, [, amount, way]] of ways.entries()) {
        const started = performance.now()
        yield* way
        speeds[index]!.push((amount / (performance.now() - started)) * 1000)
      }
    }
    const baseline = median(speeds.at(-1)!)
    for (const [index, [name]] of ways.entries()) {
      const speed = median(speeds[index]!)
      console.log(
        `${name.padEnd(28)} ${(speed / baseline).toFixed(1).padStart(5)} ×  ${speed.toFixed(2).padStart(6)} million characters a second`
      )
    }
    const building = performance.now()
    NameMatcher.make(names)
    console.log(`the matcher is made in ${(performance.now() - building).toFixed(0)} ms`)
  }).pipe(Effect.scoped, Effect.provide(DuckDB.layer)) as Effect.Effect<void, unknown>
)
