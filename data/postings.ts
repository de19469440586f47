/**
 * Generates job postings as they land: JSON lines in files named by their second.
 *
 * The same options give the same bytes on every machine. One line in so many
 * brings a role that was never there before, and the others draw from the roles
 * that were, so the number of different roles grows with the lines as it does in
 * life. Lines are made as they are written; memory does not grow with them.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import { PartitionsDefinition } from "../runtime/index.ts"
import { states } from "./cities.ts"
import * as Landing from "./landing.ts"
import * as Random from "./random.ts"
import * as words from "./words.ts"

export interface Options {
  /** Lines in all files together. */
  readonly rows: number
  readonly days: number
  /** 1,440 is a file a minute. */
  readonly filesPerDay: number
  /** The first day, such as 2025-06-02. */
  readonly start: string
  readonly seed: number
  /** Share of lines that bring a new role. */
  readonly unique: number
  /** Roles that are there before the first line, and are drawn like the others. */
  readonly known: number
  /** How often a role is drawn: each alike, around a middle one, or the n-th in proportion to 1/n. */
  readonly popularity: "uniform" | "normal" | "zipf"
  /** Share of lines that are no posting. */
  readonly malformed: number
  /** Share of lines that repeat the posting before them. */
  readonly repeated: number
  /** Share of postings with a description. */
  readonly descriptions: number
  readonly gzip: boolean
}

export interface File {
  readonly name: string
  readonly lines: number
  /** The text of the file in pieces, each of whole lines; to be read once. */
  readonly content: Generator<string, Written>
}

export interface Written {
  readonly lines: number
  readonly malformed: number
}

/** The files in the order of their time. */
export function* files(options: Options): Generator<File> {
  const total = options.days * options.filesPerDay
  const midnight = Result.getOrThrow(PartitionsDefinition.dayOrdinal(options.start)) * 86_400
  for (let index = 0; index < total; index++) {
    const [day, ofDay] = [Math.floor(index / options.filesPerDay), index % options.filesPerDay]
    const second = midnight + day * 86_400 + Math.floor((ofDay * 86_400) / options.filesPerDay)
    const first = Math.floor((index * options.rows) / total)
    const lines = Math.floor(((index + 1) * options.rows) / total) - first
    yield {
      name: `${second}.jsonl${options.gzip ? ".gz" : ""}`,
      lines,
      content: content(options, { index, second, first, lines })
    }
  }
}

/** Writes all files into the folder and says what is in them. A file is there whole or not at all. */
export const write = Effect.fn("postings.write")(function* (folder: string, options: Options) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fileSystem.makeDirectory(folder, { recursive: true })
  const written = { files: 0, lines: 0, malformed: 0 }
  for (const file of files(options)) {
    const gzip = options.gzip ? { level: 1 } : undefined
    const counted = yield* Landing.land(path.join(folder, file.name), (partial) =>
      Landing.writeText(file.content, partial, gzip)
    )
    written.files++
    written.lines += counted.lines
    written.malformed += counted.malformed
  }
  return written
})

/** The role of an index: different for every index below 440 million, and neighbours have nothing in common. */
export const role = (seed: number, index: number): { readonly company: string; readonly title: string } => {
  const place = ((((index % roles) * stride) % roles) + seed * 7919) % roles
  const [company, title] = [place % companies, Math.floor(place / companies)]
  return {
    company: `${at(words.companyFirst, company, 240)} ${at(words.companySecond, company, 6)}${at(words.companyLast, company, 1)}`,
    title: `${at(words.rank, title, 1)}${at(words.field, title, 576)} ${at(words.occupation, title, 16)}`
  }
}

const companies = words.companyFirst.length * words.companySecond.length * words.companyLast.length
const titles = words.rank.length * words.field.length * words.occupation.length
const roles = companies * titles

/** Has no factor in common with `roles`, and their product is exact in a double. */
const stride = 19_999_999

/** The digit of a number in a mixed base. */
const at = (list: ReadonlyArray<string>, number: number, weight: number): string =>
  list[Math.floor(number / weight) % list.length]!

interface Place {
  readonly index: number
  readonly second: number
  /** Index of the file's first line among all lines. */
  readonly first: number
  readonly lines: number
}

const linesAtOnce = 5000

function* content(options: Options, file: Place): Generator<string, Written> {
  const random = Random.make(options.seed, file.index)
  const seconds = Math.max(1, Math.floor(86_400 / options.filesPerDay))
  let malformed = 0
  let posting = ""
  for (let done = 0; done < file.lines; done += linesAtOnce) {
    let text = ""
    for (let line = done; line < Math.min(done + linesAtOnce, file.lines); line++) {
      const dice = random.next()
      if (dice < options.malformed) {
        text += `${damage(posting, malformed++)}\n`
      } else if (dice < options.malformed + options.repeated && posting !== "") {
        text += `${posting}\n`
      } else {
        const { company, title } = role(options.seed, roleIndex(options, random, file.first + line))
        posting =
          `{"url":"https://jobs.example.com/${options.seed}/${file.first + line}","company":"${company}","title":"${title}",` +
          `"location":"${location(random)}","scraped_on":${file.second + random.below(seconds)}` +
          `${random.next() < options.descriptions ? `,"description":"${description(random, title)}"` : ""}}`
        text += `${posting}\n`
      }
    }
    yield text
  }
  return { lines: file.lines, malformed }
}

/** A line brings the next new role, or draws one of those that are there. */
const roleIndex = (options: Options, random: Random.Random, line: number): number => {
  const before = options.known + Math.ceil(line * options.unique)
  const after = options.known + Math.ceil((line + 1) * options.unique)
  if (after > before || before === 0) return before
  switch (options.popularity) {
    case "uniform":
      return random.below(before)
    case "normal":
      // Six uniform numbers are nearly normal: mean 3, deviation 0.7.
      return Math.floor(
        (before * (random.next() + random.next() + random.next() + random.next() + random.next() + random.next())) / 6
      )
    case "zipf":
      return Math.floor((before + 1) ** random.next()) - 1
  }
}

const location = (random: Random.Random): string => {
  const [state, city] = random.pick(places)
  return `${city}, ${random.next() < 0.7 ? state.code : state.name}`
}

const places = states.flatMap((state) => state.cities.map((city) => [state, city] as const))

const description = (random: Random.Random, title: string): string => {
  const skills = Array.from({ length: 2 + random.below(4) }, () => random.pick(words.skill))
  return (
    `Open now: ${title}. You have worked with ${skills.join(", ")}, ` +
    `and ${random.pick(words.skill)} is a plus.\\nBenefits: health insurance, paid leave, ${random.below(9) + 20} days off.`
  )
}

/** Ways in which a line is no posting, in turn. */
const damage = (posting: string, turn: number): string => {
  const line = posting === "" ? `{"url":"https://jobs.example.com/","company":"Acme","title":"Clerk"}` : posting
  switch (turn % 6) {
    case 0:
      return line.slice(0, Math.floor(line.length / 2))
    case 1:
      return "HTTP 502 Bad Gateway"
    case 2:
      return line.replace(/"scraped_on":\d+/, `"scraped_on":"yesterday"`)
    case 3:
      return line.replace(/"title":"[^"]*",/, "")
    case 4:
      return "null"
    default:
      return `[${line}]`
  }
}
