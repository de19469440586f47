/**
 * Roles as the scripts take them and as they lie in a bucket, and the byte that
 * holds an answer: a seniority, and the fortnight in which it was last looked up.
 *
 * Fortnights begin again after 36 of them, so an age beyond 70 weeks is taken for
 * a lower one. 252 values of the byte are meant, the others are garbage.
 */
import type { Entry } from "../RoleCache.ts"
import { seenPrecision } from "../RoleCache.ts"
import { all, type Seniority } from "../Seniority.ts"
import * as RoleRegistry from "./RoleRegistry.ts"
import { bucketLength, digestLength } from "./RoleScripts.ts"

const stamps = 36
const levels = all.length
const recordLength = digestLength + 1
/** Of each byte that is an answer. */
const seniorities = Array.from({ length: levels * stamps }, (_, byte) => all[byte % levels]!)

/** A bucket, a digest and the byte of its answer each. */
export const entries = (
  entries: ReadonlyArray<Entry>,
  day: number,
  { buckets }: RoleRegistry.RoleRegistry,
  digests: Uint8Array
): Buffer => {
  const length = bucketLength + recordLength
  const target = Buffer.allocUnsafe(entries.length * length)
  for (const [index, { seniority }] of entries.entries()) {
    const at = index * length
    target.write(RoleRegistry.bucketName(RoleRegistry.bucket(digests, index, buckets)), at, "latin1")
    target.set(digests.subarray(digestAt(index), digestAt(index) + digestLength), at + bucketLength)
    target[at + length - 1] = stampOf(day) * levels + seniority - 1
  }
  return target
}

/** The byte of a role's answer in its bucket. A bucket that is not made of whole records is taken for empty. */
export const find = (bucket: Buffer | null, digests: Uint8Array, role: number): number | undefined => {
  if (bucket === null || bucket.length % recordLength !== 0) return undefined
  const digest = digestAt(role)
  for (let at = 0; at < bucket.length; at += recordLength) {
    if (bucket[at] === digests[digest] && isAt(bucket, at, digests, digest)) return bucket[at + digestLength]
  }
  return undefined
}

export const seniority = (byte: number): Seniority | undefined => seniorities[byte]

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

const isAt = (bucket: Buffer, at: number, digests: Uint8Array, digest: number): boolean => {
  for (let i = 1; i < digestLength; i++) if (bucket[at + i] !== digests[digest + i]) return false
  return true
}

/** Where the bytes of a role begin that its bucket holds: the last of its digest. */
const digestAt = (role: number): number => (role + 1) * RoleRegistry.digestLength - digestLength
