/**
 * A 64-bit hash of two 32-bit lanes: a partition's provenance or content.
 *
 * Seeds are cut from SHA-256 once an asset; what differs by partition is mixed
 * in with integer arithmetic, so ten million versions take a fraction of a second.
 */
import { createHash } from "node:crypto"

export type Version = readonly [number, number]

/** The version of something that has no content yet, and the start of every fold. */
export const zero: Version = [0, 0]

/** Cut from the SHA-256 of the texts, each told apart from its neighbours. */
export const seed = (...texts: ReadonlyArray<string>): Version => {
  const digest = createHash("sha256").update(JSON.stringify(texts)).digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)]
}

/** Mixes a version into another; the order of mixing matters. */
export const mix = (self: Version, that: Version): Version => [
  mixFirst(self[0], that[0], that[1]),
  mixSecond(self[1], that[0], that[1])
]

/** The first lane of a version that another is mixed into: `mix` without a value for each of ten million. */
export const mixFirst = (lane: number, first: number, second: number): number =>
  avalanche(Math.imul(lane ^ first, 0x85ebca6b) + second)

/** The second lane of a version that another is mixed into. */
export const mixSecond = (lane: number, first: number, second: number): number =>
  avalanche(Math.imul(lane ^ second, 0xc2b2ae35) + first)

/** Mixes in a number, such as an ordinal or a count. */
export const mixNumber = (self: Version, n: number): Version => mix(self, [n >>> 0, Math.floor(n / 2 ** 32) >>> 0])

export const equals = (self: Version, that: Version): boolean => self[0] === that[0] && self[1] === that[1]

/** Sixteen hexadecimal digits. */
export const toText = (self: Version): string => self.map((lane) => lane.toString(16).padStart(8, "0")).join("")

/** The finalizer of MurmurHash3: every bit of the input reaches every bit of the result. */
const avalanche = (lane: number): number => {
  let h = lane >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
