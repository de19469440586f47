/**
 * Turns a block of lines into messages for memcached: what a thread does with
 * it, from plain data to plain data.
 */
import * as InstallLines from "./InstallLines.ts"
import * as Messages from "./Messages.ts"

export interface Request {
  /** Whole lines, in a buffer of their own. */
  readonly block: Uint8Array
  /** For each type of device: where in the block what is still to be sent starts. */
  readonly from: ReadonlyArray<number>
  /** Buffers to be used again. */
  readonly scratch: ReadonlyArray<ArrayBuffer>
}

export interface Encoded {
  /** For each type of device. */
  readonly messages: ReadonlyArray<Messages.Messages>
  /** What the lines hold. */
  readonly counts: Counts
  /** Records of each type of device, sent before or not. */
  readonly records: ReadonlyArray<number>
  readonly rejects: ReadonlyArray<InstallLines.RejectedLine>
  /** The block, for what is said of its lines. */
  readonly block: Uint8Array
  /** Milliseconds. */
  readonly parsing: number
  readonly encoding: number
}

export interface Counts {
  readonly lines: number
  readonly good: number
  readonly blank: number
  readonly droppedApps: number
  readonly droppedCoordinates: number
}

/** An encoder, which keeps its columns from block to block. */
export const make = (): ((request: Request) => Encoded) => {
  const read = InstallLines.make()
  return ({ block, from, scratch }) => {
    const started = performance.now()
    const found = read(block)
    const parsed = performance.now()
    const messages = Messages.write(found, block, from, taking([...scratch]))
    const records = from.map(() => 0)
    for (let n = 0; n < found.count; n++) records[found.type[n]!]!++
    return {
      messages,
      counts: {
        lines: found.lines,
        good: found.count,
        blank: found.blank,
        droppedApps: found.droppedApps,
        droppedCoordinates: found.droppedCoordinates
      },
      records,
      rejects: found.rejects,
      block,
      parsing: parsed - started,
      encoding: performance.now() - parsed
    }
  }
}

/** The smallest of the buffers that is large enough, or a new one with some room for the next block. */
const taking = (buffers: Array<ArrayBuffer>) => (size: number) => {
  buffers.sort((a, b) => a.byteLength - b.byteLength)
  const index = buffers.findIndex(({ byteLength }) => byteLength >= size)
  const [found] = index < 0 ? [] : buffers.splice(index, 1)
  return new Uint8Array(found ?? new ArrayBuffer(size + (size >> 2)))
}
