/** Titles of occupations with their SOC codes: O*NET's own, and others that people use. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DistinctRows from "../../../resources/DistinctRows.ts"
import { Asset, sql, Table } from "../../../runtime/index.ts"
import * as Title from "../Title.ts"
import { Onet } from "./Onet.ts"
import * as ReferenceFile from "./ReferenceFile.ts"

const Occupation = Schema.Struct({
  title_clean: Schema.String,
  /** Of the occupation whose own title it is, or else the lowest of those that it is an alternate title of. */
  soc_code: Schema.String,
  kind: Schema.Literals(["primary", "alternate"]),
  /** Occupations that have the title, as their own or as an alternate. */
  candidates: Schema.Int
})

export const Occupations = Asset.make("postings/reference/occupations", {
  description: "Clean titles of O*NET occupations and their alternate titles, each with one SOC code",
  kinds: ["duckdb"],
  deps: { onet: Onet },
  output: Table.of(Occupation),
  materialize: Effect.fn("postings/reference/occupations")(function* ({ onet }) {
    const { files } = onet
    const primary = yield* ReferenceFile.read({
      files,
      name: "occupation data",
      row: PrimaryRow,
      dialect: ReferenceFile.tsv
    })
    const alternate = yield* ReferenceFile.read({
      files,
      name: "alternate titles",
      row: AlternateRow,
      dialect: ReferenceFile.tsv
    })
    const titles = sql`(
      SELECT "Title" AS title, "O*NET-SOC Code" AS soc_code, 'primary' AS kind FROM ${primary}
      UNION ALL
      SELECT "Alternate Title", "O*NET-SOC Code", 'alternate' FROM ${alternate}
    )`
    const clean = yield* DistinctRows.map(
      { sql: titles },
      {
        columns: ["title"],
        into: "title_clean",
        type: "VARCHAR",
        apply: (rows) => Effect.sync(() => rows.map(({ title }) => Title.clean(title)))
      }
    )
    return sql`
      SELECT
        title_clean,
        coalesce(min(soc_code) FILTER (kind = 'primary'), min(soc_code)) AS soc_code,
        max(kind) AS kind,
        count(DISTINCT soc_code) AS candidates
      FROM ${titles} JOIN ${clean} USING (title)
      WHERE title_clean <> ''
      GROUP BY title_clean`
  })
})

const PrimaryRow = Schema.Struct({ "O*NET-SOC Code": Schema.String, Title: Schema.String })

const AlternateRow = Schema.Struct({ "O*NET-SOC Code": Schema.String, "Alternate Title": Schema.String })
