/** Names of skills and technologies that O*NET knows. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, sql, Table } from "../../../runtime/index.ts"
import { Onet } from "./Onet.ts"
import * as ReferenceFile from "./ReferenceFile.ts"

const Skill = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["skill", "technology"]),
  /** What sort of technology it is; the first in the alphabet where O*NET names several. */
  commodity: Schema.NullOr(Schema.String)
})

export const Skills = Asset.make("postings/reference/skills", {
  description: "Names of O*NET skills and technologies, each once; a name that is both is a skill",
  kinds: ["duckdb"],
  deps: { onet: Onet },
  output: Table.of(Skill),
  materialize: Effect.fn("postings/reference/skills")(function* ({ onet }) {
    const { files } = onet
    const skills = yield* ReferenceFile.read({ files, name: "skills", row: SkillRow, dialect: ReferenceFile.tsv })
    const technologies = yield* ReferenceFile.read({
      files,
      name: "technology skills",
      row: TechnologyRow,
      dialect: ReferenceFile.tsv
    })
    return sql`
      SELECT name, min(kind) AS kind, CASE min(kind) WHEN 'technology' THEN min(commodity) END AS commodity
      FROM (
        SELECT trim("Element Name") AS name, 'skill' AS kind, NULL AS commodity FROM ${skills}
        UNION ALL
        SELECT trim("Example"), 'technology', "Commodity Title" FROM ${technologies}
      )
      WHERE name <> ''
      GROUP BY name`
  })
})

const SkillRow = Schema.Struct({ "Element Name": Schema.String })

const TechnologyRow = Schema.Struct({ Example: Schema.String, "Commodity Title": Schema.NullOr(Schema.String) })
