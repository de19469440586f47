/**
 * The metadata at the end of a Parquet file, and how columns of one file come to
 * stand in another: their pages are appended as they are, and only the metadata
 * says where. https://parquet.apache.org/docs/file-format
 */
import { i32, i64, list, struct, type Thrift } from "./Thrift.ts"
import { fields, integer, items } from "./ThriftReader.ts"

export interface Footer {
  /** Where it starts in its file, which is where the pages end. */
  readonly start: number
  readonly metadata: Thrift
}

/** Bytes of the pages of one row group that stand in another file now, farther from its start. */
export interface Moved {
  readonly footer: Footer
  readonly by: number
}

/** What a file begins with, and ends with. */
export const magic = new Uint8Array(Buffer.from("PAR1"))

/** The last bytes of a file: how long its metadata is, and the magic. */
export const tailSize = 4 + magic.length

/** The end of a file with this metadata; the tail is included. */
export const encode = ({ bytes }: Thrift): Uint8Array => {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bytes.length)
  return Buffer.concat([Uint8Array.from(bytes), size, magic])
}

/** Bytes of a footer, tail not included. */
export const sizeOf = (tail: Uint8Array): number => {
  const bytes = Buffer.from(tail)
  if (!bytes.subarray(4).equals(magic)) throw new RangeError("the file is not Parquet")
  return bytes.readUInt32LE(0)
}

export const make = (start: number, bytes: Uint8Array): Footer => ({ start, metadata: { type: 12, bytes } })

/** Rows of each row group. */
export const rowCounts = ({ metadata }: Footer): ReadonlyArray<number> =>
  items(fields(metadata)[file.rowGroups]!).map((group) => integer(fields(group)[rowGroup.rows]!))

/** The end of a file whose row groups have the columns of these besides, one for each. */
export const join = (self: Footer, added: ReadonlyArray<Moved>): Uint8Array => {
  const own = fields(self.metadata)
  const theirs = added.map(({ footer }) => fields(footer.metadata))
  const groups = items(own[file.rowGroups]!).map((group, index) =>
    widened(group, items(theirs[index]![file.rowGroups]!), added[index]!.by)
  )
  const orders = [own, ...theirs.slice(0, 1)].flatMap((metadata) => {
    const found = metadata[file.columnOrders]
    return found === undefined ? [] : items(found)
  })
  return encode(
    struct({
      ...own,
      [file.schema]: schema(items(own[file.schema]!), theirs[0] === undefined ? [] : items(theirs[0][file.schema]!)),
      [file.rowGroups]: list(groups),
      ...(orders.length === 0 ? {} : { [file.columnOrders]: list(orders) })
    })
  )
}

/** Numbers of the fields that are changed. */
const file = { schema: 2, rowGroups: 4, columnOrders: 7 }
const element = { children: 5 }
const rowGroup = { columns: 1, bytes: 2, rows: 3, compressedBytes: 6 }
const column = { offset: 2, metadata: 3, offsetIndex: 4, columnIndex: 6 }
const columnMetadata = { dataPage: 9, indexPage: 10, dictionaryPage: 11, bloomFilter: 14 }

const schema = ([root, ...columns]: ReadonlyArray<Thrift>, [other, ...others]: ReadonlyArray<Thrift>): Thrift => {
  const children = [root, other].reduce(
    (sum, node) => (node === undefined ? sum : sum + integer(fields(node)[element.children]!)),
    0
  )
  return list([struct({ ...fields(root!), [element.children]: i32(children) }), ...columns, ...others])
}

const widened = (group: Thrift, others: ReadonlyArray<Thrift>, by: number): Thrift => {
  const own = fields(group)
  const [other, ...more] = others.map(fields)
  if (other === undefined || more.length > 0) throw new RangeError("columns are appended a row group at a time")
  if (integer(own[rowGroup.rows]!) !== integer(other[rowGroup.rows]!)) {
    throw new RangeError("appended columns have another number of rows")
  }
  const moved = items(other[rowGroup.columns]!).map((chunk) => movedChunk(chunk, by))
  const sum = (id: number) =>
    own[id] === undefined || other[id] === undefined ? {} : { [id]: i64(integer(own[id]) + integer(other[id])) }
  return struct({
    ...own,
    [rowGroup.columns]: list([...items(own[rowGroup.columns]!), ...moved]),
    ...sum(rowGroup.bytes),
    ...sum(rowGroup.compressedBytes)
  })
}

const movedChunk = (chunk: Thrift, by: number): Thrift => {
  const own = fields(chunk)
  const metadata = own[column.metadata]!
  return struct({
    ...shifted(own, by, [column.offset, column.offsetIndex, column.columnIndex]),
    [column.metadata]: struct(shifted(fields(metadata), by, Object.values(columnMetadata)))
  })
}

/** Zero stands for a place that is not told. */
const shifted = (own: Readonly<Record<number, Thrift>>, by: number, ids: ReadonlyArray<number>) => {
  const places = ids.flatMap((id) => {
    const place = own[id]
    return place === undefined || integer(place) === 0 ? [] : [[id, i64(integer(place) + by)] as const]
  })
  return { ...own, ...Object.fromEntries(places) }
}
