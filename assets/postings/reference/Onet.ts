/** The files of O*NET that occupations and skills are read from. */
import { Asset, Files } from "../../../runtime/index.ts"
import * as Source from "./Source.ts"

export const Onet = Asset.external("postings/reference/onet", {
  description: "Files of the O*NET database: occupations, alternate titles, skills and technologies",
  kinds: ["tsv"],
  output: Files.files,
  observe: Source.observe(
    "onet",
    /^(?:occupation[ _]data|alternate[ _]titles|technology[ _]skills|skills)\.(?:txt|tsv)(?:\.gz)?$/i
  )
})
