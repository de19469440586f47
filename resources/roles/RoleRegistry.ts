/**
 * What the role cache in Redis knows of itself: read once, and again when its
 * revision is another.
 *
 * The salt is made with the registry, so an answer of a registry that was lost
 * is never found, and nobody outside can make two roles of one digest.
 */
import { hash } from "node:crypto"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { RoleList } from "../Role.ts"
import * as RoleDigests from "./RoleDigests.ts"
import { bucketLength } from "./RoleScripts.ts"

/** The registry holds something else than it should. */
export class UnfitRegistry extends Schema.TaggedError<UnfitRegistry>()("UnfitRegistry", { field: Schema.String }) {
  override get message() {
    return `the field "${this.field}" of the hash strata:roles in Redis is not what it should be; it is deleted, and the cache starts anew`
  }
}

export interface RoleRegistry {
  readonly revision: string
  readonly salt: string
  /** A power of two, at most 2^20. */
  readonly buckets: number
  /** The number of each model. */
  readonly models: ReadonlyMap<string, number>
  /** How often each company was forgotten. */
  readonly forgotten: ReadonlyMap<string, string>
}

/** As Redis gives it: names and values in turn. */
export const make = (fields: ReadonlyArray<string>): Result.Result<RoleRegistry, UnfitRegistry> => {
  const values = new Map(Array.from({ length: fields.length >> 1 }, (_, i) => [fields[2 * i]!, fields[2 * i + 1]!]))
  const under = (prefix: string) =>
    [...values].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : []
    )
  const buckets = Number(values.get("buckets"))
  if (!Number.isInteger(Math.log2(buckets)) || buckets > most)
    return Result.fail(new UnfitRegistry({ field: "buckets" }))
  const models = new Map(under("model ").map(([model, number]) => [model, Number(number)]))
  const unfit = [...models].find(([, number]) => !Number.isInteger(number))
  if (unfit !== undefined) return Result.fail(new UnfitRegistry({ field: `model ${unfit[0]}` }))
  return Result.succeed({
    revision: values.get("revision") ?? "",
    salt: values.get("salt") ?? "",
    buckets,
    models,
    forgotten: new Map(under("company "))
  })
}

const most = 2 ** 20

/** As many buckets as hold some 76 roles each: fewer cost time, more cost memory. */
export const bucketsFor = (roles: number): number =>
  Math.min(most, Math.max(2 ** 8, 2 ** Math.round(Math.log2(roles / 76))))

/** What the keys of a model's buckets begin with. */
export const prefix = (model: number): string => `strata:${model}:`

/** The key of the registry. */
export const key = "strata:roles"

/** The name of a company in the registry. */
export const companyName = (company: string): string => hash("sha256", company, "base64url").slice(0, 22)

/**
 * The digests by which the roles of a model are found: of each, the first three bytes say the bucket, and the last
 * seven are its digest there. That are at least 64 bits.
 */
export const digests = (self: RoleRegistry, model: string, roles: RoleList): Uint8Array => {
  const key = (times: string) => hash("sha256", `${self.salt} ${JSON.stringify(model)} ${times}`, "buffer")
  const digests = RoleDigests.make(roles, key(""))
  if (self.forgotten.size === 0) return digests
  for (let place = 0; place < roles.length; place++) {
    const role = roles.at(place)!
    const times = self.forgotten.get(companyName(role.company))
    if (times !== undefined) digests.set(RoleDigests.make([role], key(times)), place * digestLength)
  }
  return digests
}

/** The length of a digest in these. */
export const digestLength = RoleDigests.length

/** The number of the bucket of a role, of so many. */
export const bucket = (digests: Uint8Array, role: number, buckets: number): number => {
  const at = role * digestLength
  return (digests[at]! | (digests[at + 1]! << 8) | (digests[at + 2]! << 16)) & (buckets - 1)
}

/** What the key of a bucket ends with. */
export const bucketName = (bucket: number): string => (most + bucket).toString(16).slice(-bucketLength)
