/** `strata generate`: sample data for the assets of this project. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { PartitionsDefinition } from "../runtime/index.ts"
import * as samples from "./samples.ts"

const out = (folder: string) =>
  Flag.String("out").pipe(
    Flag.withMetavar("folder"),
    Flag.withDefault(folder),
    Flag.withDescription(`folder to write into; without it ${folder}`)
  )

const share = (name: string, description: string, value: number) =>
  Flag.Finite(name).pipe(
    Flag.filter(
      (share) => share >= 0 && share <= 1,
      (share) => `--${name} is a share from 0 to 1, not ${share}`
    ),
    Flag.withDefault(value),
    Flag.withDescription(description)
  )

const count = (name: string, description: string, least: number, most: number, value: number) =>
  Flag.Int(name).pipe(
    Flag.filter(
      (count) => count >= least && count <= most,
      (count) => `--${name} is a number from ${least} to ${most}, not ${count}`
    ),
    Flag.withDefault(value),
    Flag.withDescription(description)
  )

const day = (name: string, description: string, value: string) =>
  Flag.String(name).pipe(
    Flag.filter(
      (day) => Result.isSuccess(PartitionsDefinition.dayOrdinal(day)),
      (day) => `--${name} is a day such as ${value}, not ${day}`
    ),
    Flag.withDefault(value),
    Flag.withDescription(description)
  )

const postings = Command.make(
  "postings",
  {
    out: out("data/postings"),
    rows: count("rows", "lines in all files together", 0, 1e9, samples.postings.rows),
    days: count("days", "days, each with its files", 1, 36_500, samples.postings.days),
    filesPerDay: count("files-per-day", "files a day; 1440 is one a minute", 1, 86_400, samples.postings.filesPerDay),
    start: day("start", "the first day", samples.postings.start),
    seed: count("seed", "another seed gives other postings", 0, 2 ** 31 - 1, samples.postings.seed),
    unique: share("unique", "share of lines that bring a new role", samples.postings.unique),
    known: count("known", "roles that are there before the first line", 0, 1e9, samples.postings.known),
    popularity: Flag.Literals("popularity", ["uniform", "normal", "zipf"]).pipe(
      Flag.withMetavar("uniform|normal|zipf"),
      Flag.withDefault(samples.postings.popularity),
      Flag.withDescription("how often a role comes again")
    ),
    malformed: share("malformed", "share of lines that are no posting", samples.postings.malformed),
    repeated: share("repeated", "share of lines that repeat the posting before them", samples.postings.repeated),
    descriptions: share("descriptions", "share of postings with a description", samples.postings.descriptions),
    gzip: Flag.Boolean("gzip").pipe(Flag.withDefault(samples.postings.gzip), Flag.withDescription("write .jsonl.gz"))
  },
  Effect.fnUntraced(function* ({ out, ...options }) {
    const { write } = yield* Effect.promise(() => import("./postings.ts"))
    const written = yield* write(out, options)
    yield* Console.log(
      `wrote ${written.files} files with ${written.lines} lines, ${written.malformed} of them malformed, into ${out}`
    )
  })
).pipe(
  Command.withDescription("Job postings as JSON lines, the same for the same options"),
  Command.withExamples([
    { command: "strata generate postings", description: "The sample: five days, 20,000 lines" },
    {
      command: "strata generate postings --rows 8000000 --days 1 --files-per-day 1440 --out /tmp/postings",
      description: "A day at full size"
    }
  ])
)

const prices = Command.make(
  "prices",
  {
    out: out("data/market"),
    symbols: count("symbols", "symbols, each with a file", 1, 400_000, samples.prices.symbols),
    years: count("years", "years of 365 days, of which five in seven have prices", 1, 100, samples.prices.years),
    start: day("start", "the first day", samples.prices.start),
    seed: count("seed", "another seed gives other prices", 0, 2 ** 31 - 1, samples.prices.seed),
    etfs: share("etfs", "share of symbols that are ETFs", samples.prices.etfs),
    short: share("short", "share of files with 30 rows or less", samples.prices.short),
    holed: share("holed", "share of files with a row without prices", samples.prices.holed),
    repeated: share("repeated", "share of files that hold a day twice", samples.prices.repeated),
    vintage: count(
      "vintage",
      "another one restates every adjusted close, and nothing else",
      0,
      100,
      samples.prices.vintage
    )
  },
  Effect.fnUntraced(function* ({ out, ...options }) {
    const { write } = yield* Effect.promise(() => import("./prices.ts"))
    const written = yield* write(out, options)
    yield* Console.log(`wrote ${written.files} files with ${written.rows} rows, and the symbol table, into ${out}`)
  })
).pipe(
  Command.withDescription("Daily prices of stocks and ETFs as CSV, the same for the same options"),
  Command.withExamples([
    { command: "strata generate prices", description: "The sample: 40 symbols, four years" },
    {
      command: "strata generate prices --symbols 8000 --years 14 --out /tmp/market",
      description: "As much as the public dataset: 28 million rows"
    }
  ])
)

const installs = Command.make(
  "installs",
  {
    out: out("data/installs"),
    records: count("records", "lines in all files together", 0, 1e9, samples.installs.records),
    files: count("files", "files", 1, 100_000, samples.installs.files),
    seed: count("seed", "another seed gives other installs", 0, 2 ** 31 - 1, samples.installs.seed),
    skew: share(
      "skew",
      "share of records of the first type of device; the others have equal shares of the rest",
      samples.installs.skew
    ),
    malformed: share("malformed", "share of lines that are no record", samples.installs.malformed),
    repeated: share("repeated", "share of records with the device of the record before them", samples.installs.repeated)
  },
  Effect.fnUntraced(function* ({ out, ...options }) {
    const { write } = yield* Effect.promise(() => import("./installs.ts"))
    const written = yield* write(out, options)
    yield* Console.log(
      `wrote ${written.files} files with ${written.lines} lines, ${written.malformed} of them malformed, into ${out}`
    )
  })
).pipe(
  Command.withDescription("Logs of installed applications as gzipped TSV, the same lines for the same options"),
  Command.withExamples([
    { command: "strata generate installs", description: "The sample: three files, 10,000 lines" },
    {
      command: "strata generate installs --records 300000 --skew 0.9 --out /tmp/installs",
      description: "Nine of ten records for one server"
    }
  ])
)

export const command = Command.make("generate").pipe(
  Command.withDescription("Make sample data"),
  Command.withSubcommands([postings, prices, installs])
)
