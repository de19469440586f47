/**
 * Sets as memcached's meta commands write them (`doc/protocol.txt` of memcached
 * 1.6: `ms <key> <length> q`), many of them in one buffer.
 *
 * With `q` a set that succeeds is silent, so a batch of thousands is answered by
 * the one line of the `mn` that follows it.
 */

/** Commands for one server, in the order in which they take effect. */
export interface Batch {
  /** The commands, one after the other. */
  readonly bytes: Uint8Array
  /** Where each command starts. */
  readonly starts: Uint32Array
}

/** Bytes of the longest key. */
export const longestKey = 250

/** Why memcached takes no such key, or would read something else than a key; `undefined` for a good one. */
export const keyProblem = (bytes: Uint8Array, start: number, end: number): string | undefined => {
  if (end === start) return "the key is empty"
  if (end - start > longestKey) return `the key has ${end - start} bytes; memcached takes ${longestKey}`
  for (let i = start; i < end; i++) {
    const c = bytes[i]!
    if (c <= 32 || c === 127) return "the key holds white space or a control character"
  }
  return undefined
}

/** Most bytes that a set needs beside those of its key and value. */
export const overhead = 20

/** Writes the command up to the key, and gives the place where the key goes. */
export const writeStart = (out: Uint8Array, at: number): number => {
  out[at] = 109
  out[at + 1] = 115
  out[at + 2] = 32
  return at + 3
}

/** Writes what stands between key and value, and gives the place where the value goes. */
export const writeLength = (out: Uint8Array, at: number, length: number): number => {
  let place = at
  out[place++] = 32
  let unit = 1
  while (unit * 10 <= length) unit *= 10
  for (; unit >= 1; unit = Math.floor(unit / 10)) out[place++] = 48 + (Math.floor(length / unit) % 10)
  out[place] = 32
  out[place + 1] = 113
  return writeEnd(out, place + 2)
}

/** Writes the end of a line, which also ends a value. */
export const writeEnd = (out: Uint8Array, at: number): number => {
  out[at] = 13
  out[at + 1] = 10
  return at + 2
}

/** A batch of these entries, whose keys are good. */
export const batch = (entries: ReadonlyArray<{ readonly key: string; readonly value: Uint8Array }>): Batch => {
  const keys = entries.map(({ key }) => Buffer.from(key))
  const size = entries.reduce((sum, { value }, index) => sum + keys[index]!.length + value.length + overhead, 0)
  const out = new Uint8Array(size)
  const starts = new Uint32Array(entries.length)
  let at = 0
  for (const [index, { value }] of entries.entries()) {
    starts[index] = at
    const key = writeStart(out, at)
    out.set(keys[index]!, key)
    const from = writeLength(out, key + keys[index]!.length, value.length)
    out.set(value, from)
    at = writeEnd(out, from + value.length)
  }
  return { bytes: out.subarray(0, at), starts }
}

/** The key of a command of a batch. */
export const keyOf = ({ bytes, starts }: Batch, index: number): string => {
  const from = starts[index]! + 3
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8", from, bytes.indexOf(32, from))
}

/** The same commands with an answer to each: what is sent to learn which of them were refused. */
export const answered = ({ bytes, starts }: Batch): Uint8Array => {
  const pieces = Array.from(starts, (start, index) => {
    const end = index + 1 < starts.length ? starts[index + 1]! : bytes.length
    const quiet = bytes.indexOf(13, start) - 2
    return [bytes.subarray(start, quiet), bytes.subarray(quiet + 2, end)]
  })
  return Buffer.concat(pieces.flat())
}
