/**
 * What the body of a sink reported, in `report.json`: the data is elsewhere.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import type { ReadRequest, WriteRequest } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import type { Sink } from "../../runtime/definition/Sink.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as Failure from "./Failure.ts"
import * as Literals from "./Literals.ts"

const name = "report.json"
const Report = Schema.Struct({ written: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) })
const ReportFile = Schema.fromJsonString(Report)

/** Keeps the report; its content hashes are zero, as a sink's data version is its provenance. */
export const write = Effect.fn("SinkReport.write")(function* (request: WriteRequest) {
  const fileSystem = yield* FileSystem.FileSystem
  const report = yield* Schema.decodeUnknownEffect(Report)(request.body).pipe(
    Effect.mapError(() => Failure.invalid(request, "a sink reports { written }, a count of records"))
  )
  const text = yield* Effect.orDie(Schema.encodeEffect(ReportFile)(report))
  yield* Effect.mapError(fileSystem.writeFileString(`${request.directory}/${name}`, text), Failure.writing(request))
  const contents = Array.from(PartitionSet.ordinals(request.partitions), (ordinal, index) => ({
    ordinal,
    rows: index === 0 ? report.written : 0,
    hash: Version.zero
  }))
  return { files: [name], contents }
})

/** What was written by the steps of these pieces, each counted whole. */
export const read = Effect.fn("SinkReport.read")(function* (request: ReadRequest) {
  const fileSystem = yield* FileSystem.FileSystem
  const counts = yield* Effect.forEach(request.pieces, ({ directory }) =>
    Effect.flatMap(fileSystem.readFileString(`${directory}/${name}`), Schema.decodeEffect(ReportFile))
  ).pipe(Effect.mapError(Failure.reading(request)))
  return { written: counts.reduce((sum, { written }) => sum + written, 0) } satisfies Sink as Sink
})

export const relation = Effect.fn("SinkReport.relation")(function* (request: ReadRequest) {
  const { written } = yield* read(request)
  return Literals.relation([{ name: "written", type: "BIGINT" }], [[Sql.literal(String(written))]])
})
