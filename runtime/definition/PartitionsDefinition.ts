/**
 * Which partitions an asset has.
 *
 * People name a partition by a key, the machine by an ordinal. Days count from
 * 1970-01-01, so their keys convert by arithmetic; static keys take their
 * ordinals from the `PartitionDictionary`. An asset without partitions has one,
 * with the ordinal 0 and no key.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Covariant } from "effect/Types"
import type { PartitionDictionary } from "./PartitionDictionary.ts"
import * as PartitionSet from "./PartitionSet.ts"

/** A key is not one of its definition: malformed, of a day that does not exist, outside its bounds, or not listed. */
export class UnknownPartition extends Schema.TaggedError<UnknownPartition>()("UnknownPartition", {
  key: Schema.String,
  definition: Schema.String,
  expected: Schema.String
}) {
  override get message() {
    return `partition "${this.key}" is not one of ${this.definition}: expected ${this.expected}`
  }
}

/** A definition holds no partition, or the same key twice, or ends before it starts. */
export class InvalidPartitions extends Schema.TaggedError<InvalidPartitions>()("InvalidPartitions", {
  definition: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the partitions ${this.definition} cannot be defined: ${this.reason}`
  }
}

const TypeId = "~strata/PartitionsDefinition"

export type Spec =
  | { readonly _tag: "Unpartitioned" }
  /** Ordinals of days: `start` and `end` are both included; an absent `end` is open. */
  | { readonly _tag: "Daily"; readonly start: number; readonly end: number | undefined }
  | { readonly _tag: "Static"; readonly keys: ReadonlyArray<string> }

/** Partitions whose keys have the type `K`, so that the key of another definition is not accepted. */
export interface PartitionsDefinition<out K extends string> {
  readonly [TypeId]: { readonly _K: Covariant<K> }
  readonly spec: Spec
}

export interface Any extends PartitionsDefinition<string> {}

export type Key<P> = P extends PartitionsDefinition<infer K> ? K : never

/** A key of some definition, told apart by the definition's name. */
export type PartitionKey<Name extends string> = string & { readonly "~PartitionKey": Name }
export type DayKey = PartitionKey<"day">

/** One partition, as a body sees it. */
export interface Partition<out K extends string> {
  readonly key: K
  readonly ordinal: number
}

export const unpartitioned: PartitionsDefinition<never> = fromSpec({ _tag: "Unpartitioned" })

/** One partition a UTC day: keys such as `2025-06-01`, from `start` to `end`, both included; without `end`, open. */
export const daily = (options: { readonly start: string; readonly end?: string }): PartitionsDefinition<DayKey> => {
  const start = Result.getOrThrow(dayOrdinal(options.start))
  const end = options.end === undefined ? undefined : Result.getOrThrow(dayOrdinal(options.end))
  if (end !== undefined && end < start) {
    throw new InvalidPartitions({
      definition: `daily from ${options.start}`,
      reason: `they end before, on ${options.end}`
    })
  }
  return fromSpec({ _tag: "Daily", start, end })
}

/** A fixed list of keys. Removing a key later hides its data; adding and reordering keys is always safe. */
export const fixed = <const Keys extends ReadonlyArray<string>>(keys: Keys): PartitionsDefinition<Keys[number]> => {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  const definition = `[${keys.join(", ")}]`
  if (keys.length === 0) throw new InvalidPartitions({ definition, reason: "the list is empty" })
  if (keys.includes("")) throw new InvalidPartitions({ definition, reason: "a key is empty" })
  if (twice !== undefined) throw new InvalidPartitions({ definition, reason: `"${twice}" stands twice` })
  return fromSpec({ _tag: "Static", keys })
}

export const isPartitioned = (self: Any): boolean => self.spec._tag !== "Unpartitioned"

export const equals = (self: Any, that: Any): boolean => JSON.stringify(self.spec) === JSON.stringify(that.spec)

/** The keys that need an ordinal from the dictionary. */
export const dictionaryKeys = (self: Any): ReadonlyArray<string> => (self.spec._tag === "Static" ? self.spec.keys : [])

export const describe = (self: Any): string => {
  const spec = self.spec
  switch (spec._tag) {
    case "Unpartitioned":
      return "unpartitioned"
    case "Daily":
      return `daily from ${dayKey(spec.start)}${spec.end === undefined ? "" : ` to ${dayKey(spec.end)}`}`
    case "Static":
      return `[${spec.keys.join(", ")}]`
  }
}

/** The text of an ordinal that the definition holds; for the one partition of an unpartitioned asset, nothing. */
export const key = (self: Any, dictionary: PartitionDictionary, ordinal: number): string => {
  switch (self.spec._tag) {
    case "Unpartitioned":
      return ""
    case "Daily":
      return dayKey(ordinal)
    case "Static":
      return dictionary.keys[ordinal]!
  }
}

export const ordinal = (
  self: Any,
  dictionary: PartitionDictionary,
  key: string
): Result.Result<number, UnknownPartition> => {
  const spec = self.spec
  const unknown = (expected: string) => Result.fail(new UnknownPartition({ key, definition: describe(self), expected }))
  switch (spec._tag) {
    case "Unpartitioned":
      return key === "" ? Result.succeed(0) : unknown("no partition")
    case "Daily":
      return Result.flatMap(dayOrdinal(key), (day) =>
        day >= spec.start && day <= (spec.end ?? Infinity) ? Result.succeed(day) : unknown("a day within these bounds")
      )
    case "Static": {
      const known = spec.keys.includes(key) ? dictionary.ordinals.get(key) : undefined
      return known === undefined ? unknown("one of these keys") : Result.succeed(known)
    }
  }
}

/**
 * Every partition that the definition allows. Windows without an end go on
 * until the last one that is complete at `now` (milliseconds since 1970); with
 * `Infinity`, until `Number.MAX_SAFE_INTEGER`.
 */
export const all = (self: Any, dictionary: PartitionDictionary, now: number): PartitionSet.PartitionSet => {
  const spec = self.spec
  switch (spec._tag) {
    case "Unpartitioned":
      return PartitionSet.of(0)
    case "Daily": {
      const today = now === Infinity ? Number.MAX_SAFE_INTEGER : Math.floor(now / millisOfDay)
      return PartitionSet.range(spec.start, spec.end === undefined ? today : spec.end + 1)
    }
    case "Static":
      return PartitionSet.fromOrdinals(spec.keys.flatMap((key) => dictionary.ordinals.get(key) ?? []))
  }
}

/** Days since 1970-01-01 of a real day written `YYYY-MM-DD`. */
export const dayOrdinal = (key: string): Result.Result<number, UnknownPartition> => {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(key) ? Date.parse(`${key}T00:00:00Z`) : Number.NaN
  const ordinal = millis / millisOfDay
  return Number.isInteger(ordinal) && dayKey(ordinal) === key
    ? Result.succeed(ordinal)
    : Result.fail(
        new UnknownPartition({ key, definition: "the days", expected: "a day that exists, written like 2025-06-01" })
      )
}

export const dayKey = (ordinal: number): string => new Date(ordinal * millisOfDay).toISOString().slice(0, 10)

/** The UTC day of a time given in seconds since 1970, as a key. */
export const dayOfSeconds = (seconds: number): DayKey => dayKey(Math.floor(seconds / 86_400)) as DayKey

const millisOfDay = 86_400_000

function fromSpec<K extends string>(spec: Spec): PartitionsDefinition<K> {
  return { [TypeId]: { _K: (_) => _ }, spec }
}
