/**
 * Stores tables as Parquet through DuckDB, values as JSON, files as they are, and
 * of sinks their reports.
 *
 * It writes only into the folder it is given; durability and what is visible are
 * decided by those who give it.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import {
  IOManager,
  IOManagerError,
  type PartitionContent,
  type ReadRequest,
  type WriteRequest,
  type Written
} from "../runtime/definition/IOManager.ts"
import type { Sql } from "../runtime/definition/Sql.ts"
import { DuckDB } from "./DuckDB.ts"
import * as Failure from "./objects/Failure.ts"
import * as FileSet from "./objects/FileSet.ts"
import * as QuarantineFile from "./objects/QuarantineFile.ts"
import * as SinkReport from "./objects/SinkReport.ts"
import * as TableReader from "./objects/TableReader.ts"
import * as TableWriter from "./objects/TableWriter.ts"
import * as ValuesFile from "./objects/ValuesFile.ts"

/** Reads and writes with the engine of the context. */
export const layer: Layer.Layer<IOManager, never, DuckDB> = Layer.effect(
  IOManager,
  Effect.gen(function* () {
    const context = yield* Effect.context<DuckDB | FileSystem.FileSystem>()
    const provided = Effect.provideContext(context)
    return IOManager.of({
      write: (request) => provided(write(request)),
      read: (request) => provided(read(request)),
      relation: (request) => provided(relation(request)),
      quarantine: (request) => Effect.sync(() => QuarantineFile.relation(request)),
      query: (asset, query) => provided(queryRows(asset, query))
    })
  })
).pipe(Layer.provide(NodeFileSystem.layer))

interface Output {
  readonly files: ReadonlyArray<string>
  readonly columns: Written["columns"]
  readonly engine: string
  readonly contents: ReadonlyArray<PartitionContent>
}

const write = Effect.fn("ParquetIOManager.write")(function* (request: WriteRequest) {
  const output = yield* writeOutput(request)
  const quarantined = yield* QuarantineFile.write(request)
  const files = quarantined === 0 ? output.files : [...output.files, QuarantineFile.name]
  const written: Written = {
    ...output,
    files,
    rows: output.contents.reduce((sum, { rows }) => sum + rows, 0),
    quarantined,
    bytes: yield* sizeOf(request, files),
    metadata: {}
  }
  return written
})

const writeOutput = Effect.fnUntraced(function* (request: WriteRequest) {
  const { output } = request
  switch (output._tag) {
    case "Table":
      return {
        ...(yield* TableWriter.write(request, output)),
        engine: (yield* DuckDB).version
      } satisfies Output as Output
    case "Value":
      return { ...(yield* ValuesFile.write(request, output)), ...hashedHere } satisfies Output as Output
    case "Files":
      return { ...(yield* FileSet.write(request)), ...hashedHere } satisfies Output as Output
    case "Sink":
      return { ...(yield* SinkReport.write(request)), ...hashedHere } satisfies Output as Output
  }
})

/** What is not a table has no columns, and hashes that no engine changes. */
const hashedHere = { columns: [], engine: "sha256" }

const sizeOf = Effect.fnUntraced(function* (request: WriteRequest, files: ReadonlyArray<string>) {
  const fileSystem = yield* FileSystem.FileSystem
  const sizes = yield* Effect.forEach(files, (file) =>
    Effect.map(fileSystem.stat(`${request.directory}/${file}`), ({ size }) => Number(size))
  ).pipe(Effect.mapError(Failure.writing(request)))
  return sizes.reduce((sum, size) => sum + size, 0)
})

const read = Effect.fnUntraced(function* (request: ReadRequest) {
  const { output } = request
  switch (output._tag) {
    case "Table":
      return (yield* TableReader.read(request, output)) as unknown
    case "Value":
      return yield* ValuesFile.read(request, output)
    case "Files":
      return yield* FileSet.read(request)
    case "Sink":
      return yield* SinkReport.read(request)
  }
})

const queryRows = (asset: AssetKey, query: Sql) =>
  Effect.mapError(
    DuckDB.use((db) => db.query(query)),
    (cause) => new IOManagerError({ asset, operation: "read", cause })
  )

const relation = Effect.fnUntraced(function* (request: ReadRequest) {
  const { output } = request
  switch (output._tag) {
    case "Table":
      return yield* Effect.mapError(Effect.fromResult(TableReader.relation(request, output)), Failure.reading(request))
    case "Value":
      return yield* ValuesFile.relation(request)
    case "Files":
      return yield* FileSet.relation(request)
    case "Sink":
      return yield* SinkReport.relation(request)
  }
})
