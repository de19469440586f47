/**
 * Files of a step: each copied to `<ordinal>/<name>` of the object's folder, and
 * a list of them, `files.json`, with sizes and hashes.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { File, Files, Made } from "../../runtime/definition/Files.ts"
import type {
  InvalidOutput,
  PartitionContent,
  Piece,
  ReadRequest,
  WriteRequest
} from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as Failure from "./Failure.ts"
import * as Literals from "./Literals.ts"
import * as PartitionColumn from "./PartitionColumn.ts"

const name = "files.json"

const Entry = Schema.Struct({ ordinal: Schema.Int, name: Schema.String, size: Schema.Int, sha256: Schema.String })
type Entry = typeof Entry.Type
const Entries = Schema.fromJsonString(Schema.Array(Entry))

const MadeFiles = Schema.Array(
  Schema.Struct({ path: Schema.String, name: Schema.String, partitionKey: Schema.optionalKey(Schema.String) })
)

export const write = Effect.fn("FileSet.write")(function* (request: WriteRequest) {
  const fileSystem = yield* FileSystem.FileSystem
  const failed = Effect.mapError(Failure.writing(request))
  const made = yield* placed(request)
  yield* failed(
    Effect.forEach([...new Set(made.map(({ ordinal }) => ordinal))], (ordinal) =>
      fileSystem.makeDirectory(`${request.directory}/${ordinal}`)
    )
  )
  const entries = yield* failed(Effect.forEach(made, (file) => copy(request.directory, file), { concurrency: 4 }))
  const text = yield* Effect.orDie(Schema.encodeEffect(Entries)(entries))
  yield* failed(fileSystem.writeFileString(`${request.directory}/${name}`, text))
  return { files: [name, ...entries.map(storedName)], contents: contents(request, entries) }
})

/** The files of these pieces, or those that landed, sorted by partition and name. */
export const read = Effect.fn("FileSet.read")(function* (request: ReadRequest) {
  const stored = yield* Effect.forEach(request.pieces, (piece) => readPiece(request, piece), { concurrency: 8 }).pipe(
    Effect.mapError(Failure.reading(request))
  )
  return { files: [...request.landed, ...stored.flat()].sort(compare) } satisfies Files as Files
})

/** The list of the files. */
export const relation = Effect.fn("FileSet.relation")(function* (request: ReadRequest) {
  const { files } = yield* read(request)
  const key = request.partitioned ? [{ name: PartitionColumn.name, type: "VARCHAR" }] : []
  const columns = [
    ...key,
    { name: "name", type: "VARCHAR" },
    { name: "path", type: "VARCHAR" },
    { name: "size", type: "BIGINT" },
    { name: "sha256", type: "VARCHAR" }
  ]
  const rows = files.map((file) => [
    ...(request.partitioned ? [Sql.text(file.partition.key)] : []),
    Sql.text(file.name),
    Sql.text(file.path),
    Sql.literal(String(file.size)),
    Sql.text(file.sha256)
  ])
  return Literals.relation(columns, rows)
})

interface Placed extends Made {
  readonly ordinal: number
}

const storedName = ({ name, ordinal }: { readonly ordinal: number; readonly name: string }) => `${ordinal}/${name}`

/** What the body made, each with the partition it belongs to, sorted; two names of one partition are different. */
const placed = Effect.fnUntraced(function* (request: WriteRequest) {
  const made = yield* Schema.decodeUnknownEffect(MadeFiles)(request.body).pipe(
    Effect.mapError(() => Failure.invalid(request, "files are a list of { path, name }"))
  )
  const ordinals = new Map(Array.from(PartitionSet.ordinals(request.partitions), (n) => [request.keyOf(n), n]))
  const only = PartitionColumn.isOne(request.partitions) ? PartitionSet.first(request.partitions) : undefined
  const files = yield* Effect.forEach(made, (file) => place(request, file, ordinals, only))
  const seen = new Set<string>()
  const twice = files.find((file) => seen.size === seen.add(storedName(file).toLowerCase().normalize()).size)
  if (twice !== undefined) {
    return yield* Failure.invalid(request, `two files are named "${twice.name}": give each its own name`)
  }
  return files.sort((a, b) => a.ordinal - b.ordinal || (a.name < b.name ? -1 : 1))
})

const place = (
  request: WriteRequest,
  file: Made,
  ordinals: ReadonlyMap<string, number>,
  only: number | undefined
): Effect.Effect<Placed, InvalidOutput> => {
  const key = file.partitionKey
  const ordinal = key === undefined ? only : ordinals.get(key)
  const fail = (reason: string) => Effect.fail(Failure.invalid(request, reason))
  if (!isSafe(file.name)) {
    return fail(`"${file.name}" cannot name a file: a name is 1 to 200 bytes without / and \\, and not . or ..`)
  }
  if (ordinal !== undefined) return Effect.succeed({ ...file, ordinal })
  return fail(
    key === undefined
      ? `the file "${file.name}" has no partitionKey: a step of several partitions has to say it`
      : `the file "${file.name}" has the partitionKey "${key}", which is not a partition of the step`
  )
}

/** Control characters are refused too: such a name cannot be shown or typed. */
const isSafe = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  !/[\\/\u0000-\u001f\u007f]/.test(name) &&
  name !== "." &&
  name !== ".." &&
  name !== "" &&
  Buffer.byteLength(name) <= 200

/** Copies and hashes in one pass, so that what is hashed is what is stored. */
const copy = Effect.fnUntraced(function* (directory: string, file: Placed) {
  const fileSystem = yield* FileSystem.FileSystem
  const hash = createHash("sha256")
  let size = 0
  yield* fileSystem.stream(file.path).pipe(
    Stream.tap((bytes) =>
      Effect.sync(() => {
        hash.update(bytes)
        size += bytes.byteLength
      })
    ),
    Stream.run(fileSystem.sink(`${directory}/${storedName(file)}`))
  )
  return { ordinal: file.ordinal, name: file.name, size, sha256: hash.digest("hex") } satisfies Entry as Entry
})

const contents = ({ partitions }: WriteRequest, entries: ReadonlyArray<Entry>): ReadonlyArray<PartitionContent> => {
  const byOrdinal = Map.groupBy(entries, ({ ordinal }) => ordinal)
  return Array.from(PartitionSet.ordinals(partitions), (ordinal) => {
    const files = byOrdinal.get(ordinal) ?? []
    const texts = files.flatMap(({ name, sha256 }) => [name, sha256])
    return { ordinal, rows: files.length, hash: Version.seed("files", ...texts) }
  })
}

const readPiece = Effect.fnUntraced(function* (request: ReadRequest, { directory, wanted }: Piece) {
  const fileSystem = yield* FileSystem.FileSystem
  const entries = yield* Effect.flatMap(fileSystem.readFileString(`${directory}/${name}`), Schema.decodeEffect(Entries))
  return entries.flatMap((entry): ReadonlyArray<File> => {
    if (!PartitionSet.has(wanted, entry.ordinal)) return []
    const { name, ordinal, sha256, size } = entry
    const partition = { key: request.keyOf(ordinal), ordinal }
    return [{ path: `${directory}/${storedName(entry)}`, name, size, sha256, partition }]
  })
})

const compare = (a: File, b: File): number =>
  a.partition.ordinal - b.partition.ordinal || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
