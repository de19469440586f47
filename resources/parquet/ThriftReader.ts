/**
 * Takes values in Thrift's compact protocol apart, no deeper than is asked:
 * what stands in a field or a list stays the bytes that it was.
 */
import type { Thrift } from "./Thrift.ts"

/** The fields of a struct by their numbers. */
export const fields = ({ bytes }: Thrift): Readonly<Record<number, Thrift>> => {
  const cursor = { bytes: Uint8Array.from(bytes), at: 0 }
  const found: Record<number, Thrift> = {}
  let id = 0
  for (let head = next(cursor); head !== 0; head = next(cursor)) {
    id = head >> 4 === 0 ? zigzag(varint(cursor)) : id + (head >> 4)
    found[id] = slice(cursor, head & 15, skip)
  }
  return found
}

/** The items of a list. */
export const items = ({ bytes }: Thrift): ReadonlyArray<Thrift> => {
  const cursor = { bytes: Uint8Array.from(bytes), at: 0 }
  const { count, type } = listHead(cursor)
  return Array.from({ length: count }, () => slice(cursor, type, skipItem))
}

export const integer = ({ bytes }: Thrift): number => zigzag(varint({ bytes: Uint8Array.from(bytes), at: 0 }))

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

const next = (cursor: Cursor): number => {
  const byte = cursor.bytes[cursor.at++]
  if (byte === undefined) throw new RangeError("the metadata of the file ends too early")
  return byte
}

const varint = (cursor: Cursor): number => {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = next(cursor)
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
}

/** Exact for what a file's sizes and places need, up to 2 ** 53. */
const zigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

const listHead = (cursor: Cursor) => {
  const head = next(cursor)
  return { type: head & 15, count: head >> 4 === 15 ? varint(cursor) : head >> 4 }
}

const slice = (cursor: Cursor, type: number, skip: (cursor: Cursor, type: number) => void): Thrift => {
  const start = cursor.at
  skip(cursor, type)
  return { type, bytes: cursor.bytes.subarray(start, cursor.at) }
}

const types = { true: 1, false: 2, byte: 3, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12 }

/** A flag among the items of a list is a byte; in a field its type says it. */
const skipItem = (cursor: Cursor, type: number): void => {
  if (type === types.true || type === types.false) cursor.at += 1
  else skip(cursor, type)
}

const skip = (cursor: Cursor, type: number): void => {
  switch (type) {
    case types.true:
    case types.false:
      return
    case types.byte:
      cursor.at += 1
      return
    case types.double:
      cursor.at += 8
      return
    case types.binary: {
      const length = varint(cursor)
      cursor.at += length
      return
    }
    case types.list:
    case types.set: {
      const { count, type } = listHead(cursor)
      for (let index = 0; index < count; index++) skipItem(cursor, type)
      return
    }
    case types.map: {
      const count = varint(cursor)
      const kinds = count === 0 ? 0 : next(cursor)
      for (let index = 0; index < count; index++) {
        skipItem(cursor, kinds >> 4)
        skipItem(cursor, kinds & 15)
      }
      return
    }
    case types.struct:
      for (let head = next(cursor); head !== 0; head = next(cursor)) {
        if (head >> 4 === 0) varint(cursor)
        skip(cursor, head & 15)
      }
      return
  }
  varint(cursor)
}
