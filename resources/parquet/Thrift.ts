/**
 * Values in Thrift's compact protocol, as Parquet's metadata is written:
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** A value: its type, and its bytes. */
export interface Thrift {
  readonly type: number
  readonly bytes: ReadonlyArray<number> | Uint8Array
}

export const i32 = (value: number): Thrift => ({ type: 5, bytes: varint(2 * value) })

export const i64 = (value: number): Thrift => ({ type: 6, bytes: varint(2 * value) })

export const text = (value: string): Thrift => {
  const utf8 = Buffer.from(value)
  return { type: 8, bytes: [...varint(utf8.length), ...utf8] }
}

/** Of one type at least one. */
export const list = (items: ReadonlyArray<Thrift>): Thrift => {
  const type = items[0]?.type ?? 0
  const head = items.length < 15 ? [(items.length << 4) | type] : [0xf0 | type, ...varint(items.length)]
  return { type: 9, bytes: [...head, ...items.flatMap(({ bytes }) => [...bytes])] }
}

/** Fields by their numbers, in ascending order. */
export const struct = (fields: Readonly<Record<number, Thrift>>): Thrift => {
  let last = 0
  const bytes = Object.entries(fields).flatMap(([id, { bytes, type }]) => {
    const step = Number(id) - last
    last = Number(id)
    return [(step << 4) | type, ...bytes]
  })
  return { type: 12, bytes: [...bytes, 0] }
}

/** Of a number that is not negative. */
const varint = (value: number): ReadonlyArray<number> => {
  const bytes: Array<number> = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}
