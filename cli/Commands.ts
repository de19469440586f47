/**
 * The commands of Strata: their names, flags and words.
 *
 * What a command does stands in a file of its own, which is imported when the
 * command runs, so that no command waits for what another one needs.
 */
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import type { FileSystem } from "effect/FileSystem"
import type { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Flags from "./Flags.ts"
import type { Screen } from "./Screen.ts"

const imported = <M, A, E, R>(load: () => Promise<M>, run: (module: M) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.promise(load), run)

const list = Command.make("list", Flags.list, (options) =>
  imported(
    () => import("./command/List.ts"),
    ({ list }) => list(options)
  )
).pipe(
  Command.withDescription("List the assets"),
  Command.withExamples([
    { command: "strata list", description: "All of them" },
    { command: "strata list '+postings/daily'", description: "One, and everything that it is made from" }
  ])
)

const show = Command.make("show", Flags.show, (options) =>
  imported(
    () => import("./command/Show.ts"),
    ({ show }) => show(options)
  )
).pipe(Command.withDescription("Show an asset: what it is, what it is made from and how it stands"))

const why = Command.make("why", Flags.why, (options) =>
  imported(
    () => import("./command/Why.ts"),
    ({ why }) => why(options)
  )
).pipe(
  Command.withDescription("Say why a partition is missing, stale or failed, and what helps"),
  Command.withExamples([
    { command: "strata why 'postings/daily[2025-06-01]'", description: "One day" },
    { command: "strata why 'postings/quarterly[latest]'", description: "The last quarter there is" }
  ])
)

const plan = Command.make("plan", Flags.plan, (options) =>
  imported(
    () => import("./command/Plan.ts"),
    ({ plan }) => plan(options)
  )
).pipe(
  Command.withDescription("Say what materialize would do, and why"),
  Command.withExamples([
    { command: "strata plan '+postings/daily'", description: "What is missing, failed or stale up to an asset" },
    { command: "strata plan postings/parsed -p 2025-06", description: "A month of one asset" }
  ])
)

const materialize = Command.make("materialize", Flags.materialize, (options) =>
  imported(
    () => import("./command/Materialize.ts"),
    ({ materialize }) => materialize(options)
  )
).pipe(
  Command.withDescription("Make what is missing, failed or stale"),
  Command.withExamples([
    { command: "strata materialize", description: "Everything" },
    { command: "strata materialize '+postings/daily'", description: "An asset and everything that it is made from" },
    { command: "strata materialize postings/parsed -p 2025-06-01 --force", description: "One day again" }
  ])
)

const retry = Command.make("retry", Flags.retry, (options) =>
  imported(
    () => import("./command/Retry.ts"),
    ({ retry }) => retry(options)
  )
).pipe(
  Command.withDescription("Go on with what a run left: what failed, was skipped, or was never reached"),
  Command.withExamples([
    { command: "strata retry", description: "The newest run that failed, was canceled or lost" },
    { command: "strata retry tou9fq", description: "The run whose id begins so" }
  ])
)

const runs = Command.make("runs", Flags.runs, (options) =>
  imported(
    () => import("./command/Runs.ts"),
    ({ runs }) => runs(options)
  )
).pipe(Command.withDescription("List the runs, newest first"))

const run = Command.make("run", Flags.run, (options) =>
  imported(
    () => import("./command/Run.ts"),
    ({ run }) => run(options)
  )
).pipe(
  Command.withDescription("Show a run: its steps over time, what they took and logged, and why they failed"),
  Command.withExamples([
    { command: "strata run latest", description: "The newest" },
    { command: "strata run latest --logs postings/daily", description: "What the steps of an asset logged" },
    { command: "strata run latest --follow", description: "Along with it, until it has ended" }
  ])
)

const checksRun = Command.make("run", Flags.checksRun, (options) =>
  imported(
    () => import("./command/ChecksRun.ts"),
    ({ run }) => run(options)
  )
).pipe(
  Command.withDescription("Evaluate checks again, without making anything; fails where a blocking one does"),
  Command.withExamples([
    { command: "strata checks run", description: "All" },
    { command: "strata checks run postings/parsed -p 2025-06", description: "Those of an asset, over a month" }
  ])
)

const checks = Command.make("checks", Flags.checks, (options) =>
  imported(
    () => import("./command/Checks.ts"),
    ({ checks }) => checks(options)
  )
).pipe(
  Command.withDescription("List the checks and what they found; strata checks run evaluates them again"),
  Command.withExamples([
    { command: "strata checks", description: "All, as they stand" },
    { command: "strata checks postings/parsed --history", description: "What those of an asset found over time" },
    { command: "strata checks run", description: "Evaluate them over what is published" }
  ]),
  Command.withSubcommands([checksRun])
)

const query = Command.make("query", Flags.query, (options) =>
  imported(
    () => import("./command/Query.ts"),
    ({ query }) => query(options)
  )
).pipe(
  Command.withDescription("Query the assets: each is a view under its key"),
  Command.withExamples([
    { command: `strata query 'SELECT * FROM "postings/daily" LIMIT 10'`, description: "The key is a quoted name" },
    { command: "strata query 'FROM postings.daily'", description: "A key of two words is also a schema and a table" },
    { command: `strata query 'FROM "postings/parsed/quarantine"'`, description: "Rows that could not be used" },
    {
      command: `strata query 'FROM "postings/parsed@t5zk2q-7f3a"'`,
      description: "What a run made, also what its checks refused"
    }
  ])
)

const exported = Command.make("export", Flags.exported, (options) =>
  imported(
    () => import("./command/Export.ts"),
    ({ exported }) => exported(options)
  )
).pipe(
  Command.withDescription("Write the rows of an asset as CSV, JSON lines or Parquet"),
  Command.withExamples([
    { command: "strata export postings/daily -p 2025Q2 --out daily.csv", description: "A quarter as one file" },
    { command: "strata export postings/enriched --format jsonl", description: "JSON lines to stdout" },
    { command: "strata export postings/daily --by state --out states", description: "A file for each state" }
  ])
)

const graph = Command.make("graph", Flags.graph, (options) =>
  imported(
    () => import("./command/Graph.ts"),
    ({ graph }) => graph(options)
  )
).pipe(
  Command.withDescription("Draw the assets and what they are made from"),
  Command.withExamples([
    { command: "strata graph '+postings/daily'", description: "One, and everything that it is made from" },
    { command: "strata graph --format svg > graph.svg", description: "As a picture" }
  ])
)

const validate = Command.make("validate", Flags.validate, (options) =>
  imported(
    () => import("./command/Validate.ts"),
    ({ validate }) => validate(options)
  )
).pipe(Command.withDescription("Check the definitions without running anything"))

export const all = [
  list,
  show,
  why,
  plan,
  materialize,
  retry,
  runs,
  run,
  checks,
  query,
  exported,
  graph,
  validate
] as const

/** A command that a project adds, with all that it asks for but what every command has. */
export type OfProject = Command.Command<string, never, {}, unknown, Screen | FileSystem | ChildProcessSpawner>

/** The whole command line, with what a project adds to it. */
export const root = (ofProject: ReadonlyArray<OfProject>) =>
  Command.make("strata").pipe(
    Command.withDescription("Typed data assets: declare them, and they are materialized"),
    Command.withSubcommands(
      ofProject.length === 0 ? all : [...all, { group: "Commands of this project", commands: ofProject }]
    )
  )
