/** The formats of exported files, by the endings of their names. Little is imported here, because the flags name them. */
import type { FileFormat } from "../resources/DuckDB.ts"

export const formats = ["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet"] as const satisfies ReadonlyArray<FileFormat>

/** What a file of this name holds; `undefined` where its ending says nothing. */
export const ofName = (path: string): FileFormat | undefined =>
  formats.find((format) => path.toLowerCase().endsWith(`.${format}`))
