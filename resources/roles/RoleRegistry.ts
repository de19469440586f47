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
import type { Role } from "../Role.ts"
import { bucketLength, digestLength } from "./RoleScripts.ts"

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

/** Where a role is found: the number of its bucket, and its digest there, a byte a character. */
export interface Place {
  readonly bucket: string
  readonly digest: string
}

/**
 * Where the roles of a model are found. At least 64 bits of SHA-256 tell two
 * roles apart: 56 of the digest, and as many as there are bits in a bucket's number.
 */
export const placing = (self: RoleRegistry, model: string): ((role: Role) => Place) => {
  const mask = self.buckets - 1
  const seed = `${self.salt} ${JSON.stringify(model)} `
  return ({ company, title }) => {
    const times = self.forgotten.size === 0 ? "" : (self.forgotten.get(companyName(company)) ?? "")
    const bytes = hash("sha256", `${seed}${times} ${company.length}:${company}${title}`, "binary")
    const bucket = (bytes.charCodeAt(0) | (bytes.charCodeAt(1) << 8) | (bytes.charCodeAt(2) << 16)) & mask
    return { bucket: hex(bucket), digest: bytes.slice(3, 3 + digestLength) }
  }
}

const hex = (bucket: number): string => bucket.toString(16).padStart(bucketLength, "0")
