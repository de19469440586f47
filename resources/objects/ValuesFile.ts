/**
 * The values of a step in one JSON file, `values.json`: pairs of an ordinal and
 * the encoded value, sorted by ordinal.
 *
 * A value that cannot be told from its text, such as a Date or a bigint, is
 * stored as the JSON codec of its schema says.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { isMap, isObject } from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { InvalidOutput, Piece, ReadRequest, WriteRequest } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import type { ValueSpec } from "../../runtime/definition/Value.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as Failure from "./Failure.ts"
import * as Literals from "./Literals.ts"
import * as PartitionColumn from "./PartitionColumn.ts"

const name = "values.json"
const Entries = Schema.fromJsonString(Schema.Array(Schema.Tuple([Schema.Int, Schema.Json])))

export const write = Effect.fn("ValuesFile.write")(function* (request: WriteRequest, spec: ValueSpec) {
  const fileSystem = yield* FileSystem.FileSystem
  const values = yield* encode(request, spec)
  const entries = values.map(([ordinal, text]) => `[${ordinal},${text}]`)
  const written = fileSystem.writeFileString(`${request.directory}/${name}`, `[${entries.join(",\n")}]\n`)
  yield* Effect.mapError(written, Failure.writing(request))
  return {
    files: [name],
    contents: values.map(([ordinal, text]) => ({ ordinal, rows: 1, hash: Version.seed("value", text) }))
  }
})

/** The values by partition key, in the order of the ordinals; for an asset without partitions, the value itself. */
export const read = Effect.fn("ValuesFile.read")(function* (request: ReadRequest, spec: ValueSpec) {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(spec.schema))
  const entries = yield* readEntries(request)
  const values = yield* Effect.forEach(entries, ([ordinal, json]) =>
    Effect.map(decode(json), (value) => [request.keyOf(ordinal), value] as const)
  ).pipe(Effect.mapError(Failure.reading(request)))
  if (request.partitioned) return new Map(values)
  const [only] = values
  return only === undefined ? yield* Failure.reading(request)(new NotStored()) : only[1]
})

/** The values as text in JSON. */
export const relation = Effect.fn("ValuesFile.relation")(function* (request: ReadRequest) {
  const entries = yield* readEntries(request)
  const key = request.partitioned ? [{ name: PartitionColumn.name, type: "VARCHAR" }] : []
  const rows = entries.map(([ordinal, json]) => [
    ...(request.partitioned ? [Sql.text(request.keyOf(ordinal))] : []),
    Sql.text(canonical(json))
  ])
  return Literals.relation([...key, { name: "value", type: "JSON" }], rows)
})

/** An asset without partitions is read before it was made. */
export class NotStored extends Schema.TaggedError<NotStored>()("NotStored", {}) {
  override get message() {
    return "it was not materialized yet"
  }
}

type Entry = readonly [ordinal: number, json: Schema.Json]

const readEntries = Effect.fnUntraced(
  function* (request: ReadRequest) {
    const entries = yield* Effect.forEach(request.pieces, readPiece, { concurrency: 8 })
    return entries.flat().sort(([a], [b]) => a - b)
  },
  (effect, request) => Effect.mapError(effect, Failure.reading(request))
)

const readPiece = Effect.fnUntraced(function* ({ directory, wanted }: Piece) {
  const fileSystem = yield* FileSystem.FileSystem
  const text = yield* fileSystem.readFileString(`${directory}/${name}`)
  const entries: ReadonlyArray<Entry> = yield* Schema.decodeEffect(Entries)(text)
  return entries.filter(([ordinal]) => PartitionSet.has(wanted, ordinal))
})

/** Ordinals and canonical JSON of what the body returned, sorted. */
const encode = Effect.fnUntraced(function* (request: WriteRequest, { schema }: ValueSpec) {
  const encodeValue = (value: unknown) =>
    Effect.mapBoth(Schema.encodeUnknownEffect(Schema.toCodecJson(schema))(value), {
      onFailure: (error) => Failure.invalid(request, error.message),
      onSuccess: canonical
    })
  const ordinals = [...PartitionSet.ordinals(request.partitions)]
  const encodeMap = Effect.forEach(ordinals, (ordinal) =>
    Effect.flatMap(valueOf(request, ordinal, ordinals.length), (value) =>
      Effect.map(encodeValue(value), (text) => [ordinal, text] as const)
    )
  )
  if (ordinals.length > 1) return yield* encodeMap
  const itself = Effect.map(encodeValue(request.body), (text) => [[ordinals[0]!, text] as const])
  return yield* isMap(request.body) && request.partitioned ? Effect.catch(itself, () => encodeMap) : itself
})

/** The value of a partition in the map that a step over several returns. */
const valueOf = (request: WriteRequest, ordinal: number, size: number): Effect.Effect<unknown, InvalidOutput> => {
  const { body } = request
  const key = request.keyOf(ordinal)
  if (!isMap(body)) {
    return Effect.fail(
      Failure.invalid(request, `a step of ${size} partitions returns a Map of values by partition key`)
    )
  }
  if (!body.has(key)) return Effect.fail(Failure.invalid(request, `its Map has no value for the partition "${key}"`))
  if (body.size > size) {
    return Effect.fail(
      Failure.invalid(
        request,
        `its Map has ${body.size} values for the ${size} partitions of the step: leave others out`
      )
    )
  }
  return Effect.succeed(body.get(key))
}

/** The same text for the same JSON, whatever the order of its keys. */
const canonical = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
  )
