/**
 * Judged rows as Parquet: a block gives a row group, small ones are joined, and
 * a few of them are a file. Nothing is compressed and nothing guessed; the engine
 * reads what was judged good as it is, or fails.
 *
 * Of the format there is what is needed, plain pages and no statistics:
 * https://parquet.apache.org/docs/file-format.
 */
import * as Sql from "../../runtime/definition/Sql.ts"
import * as Footer from "../parquet/Footer.ts"
import { i32, i64, list, struct, type Thrift, text } from "../parquet/Thrift.ts"
import type { ColumnLayout, Leaf, Node, Physical } from "./ColumnLayout.ts"
import { room } from "./LineBlock.ts"

/** Values of a leaf, and levels as runs where it has any. */
export interface Chunk {
  /** Nulls and empty lists included. */
  readonly count: number
  readonly reps: Uint8Array
  readonly defs: Uint8Array
  readonly values: Uint8Array
}

export interface RowGroup {
  /** The pages of all leaves, one after another. */
  readonly text: Uint8Array
  readonly columns: ReadonlyArray<{ readonly count: number; readonly size: number }>
}

/** Its text is in the scratch buffer if that is large enough. */
export const rowGroup = (chunks: ReadonlyArray<Chunk>, scratch: Uint8Array): RowGroup => {
  const pages = chunks.map(({ count, defs, reps, values }) => {
    const parts = [...withSize(reps), ...withSize(defs), values]
    return [pageHeader(count, sizeOf(parts)), ...parts]
  })
  const columns = chunks.map(({ count }, index) => ({ count, size: sizeOf(pages[index]!) }))
  return { text: concatenated(pages.flat(), scratch), columns }
}

/** Several row groups as one, the pages of a column after one another. Its text is in the scratch buffer as above. */
export const joined = (groups: ReadonlyArray<FullGroup>, scratch: Uint8Array): FullGroup => {
  const places = groups.map(() => 0)
  const parts: Array<Uint8Array> = []
  const columns = groups[0]!.columns.map((_, index) => {
    let [count, size] = [0, 0]
    for (const [n, { columns, text }] of groups.entries()) {
      const column = columns[index]!
      parts.push(text.subarray(places[n]!, places[n]! + column.size))
      places[n]! += column.size
      count += column.count
      size += column.size
    }
    return { count, size }
  })
  return { text: concatenated(parts, scratch), columns, good: groups.reduce((sum, { good }) => sum + good, 0) }
}

/** With its rows counted. */
export interface FullGroup extends RowGroup {
  readonly good: number
}

/** How row groups become a file: what comes before them, and what after. */
export interface Frame {
  readonly head: Uint8Array
  readonly tail: (groups: ReadonlyArray<FramedGroup>) => Uint8Array
}

/** One that starts at this place of the file. */
export interface FramedGroup extends Pick<FullGroup, "good" | "columns"> {
  readonly offset: number
}

export const frame = ({ leaves, row }: ColumnLayout): Frame => {
  const ordinal = element(leaves[0]!.path[0]!, repetitions.required, { 1: i32(types.integer) })
  const schema = [
    group("row", repetitions.required, row.children.length + 1),
    ordinal,
    ...row.children.flatMap(elements)
  ]
  return {
    head: Footer.magic,
    tail: (groups) =>
      Footer.encode(
        struct({
          1: i32(1),
          2: list(schema),
          3: i64(groups.reduce((sum, { good }) => sum + good, 0)),
          4: list(groups.map((group) => rowGroupMetadata(leaves, group)))
        })
      )
  }
}

/** The ordinals and columns of these files, of which there is one at least; values that are kept as text are text. */
export const relation = (paths: ReadonlyArray<string>): Sql.Relation => ({
  sql: Sql.sql`read_parquet([${Sql.join(paths.map(Sql.text), ", ")}], hive_partitioning = false)`
})

const withSize = (levels: Uint8Array): ReadonlyArray<Uint8Array> =>
  levels.length === 0 ? [] : [fourBytes(levels.length), levels]

const fourBytes = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const concatenated = (parts: ReadonlyArray<Uint8Array>, scratch: Uint8Array): Uint8Array => {
  const size = sizeOf(parts)
  const bytes = room(size, scratch)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes.subarray(0, size)
}

const sizeOf = (parts: ReadonlyArray<Uint8Array>): number => parts.reduce((sum, { length }) => sum + length, 0)

const types: Readonly<Record<Physical, number>> = { flag: 0, day: 1, integer: 2, double: 5, text: 6 }
const converted = { text: 0, map: 1, list: 3, day: 6 }
const repetitions = { required: 0, optional: 1, repeated: 2 }
const encodings = { plain: i32(0), runs: i32(3) }
const uncompressed = i32(0)
const dataPage = i32(0)

const pageHeader = (count: number, size: number): Uint8Array => {
  const page = struct({ 1: i32(count), 2: encodings.plain, 3: encodings.runs, 4: encodings.runs })
  return Uint8Array.from(struct({ 1: dataPage, 2: i32(size), 3: i32(size), 5: page }).bytes)
}

/** The part of the schema that a column is, from the top down. */
const elements = (self: Node): ReadonlyArray<Thrift> => {
  const { children, name, optional, physical, shape } = self
  const repetition = optional ? repetitions.optional : repetitions.required
  const inner = children.flatMap(elements)
  switch (shape._tag) {
    case "Struct":
      return [group(name, repetition, children.length), ...inner]
    case "List":
      return [group(name, repetition, 1, converted.list), group("list", repetitions.repeated, 1), ...inner]
    case "Map": {
      const key = element("key", repetitions.required, { 1: i32(types.text), 6: i32(converted.text) })
      return [group(name, repetition, 1, converted.map), group("key_value", repetitions.repeated, 2), key, ...inner]
    }
  }
  const type = i32(types[physical])
  const meant = physical === "text" || physical === "day" ? { 6: i32(converted[physical]) } : {}
  return [element(name, repetition, { 1: type, ...meant })]
}

const group = (name: string, repetition: number, children: number, as?: number): Thrift =>
  element(name, repetition, { 5: i32(children), ...(as === undefined ? {} : { 6: i32(as) }) })

const element = (name: string, repetition: number, fields: Readonly<Record<number, Thrift>>): Thrift =>
  struct({ ...fields, 3: i32(repetition), 4: text(name) })

const rowGroupMetadata = (leaves: ReadonlyArray<Leaf>, { columns, good, offset }: FramedGroup): Thrift => {
  let end = offset
  const chunks = columns.map(({ count, size }, index) => {
    const { path, physical } = leaves[index]!
    const start = i64(end)
    end += size
    const metadata = struct({
      1: i32(types[physical]),
      2: list([encodings.plain, encodings.runs]),
      3: list(path.map(text)),
      4: uncompressed,
      5: i64(count),
      6: i64(size),
      7: i64(size),
      9: start
    })
    return struct({ 2: start, 3: metadata })
  })
  return struct({ 1: list(chunks), 2: i64(end - offset), 3: i64(good) })
}
