/** `strata generate`: sample data for the assets of this project. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { PartitionsDefinition } from "../runtime/index.ts"

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
    out: Flag.String("out").pipe(Flag.withDefault("data/postings"), Flag.withDescription("folder to write into")),
    ifAbsent: Flag.Boolean("if-absent").pipe(
      Flag.withDefault(false),
      Flag.withDescription("do nothing where files are already")
    ),
    rows: count("rows", "lines in all files together", 0, 1e9, 20_000),
    days: count("days", "days, each with its files", 1, 36_500, 5),
    filesPerDay: count("files-per-day", "files a day; 1440 is one a minute", 1, 86_400, 4),
    start: day("start", "the first day", "2025-06-02"),
    seed: count("seed", "another seed gives other postings", 0, 2 ** 31 - 1, 1),
    unique: share("unique", "share of lines that bring a new role", 1 / 90),
    known: count("known", "roles that are there before the first line", 0, 1e9, 0),
    popularity: Flag.Literals("popularity", ["uniform", "normal", "zipf"]).pipe(
      Flag.withDefault("zipf"),
      Flag.withDescription("how often a role comes again")
    ),
    malformed: share("malformed", "share of lines that are no posting", 0.001),
    repeated: share("repeated", "share of lines that repeat the posting before them", 0.001),
    descriptions: share("descriptions", "share of postings with a description", 0.25),
    gzip: Flag.Boolean("gzip").pipe(Flag.withDefault(false), Flag.withDescription("write .jsonl.gz"))
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
    out: Flag.String("out").pipe(Flag.withDefault("data/market"), Flag.withDescription("folder to write into")),
    symbols: count("symbols", "symbols, each with a file", 1, 400_000, 40),
    years: count("years", "years of 365 days, of which five in seven have prices", 1, 100, 4),
    start: day("start", "the first day", "2016-01-04"),
    seed: count("seed", "another seed gives other prices", 0, 2 ** 31 - 1, 1),
    etfs: share("etfs", "share of symbols that are ETFs", 0.2),
    short: share("short", "share of files with 30 rows or less", 0.05),
    holed: share("holed", "share of files with a row without prices", 0.1),
    repeated: share("repeated", "share of files that hold a day twice", 0.05),
    vintage: count("vintage", "another one restates every adjusted close, and nothing else", 0, 100, 0)
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
    out: Flag.String("out").pipe(Flag.withDefault("data/installs"), Flag.withDescription("folder to write into")),
    records: count("records", "lines in all files together", 0, 1e9, 10_000),
    files: count("files", "files", 1, 100_000, 3),
    seed: count("seed", "another seed gives other installs", 0, 2 ** 31 - 1, 1),
    skew: share("skew", "share of records of the first type of device; the others have equal shares of the rest", 0.25),
    malformed: share("malformed", "share of lines that are no record", 0.001),
    repeated: share("repeated", "share of records with the device of the record before them", 0.001)
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
