/** Files that have landed in a folder of the test, and what reading them gives. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import { DuckDB } from "../../../resources/DuckDB.ts"
import * as Delimited from "../../../resources/readers/Delimited.ts"
import * as JsonLines from "../../../resources/readers/JsonLines.ts"
import type { Landed } from "../../../resources/readers/LandedFile.ts"
import type { Limits } from "../../../resources/readers/Limits.ts"
import type { Reading } from "../../../resources/readers/Reading.ts"
import { sql } from "../../../runtime/definition/Sql.ts"
import { temporaryFolder } from "../../record/temporary.ts"

/** An engine whose home is a folder of the test. */
export const engine = Layer.unwrap(
  Effect.gen(function* () {
    const home = yield* FileSystem.FileSystem.use((fs) => fs.makeTempDirectoryScoped({ prefix: "strata-readers-" }))
    const provider = ConfigProvider.fromEnv({ env: { STRATA_HOME: home } })
    return DuckDB.layer.pipe(Layer.provide(ConfigProvider.layer(provider)))
  })
).pipe(Layer.provide(NodeFileSystem.layer))

export type Contents = Readonly<Record<string, string | Uint8Array>>

/** Writes files into a folder that goes with the scope; a name that ends with .gz does not compress. */
export const land = Effect.fnUntraced(function* (contents: Contents) {
  const folder = yield* temporaryFolder
  mkdirSync(folder, { recursive: true })
  return Object.entries(contents).map(([name, content]): Landed => {
    writeFileSync(join(folder, name), content)
    return { name, path: join(folder, name) }
  })
})

export const gzip = (content: string | Uint8Array): Buffer => gzipSync(content)

export interface Outcome {
  readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly quarantine: ReadonlyArray<Quarantined>
  readonly counts: Reading["counts"]
  readonly refused: Reading["refused"]
}

export interface Quarantined {
  readonly file: string
  readonly line: number
  readonly byte_offset: number
  readonly reason: string
  readonly raw: string
}

/** Everything of a reading, sorted by file and line. */
export const outcome = Effect.fnUntraced(function* (reading: Reading) {
  const db = yield* DuckDB
  const rows = yield* db.query(sql`SELECT * FROM ${reading.rows} ORDER BY file, line`)
  const quarantine = yield* db.query(sql`SELECT * FROM ${reading.quarantine} ORDER BY file, line`)
  return {
    rows,
    quarantine: quarantine.map((row) => ({
      file: String(row.file),
      line: Number(row.line),
      byte_offset: Number(row.byte_offset),
      reason: String(row.reason),
      raw: String(row.raw)
    })),
    counts: reading.counts,
    refused: reading.refused
  } satisfies Outcome
})

type Row = Schema.Struct<Schema.Struct.Fields>

export const readJson = Effect.fnUntraced(function* (contents: Contents, row: Row, limits: Partial<Limits> = {}) {
  const files = yield* land(contents)
  return yield* outcome(yield* JsonLines.read({ files, row, onRefused: "skip", limits }))
}, Effect.scoped)

/** The lines as one file, each as it is, joined by line feeds. */
export const readJsonLines = (lines: ReadonlyArray<string | Uint8Array>, row: Row, limits: Partial<Limits> = {}) =>
  readJson({ "a.jsonl": joined(lines) }, row, limits)

export const readDelimited = Effect.fnUntraced(function* (
  contents: Contents,
  row: Row,
  dialect: Delimited.Dialect,
  columns?: ReadonlyArray<string>
) {
  const files = yield* land(contents)
  const options = { files, row, dialect, onRefused: "skip" as const }
  return yield* outcome(yield* Delimited.read(columns === undefined ? options : { ...options, columns }))
}, Effect.scoped)

export const joined = (lines: ReadonlyArray<string | Uint8Array>): Buffer =>
  Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]))
