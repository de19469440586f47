/**
 * The flags and arguments of every command, and what they say of themselves.
 */
import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Schema from "effect/Schema"
import * as ExportFormat from "./ExportFormat.ts"

const definitions = Flag.String("definitions").pipe(
  Flag.withAlias("d"),
  Flag.withMetavar("file"),
  Flag.withDescription("The definitions; without it strata.config.ts here or in a folder above"),
  Flag.optional
)

const json = Flag.Boolean("json").pipe(Flag.withDescription("Print JSON"), Flag.withDefault(false))

const partitions = Flag.String("partitions").pipe(
  Flag.withAlias("p"),
  Flag.withMetavar("partitions"),
  Flag.withDescription(
    "Only these, such as 2025-06-01...2025-06-30, 2025-06, 2025Q2, latest, missing, failed or stale"
  ),
  Flag.optional
)

const force = Flag.Boolean("force").pipe(
  Flag.withAlias("f"),
  Flag.withDescription("Also what is up to date"),
  Flag.withDefault(false)
)

const config = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withMetavar("asset.name=value"),
  Flag.withDescription("A parameter of an asset; may be given several times"),
  Flag.atLeast(0)
)

const jobs = Flag.Int("jobs").pipe(
  Flag.withAlias("j"),
  Flag.withMetavar("count"),
  Flag.withDescription("How many steps may run at once; without it one for each core"),
  Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 }))),
  Flag.optional
)

const metrics = Flag.String("metrics").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("Write what was counted into this file when the run has ended, for Prometheus"),
  Flag.optional
)

const limit = Flag.Int("limit").pipe(
  Flag.withAlias("n"),
  Flag.withMetavar("count"),
  Flag.withDescription("How many runs, newest first"),
  Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))),
  Flag.withDefault(20)
)

const selection = Argument.String("selection").pipe(
  Argument.withDescription("Assets, such as postings/daily, +postings/daily or group:postings; without it all"),
  Argument.variadic()
)

export const list = { selection, definitions, json }
export const show = {
  asset: Argument.String("asset").pipe(Argument.withDescription("The key of the asset")),
  definitions,
  json
}
export const why = {
  partition: Argument.String("partition").pipe(
    Argument.withDescription("A partition such as 'postings/daily[2025-06-01]', or an asset without partitions")
  ),
  definitions,
  json
}
export const plan = { selection, partitions, config, force, definitions, json }
export const materialize = { ...plan, jobs, metrics }
export const retry = {
  run: Argument.String("run").pipe(
    Argument.withDescription("The id of a run, its beginning, or latest; without it the newest that did not succeed"),
    Argument.optional
  ),
  config,
  definitions,
  json,
  jobs,
  metrics
}
export const runs = { limit, definitions, json }
export const run = {
  run: Argument.String("run").pipe(
    Argument.withDescription("The id of a run, its beginning, or latest, which it is without one"),
    Argument.withDefault("latest")
  ),
  step: Argument.String("step").pipe(
    Argument.withDescription("With --logs, only this step: its number, an asset, or a partition of one"),
    Argument.optional
  ),
  logs: Flag.Boolean("logs").pipe(Flag.withDescription("What its steps logged"), Flag.withDefault(false)),
  follow: Flag.Boolean("follow").pipe(
    Flag.withAlias("F"),
    Flag.withDescription("Its steps and what they log as they go on, until it has ended"),
    Flag.withDefault(false)
  ),
  definitions,
  json
}
export const checks = {
  selection,
  history: Flag.Boolean("history").pipe(
    Flag.withDescription("Their results over time, newest first"),
    Flag.withDefault(false)
  ),
  limit: limit.pipe(Flag.withDescription("With --history, how many results")),
  definitions,
  json
}
export const checksRun = { selection, partitions, definitions, json }
export const query = {
  sql: Argument.String("sql").pipe(Argument.withDescription("A query in DuckDB's SQL")),
  definitions,
  json
}
/** `export` is a word of the language. */
export const exported = {
  asset: show.asset,
  partitions,
  format: Flag.Literals("format", ExportFormat.formats).pipe(
    Flag.withMetavar(ExportFormat.formats.join("|")),
    Flag.withDescription("Of the files; without it what the name after --out says, or csv"),
    Flag.optional
  ),
  out: Flag.String("out").pipe(
    Flag.withAlias("o"),
    Flag.withMetavar("path"),
    Flag.withDescription("The file, or with --by the folder, to write; without it stdout"),
    Flag.optional
  ),
  by: Flag.String("by").pipe(
    Flag.withMetavar("column"),
    Flag.withDescription("A file for each value of this column, named by the value"),
    Flag.optional
  ),
  columns: Flag.String("columns").pipe(
    Flag.withMetavar("names"),
    Flag.withDescription("Only these, in this order, with commas between"),
    Flag.optional
  ),
  keepFormulas: Flag.Boolean("keep-formulas").pipe(
    Flag.withDescription("In CSV, leave texts as they are that a spreadsheet would run"),
    Flag.withDefault(false)
  ),
  force: Flag.Boolean("force").pipe(
    Flag.withAlias("f"),
    Flag.withDescription("Write into a folder that is not empty"),
    Flag.withDefault(false)
  ),
  definitions,
  json
}
export const graph = {
  selection,
  format: Flag.Literals("format", ["text", "mermaid", "svg"]).pipe(
    Flag.withMetavar("text|mermaid|svg"),
    Flag.withDescription("A tree, a Mermaid diagram, or a picture"),
    Flag.withDefault("text" as const)
  ),
  definitions,
  json
}
export const validate = { definitions, json }

/** What a command gets of its flags and arguments. */
export type Options<Flags extends Command.Command.Config> = Command.Command.Config.Infer<Flags>
