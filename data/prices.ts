/**
 * Generates daily prices of stocks and ETFs in the layout of the public dataset:
 * one CSV file a symbol, and the symbol table.
 *
 * The same options give the same bytes on every machine, and the files of a
 * symbol depend neither on how many others there are nor on what is asked of
 * them. Numbers are written as in life: prices as the doubles that single
 * precision leaves, and volumes with a point where the file has a row without
 * prices. One file is in memory at a time.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import { PartitionsDefinition } from "../runtime/index.ts"
import * as Landing from "./landing.ts"
import * as Random from "./random.ts"
import * as words from "./words.ts"

export interface Options {
  readonly symbols: number
  /** Of 365 days each, of which prices have those from Monday to Friday. */
  readonly years: number
  /** The first day, such as 2016-01-04. */
  readonly start: string
  readonly seed: number
  /** Share of symbols that are ETFs. */
  readonly etfs: number
  /** Share of files with fewer rows than a window of 30 and one more. */
  readonly short: number
  /** Share of files, the short ones aside, that hold a row without prices, every other time before one of the same day. */
  readonly holed: number
  /** Share of files, the short ones aside, that hold a day twice, the later row with another price. */
  readonly repeated: number
  /** Another vintage restates every adjusted close and nothing else. */
  readonly vintage: number
}

export interface File {
  /** Below the folder, such as `stocks/A.csv`. */
  readonly name: string
  /** Lines that follow the header. */
  readonly rows: number
  readonly text: string
}

/** The symbol table, and then the files of the symbols, each made when it is asked for. */
export function* files(options: Options): Generator<File> {
  const days = tradingDays(options)
  const symbols = Array.from({ length: options.symbols }, (_, index) => symbolOf(options, index))
  yield {
    name: "symbols_valid_meta.csv",
    rows: symbols.length,
    text: `${tableHeader}\n${symbols.map(listing).join("\n")}\n`
  }
  for (const [index, symbol] of symbols.entries()) yield priceFile(options, index, symbol, days)
}

/** Writes all files into the folder and says what is in them. A file is there whole or not at all. */
export const write = Effect.fn("prices.write")(function* (folder: string, options: Options) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const within of ["stocks", "etfs"])
    yield* fileSystem.makeDirectory(path.join(folder, within), { recursive: true })
  const written = { files: 0, rows: 0 }
  for (const file of files(options)) {
    yield* Landing.land(path.join(folder, file.name), (partial) => fileSystem.writeFileString(partial, file.text))
    if (file.name.includes("/")) {
      written.files++
      written.rows += file.rows
    }
  }
  return written
})

interface Symbol {
  readonly name: string
  readonly security: string
  readonly isEtf: boolean
}

const symbolOf = ({ etfs, seed }: Options, index: number): Symbol => {
  const random = Random.make(seed, 2 * index)
  const company = `${random.pick(words.companyFirst)} ${random.pick(words.companySecond)}`
  const isEtf = random.next() < etfs
  return { name: name(index), security: isEtf ? `${company} ETF` : `${company}, Inc. - Common Stock`, isEtf }
}

/** `A` to `Z`, `AA`, `BA` and so on: neighbours differ in their first letter. */
const name = (index: number): string => {
  let text = letters[index % 26]!
  for (let rest = Math.floor(index / 26); rest > 0; rest = Math.floor((rest - 1) / 26))
    text += letters[(rest - 1) % 26]!
  return text
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const tableHeader =
  "Nasdaq Traded,Symbol,Security Name,Listing Exchange,Market Category,ETF,Round Lot Size,Test Issue,Financial Status,CQS Symbol,NASDAQ Symbol,NextShares"

const listing = ({ isEtf, name, security }: Symbol): string =>
  `Y,${name},"${security}",N, ,${isEtf ? "Y" : "N"},100.0,N,,${name},${name},N`

const header = "Date,Open,High,Low,Close,Adj Close,Volume"

/** From Monday to Friday; 1970-01-01 was a Thursday. */
const tradingDays = ({ start, years }: Options): ReadonlyArray<string> => {
  const first = Result.getOrThrow(PartitionsDefinition.dayOrdinal(start))
  return Array.from({ length: 365 * years }, (_, index) => first + index)
    .filter((day) => (day + 3) % 7 < 5)
    .map(PartitionsDefinition.dayKey)
}

const priceFile = (options: Options, index: number, symbol: Symbol, all: ReadonlyArray<string>): File => {
  const random = Random.make(options.seed, 2 * index + 1)
  const isShort = random.next() < options.short
  const days = isShort ? all.slice(-1 - random.below(30)) : all
  const hole = random.next() < options.holed && !isShort ? random.below(days.length) : -1
  const isHoleFilled = random.next() < 0.5
  const again = random.next() < options.repeated && !isShort ? random.below(days.length) : -1
  const point = hole < 0 ? "" : ".0"
  const walk = priceWalk(random, 1 - options.vintage * 0.001)
  let rows = 0
  let text = `${header}\n`
  const add = (row: string) => {
    text += `${row}\n`
    rows++
  }
  for (const [place, day] of days.entries()) {
    const share = (place + 1) / days.length
    if (place === hole) add(`${day},,,,,,`)
    if (place === again) add(`${day},${walk(share)}${point}`)
    if (place !== hole || isHoleFilled) add(`${day},${walk(share)}${point}`)
  }
  return { name: `${symbol.isEtf ? "etfs" : "stocks"}/${symbol.name}.csv`, rows, text }
}

/** The values of one day after the other. The older a close, the more of it was paid out since; `restated` is a factor. */
const priceWalk = (random: Random.Random, restated: number) => {
  const turnover = 10 ** (4 + random.next() * 3)
  let price = 5 + random.next() * 200
  let close = Math.fround(price)
  let text = String(close)
  return (share: number): string => {
    const [open, openText] = [close, text]
    price = Math.min(5000, Math.max(0.5, price * (1 + (random.next() - 0.499) * 0.04)))
    close = Math.fround(price)
    text = String(close)
    const high = Math.fround(Math.max(open, close) * (1 + random.next() * 0.01))
    const low = Math.fround(Math.min(open, close) * (1 - random.next() * 0.01))
    const adjusted = Math.fround(price * (0.5 + 0.5 * share) * restated)
    return `${openText},${high},${low},${text},${adjusted},${Math.floor(turnover * (0.5 + random.next()))}`
  }
}
