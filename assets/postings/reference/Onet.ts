/** The files of O*NET that occupations and skills are read from. */
import * as Effect from "effect/Effect"
import * as LandedFiles from "../../../resources/LandedFiles.ts"
import { Asset, Files } from "../../../runtime/index.ts"
import * as Source from "./Source.ts"

export const Onet = Asset.external("postings/reference/onet", {
  description: "Files of the O*NET database: occupations, alternate titles, skills and technologies",
  kinds: ["tsv"],
  output: Files.files,
  observe: Effect.gen(function* () {
    const files = yield* LandedFiles.list({ folder: yield* Source.onet, match: fileName })
    return files.length === 0 ? [] : [{ partitionKey: "" as const, files }]
  })
})

const fileName = /^(?:occupation[ _]data|alternate[ _]titles|technology[ _]skills|skills)\.(?:txt|tsv)(?:\.gz)?$/i
