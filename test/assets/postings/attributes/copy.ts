/** A project of its own with the postings' assets up to their attributes, whose modules can be changed. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Strata from "../../../cli/strata.ts"
import * as TemporaryProject from "../../../suites/temporaryProject.ts"

const repository = join(import.meta.dirname, "../../../..")

const modules = [
  "Days FileId Occupation Parsed Place County Posting Raw Source States Title",
  "reference/Cities reference/Geography reference/Occupations reference/Onet reference/ReferenceFile reference/Skills reference/Source",
  "attributes/Acronym attributes/Cbsa attributes/NameMatcher attributes/PostingSkills",
  "attributes/SkillsAcronym attributes/SkillsOnet attributes/SocCode attributes/TitleClean",
  "inspection/InspectCommand inspection/Inspection inspection/InspectionText inspection/RawLine"
].flatMap((names) => names.split(" "))

/** A module as it is, with what lies outside of the copy in its place. */
const copied = (name: string): string => {
  const folder = join(repository, "assets/postings", name, "..")
  return readFileSync(join(repository, `assets/postings/${name}.ts`), "utf8").replace(
    /"((?:\.\.\/)+(?:runtime|resources)\/[^"]+)"/g,
    (_, path: string) => JSON.stringify(pathToFileURL(join(folder, path)).href)
  )
}

const config = `import { Definitions } from "{strata}"
import { DuckDB } from "${pathToFileURL(join(repository, "resources/DuckDB.ts")).href}"
import { Cbsa } from "./attributes/Cbsa.ts"
import { SkillsAcronym } from "./attributes/SkillsAcronym.ts"
import { SkillsOnet } from "./attributes/SkillsOnet.ts"
import { SocCode } from "./attributes/SocCode.ts"
import { TitleClean } from "./attributes/TitleClean.ts"
import { command } from "./inspection/InspectCommand.ts"
import { Enriched } from "./Enriched.ts"
import { Parsed } from "./Parsed.ts"
import { Raw } from "./Raw.ts"
import { Cities } from "./reference/Cities.ts"
import { Geography } from "./reference/Geography.ts"
import { Occupations } from "./reference/Occupations.ts"
import { Onet } from "./reference/Onet.ts"
import { Skills } from "./reference/Skills.ts"
export default Definitions.make({
  assets: [Raw, Parsed, Enriched, Onet, Geography, Skills, Occupations, Cities, TitleClean, SkillsOnet, SkillsAcronym, SocCode, Cbsa],
  commands: [command]
}).pipe(Definitions.provide(DuckDB.layer))
`

/** Stands for the asset that asks a model. */
const enriched = `import { Asset, BackfillPolicy, sql, Table } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { daily } from "./Days.ts"
import { Parsed } from "./Parsed.ts"
export const Enriched = Asset.make("postings/enriched", {
  partitions: daily,
  backfillPolicy: BackfillPolicy.singleRun,
  deps: { postings: Parsed },
  output: Table.of(Schema.Struct({ row_id: Schema.String, seniority: Schema.Int })),
  materialize: ({ postings }) => Effect.succeed(sql\`SELECT partition_key, row_id, 5 AS seniority FROM \${postings}\`)
})
`

export const make = Effect.gen(function* () {
  const project = yield* TemporaryProject.make({
    "strata.config.ts": config,
    "Enriched.ts": enriched,
    ...Object.fromEntries(modules.map((name) => [`${name}.ts`, copied(name)]))
  })
  const { root } = project
  const env = {
    STRATA_HOME: join(root, "home"),
    STRATA_POSTINGS_SOURCE: join(root, "landed"),
    STRATA_REFERENCE: join(root, "reference")
  }
  return {
    ...project,
    append: (name: string, code: string) =>
      project.write(`${name}.ts`, `${readFileSync(join(root, `${name}.ts`), "utf8")}\n${code}\n`),
    strata: (...args: ReadonlyArray<string>) => Strata.run(args, { cwd: root, env })
  }
})
