/**
 * Writes the records of a block as sets for memcached: for each type of device a
 * batch, in the order of the lines.
 *
 * The value of a record is the protobuf message `UserApps` of
 * `proto/appsinstalled.proto`, written from the columns without an object in
 * between: each application as tag and varint, then both coordinates as doubles,
 * in the order of the fields (https://protobuf.dev/programming-guides/encoding).
 */
import * as MetaSet from "../../resources/memcached/MetaSet.ts"
import type { InstallLines } from "./InstallLines.ts"

/** The records of one type of device in a block. */
export interface Messages extends MetaSet.Batch {
  /** Of each record: its line in the block, and where that starts. */
  readonly lines: Uint32Array
  readonly offsets: Uint32Array
  /** Records whose key memcached does not take, accepted earlier or not. */
  readonly unfit: ReadonlyArray<Unfit>
}

export interface Unfit {
  readonly line: number
  readonly offset: number
  readonly key: string
  readonly reason: string
}

/**
 * The messages of each type. `from` says for each where in the block its first
 * line may start: what comes before was accepted earlier. `take` gives a buffer
 * of at least so many bytes.
 */
export const write = (
  self: InstallLines,
  block: Uint8Array,
  from: ReadonlyArray<number>,
  take: (size: number) => Uint8Array
): ReadonlyArray<Messages> => {
  const count = new Uint32Array(from.length)
  const size = new Float64Array(from.length)
  for (let n = 0; n < self.count; n++) {
    const type = self.type[n]!
    count[type]!++
    if (self.offset[n]! >= from[type]!) size[type]! += mostBytes(self, n)
  }
  return from.map((start, type) =>
    count[type] === 0 ? none : messages(self, block, type, start, count[type]!, take(size[type]!))
  )
}

const none: Messages = {
  bytes: new Uint8Array(),
  starts: new Uint32Array(),
  lines: new Uint32Array(),
  offsets: new Uint32Array(),
  unfit: []
}

/** Tag and double, twice. */
const coordinates = 18

/** An application takes a tag and at most five bytes. */
const mostBytes = (self: InstallLines, n: number): number =>
  MetaSet.overhead + self.keyEnd[n]! - self.keyStart[n]! + 6 * (self.appsEnd[n]! - appsStart(self, n)) + coordinates

const appsStart = (self: InstallLines, n: number): number => (n === 0 ? 0 : self.appsEnd[n - 1]!)

const messages = (
  self: InstallLines,
  block: Uint8Array,
  type: number,
  from: number,
  most: number,
  out: Uint8Array
): Messages => {
  const view = new DataView(out.buffer, out.byteOffset, out.length)
  const starts = new Uint32Array(most)
  const lines = new Uint32Array(most)
  const offsets = new Uint32Array(most)
  const unfit: Array<Unfit> = []
  let count = 0
  let at = 0
  for (let n = 0; n < self.count; n++) {
    if (self.type[n] !== type) continue
    const keyStart = self.keyStart[n]!
    const keyEnd = self.keyEnd[n]!
    const reason = problem(block, keyStart, keyEnd)
    if (reason !== undefined) {
      unfit.push({ line: self.line[n]!, offset: self.offset[n]!, key: keyText(block, keyStart, keyEnd), reason })
      continue
    }
    if (self.offset[n]! < from) continue
    starts[count] = at
    lines[count] = self.line[n]!
    offsets[count] = self.offset[n]!
    count++
    at = MetaSet.writeStart(out, at)
    for (let i = keyStart; i < keyEnd; i++) out[at++] = block[i]!
    out[at - (keyEnd - keyStart) + typeLength] = colon
    at = MetaSet.writeLength(out, at, lengthOf(self, n))
    at = writeApps(self, n, out, at)
    if (!Number.isNaN(self.lat[n]!)) {
      out[at] = latTag
      view.setFloat64(at + 1, self.lat[n]!, true)
      out[at + 9] = lonTag
      view.setFloat64(at + 10, self.lon[n]!, true)
      at += coordinates
    }
    at = MetaSet.writeEnd(out, at)
  }
  return {
    bytes: out.subarray(0, at),
    starts: starts.subarray(0, count),
    lines: lines.subarray(0, count),
    offsets: offsets.subarray(0, count),
    unfit
  }
}

/** Field number, and how the value is written: 0 varint, 1 eight bytes. */
const appTag = 0x08
const latTag = 0x11
const lonTag = 0x19
const colon = 58

/** All types have names of four letters; the tab after them becomes a colon. */
const typeLength = 4

const problem = (block: Uint8Array, start: number, end: number): string | undefined => {
  const ofId = MetaSet.keyProblem(block, start + typeLength + 1, end)
  if (ofId !== undefined || end - start <= MetaSet.longestKey) return ofId
  return `the key has ${end - start} bytes; memcached takes ${MetaSet.longestKey}`
}

const keyText = (block: Uint8Array, start: number, end: number): string =>
  Buffer.from(block.subarray(start, end)).toString("utf8").replace("\t", ":")

/** Bytes of the message. */
const lengthOf = (self: InstallLines, n: number): number => {
  const { apps } = self
  const end = self.appsEnd[n]!
  let length = Number.isNaN(self.lat[n]!) ? 0 : coordinates
  for (let i = appsStart(self, n); i < end; i++) {
    const app = apps[i]!
    length += app < 0x80 ? 2 : app < 0x4000 ? 3 : app < 0x200000 ? 4 : app < 0x10000000 ? 5 : 6
  }
  return length
}

const writeApps = (self: InstallLines, n: number, out: Uint8Array, from: number): number => {
  const { apps } = self
  const end = self.appsEnd[n]!
  let at = from
  for (let i = appsStart(self, n); i < end; i++) {
    let app = apps[i]!
    out[at++] = appTag
    while (app > 0x7f) {
      out[at++] = (app & 0x7f) | 0x80
      app >>>= 7
    }
    out[at++] = app
  }
  return at
}
