/**
 * Roles as the scripts take them and as they lie in a bucket, and the byte that
 * holds an answer: a seniority, and the fortnight in which it was last looked up.
 *
 * Fortnights begin again after 36 of them, so an age beyond 70 weeks is taken for
 * a lower one. 252 values of the byte are meant, the others are garbage.
 */
import type { Entry } from "../RoleCache.ts"
import { seenPrecision } from "../RoleCache.ts"
import { isSeniority, type Seniority } from "../Seniority.ts"
import type { Place } from "./RoleRegistry.ts"
import { bucketLength, digestLength } from "./RoleScripts.ts"

const stamps = 36
const levels = 7
const recordLength = digestLength + 1

/** A bucket, a digest and the byte of its answer each. */
export const entries = (entries: ReadonlyArray<Entry>, day: number, place: (role: Entry) => Place): Buffer => {
  const length = bucketLength + recordLength
  const target = Buffer.allocUnsafe(entries.length * length)
  for (const [index, entry] of entries.entries()) {
    const { bucket, digest } = place(entry)
    target.write(bucket + digest, index * length, "latin1")
    target[(index + 1) * length - 1] = stampOf(day) * levels + entry.seniority - 1
  }
  return target
}

/** The byte of a role's answer in its bucket. A bucket that is not made of whole records is taken for empty. */
export const find = (bucket: Buffer | null, digest: string): number | undefined => {
  if (bucket === null || bucket.length % recordLength !== 0) return undefined
  for (let at = 0; at < bucket.length; at += recordLength) {
    if (isAt(bucket, at, digest)) return bucket[at + digestLength]
  }
  return undefined
}

export const seniority = (byte: number): Seniority | undefined => {
  const seniority = (byte % levels) + 1
  return byte < levels * stamps && isSeniority(seniority) ? seniority : undefined
}

/** Whether it was looked up in another fortnight than this day's. */
export const isFaded = (byte: number, day: number): boolean => Math.floor(byte / levels) !== stampOf(day)

/** For each byte, whether a role with it may have been looked up in so many days. */
export const staying = (day: number, days: number): string => {
  const now = Math.floor(day / seenPrecision)
  return Array.from({ length: 256 }, (_, byte) => {
    if (byte >= levels * stamps) return "0"
    const age = (((now - Math.floor(byte / levels)) % stamps) + stamps) % stamps
    const lastDay = (now - age + 1) * seenPrecision - 1
    return day - lastDay < days ? "1" : "0"
  }).join("")
}

/** No byte stays. */
export const none = "0".repeat(256)

const stampOf = (day: number): number => Math.floor(day / seenPrecision) % stamps

const isAt = (bucket: Buffer, at: number, digest: string): boolean => {
  for (let i = 0; i < digestLength; i++) if (bucket[at + i] !== digest.charCodeAt(i)) return false
  return true
}
