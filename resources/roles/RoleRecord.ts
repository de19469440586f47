/**
 * Roles as the scripts take them, and the byte that holds an answer: a seniority,
 * and the fortnight in which it was last looked up.
 *
 * Fortnights begin again after 36 of them, so an age beyond 70 weeks is taken for
 * a lower one. 252 values of the byte are meant, the others are garbage.
 */
import type { Role } from "../Role.ts"
import type { Entry } from "../RoleCache.ts"
import { seenPrecision } from "../RoleCache.ts"
import { isSeniority, type Seniority } from "../Seniority.ts"
import type { Write } from "./RoleRegistry.ts"
import { bucketLength, digestLength } from "./RoleScripts.ts"

const stamps = 36
const levels = 7
const roleLength = bucketLength + digestLength

/** A bucket and a digest each. */
export const roles = (roles: ReadonlyArray<Role>, write: Write): Buffer => packed(roles, roleLength, write)

/** A bucket, a digest and the byte of its answer each. */
export const entries = (entries: ReadonlyArray<Entry>, day: number, write: Write): Buffer => {
  const target = packed(entries, roleLength + 1, write)
  for (const [index, { seniority }] of entries.entries()) {
    target[(index + 1) * (roleLength + 1) - 1] = stampOf(day) * levels + seniority - 1
  }
  return target
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

const packed = (roles: ReadonlyArray<Role>, length: number, write: Write): Buffer => {
  const target = Buffer.allocUnsafe(roles.length * length)
  for (const [index, role] of roles.entries()) write(role, target, index * length)
  return target
}
