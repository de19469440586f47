/**
 * Where roles lie, in the order of their buckets, so that each bucket is asked
 * for once however many of the roles are in it.
 */
import * as RoleRegistry from "./RoleRegistry.ts"

/** The roles of some buckets. */
export interface RolePlaces {
  /** The names of the buckets. */
  readonly buckets: ReadonlyArray<string>
  /** For each bucket, how many of the roles are in it or in those before. */
  readonly ends: ReadonlyArray<number>
  /** The roles, bucket by bucket: their places among all. */
  readonly roles: Uint32Array
}

/** Those of the roles with these digests, in parts of so many buckets. */
export const make = (
  { buckets }: RoleRegistry.RoleRegistry,
  digests: Uint8Array,
  atOnce: number
): ReadonlyArray<RolePlaces> => {
  const count = digests.length / RoleRegistry.digestLength
  // Doubles hold both the bucket and the place.
  const sorted = new Float64Array(count)
  for (let role = 0; role < count; role++) sorted[role] = RoleRegistry.bucket(digests, role, buckets) * span + role
  sorted.sort()
  const roles = Uint32Array.from(sorted)
  const parts: Array<RolePlaces> = []
  let [names, ends, from, before]: [Array<string>, Array<number>, number, number] = [[], [], 0, -1]
  const end = (to: number) => {
    if (to > from) parts.push({ buckets: names, ends: [...ends, to - from], roles: roles.subarray(from, to) })
    names = []
    ends = []
    from = to
  }
  for (let at = 0; at < count; at++) {
    const bucket = Math.floor(sorted[at]! / span)
    if (bucket === before) continue
    before = bucket
    if (names.length === atOnce) end(at)
    else if (names.length > 0) ends.push(at - from)
    names.push(RoleRegistry.bucketName(bucket))
  }
  end(count)
  return parts
}

const span = 2 ** 32
