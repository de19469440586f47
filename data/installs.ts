/**
 * Generates logs of installed applications as they land: gzipped lines of five
 * fields between tabs.
 *
 * The same options give the same lines on every machine. Lines are made as they
 * are written; memory does not grow with them.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Landing from "./landing.ts"
import * as Random from "./random.ts"

export interface Options {
  /** In all files together. */
  readonly records: number
  readonly files: number
  readonly seed: number
  /** Share of the records that are of the first type of device; the others share the rest alike. */
  readonly skew: number
  /** Share of lines that are no record. */
  readonly malformed: number
  /** Share of records with the device of the record before them. */
  readonly repeated: number
}

export interface Written {
  readonly files: number
  readonly lines: number
  readonly malformed: number
}

/** Writes all files into the folder and says what is in them. A file is there whole or not at all. */
export const write = Effect.fn("installs.write")(function* (folder: string, options: Options) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fileSystem.makeDirectory(folder, { recursive: true })
  let malformed = 0
  for (let index = 0; index < options.files; index++) {
    malformed += yield* Landing.land(path.join(folder, `${nameOf(index)}.tsv.gz`), (partial) =>
      Landing.writeText(content(options, index), partial, { level: 6 })
    )
  }
  return { files: options.files, lines: options.records, malformed } satisfies Written as Written
})

/** As the logs of a day are named: `20170929000000`, a file every ten minutes. */
const nameOf = (index: number): string =>
  new Date(Date.UTC(2017, 8, 29) + index * 600_000).toISOString().replaceAll(/\D/g, "").slice(0, 14)

const types = ["idfa", "gaid", "adid", "dvid"] as const
const linesAtOnce = 2000

/** The text of a file in pieces of whole lines; how many of them are no record. */
function* content(options: Options, file: number): Generator<string, number> {
  const random = Random.make(options.seed, file)
  const share = (n: number) => Math.floor((n * options.records) / options.files)
  const lines = share(file + 1) - share(file)
  let malformed = 0
  let device = ""
  for (let done = 0; done < lines; done += linesAtOnce) {
    let text = ""
    for (let line = done; line < Math.min(done + linesAtOnce, lines); line++) {
      const dice = random.next()
      if (device === "" || dice >= options.malformed + options.repeated) device = deviceOf(options, random)
      const record = `${device}\t${coordinate(random, 180)}\t${coordinate(random, 90)}\t${apps(random)}`
      text += `${dice < options.malformed ? damage(record, malformed++) : record}\n`
    }
    yield text
  }
  return malformed
}

const deviceOf = ({ skew }: Options, random: Random.Random): string => {
  const type = random.next() < skew ? types[0] : types[1 + random.below(3)]!
  return `${type}\t${hex(random)}${hex(random)}${hex(random)}${hex(random)}`
}

const hex = (random: Random.Random): string =>
  random
    .below(2 ** 32)
    .toString(16)
    .padStart(8, "0")

/** The logs hold latitudes of up to 180 degrees too. */
const coordinate = (random: Random.Random, most: number): string => ((random.next() * 2 - 1) * most).toFixed(10)

const apps = (random: Random.Random): string => {
  let text = String(random.below(10_000))
  for (let more = 19 + random.below(81); more > 0; more--) text += `,${random.below(10_000)}`
  return text
}

/** Ways in which a line is no record, in turn. */
const damage = (record: string, turn: number): string => {
  const fields = record.split("\t")
  switch (turn % 4) {
    case 0:
      return fields.slice(0, 4).join("\t")
    case 1:
      return `imei\t${fields.slice(1).join("\t")}`
    case 2:
      return fields.with(1, "").join("\t")
    default:
      return "HTTP 502 Bad Gateway"
  }
}
