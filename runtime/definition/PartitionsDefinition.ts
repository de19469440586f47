/**
 * Which partitions an asset has.
 *
 * People name a partition by a key, the machine by an ordinal. Windows of time
 * convert by arithmetic; static and dynamic keys take their ordinals from the
 * `PartitionDictionary`, and so do products of several dimensions for all that is
 * not time. An asset without partitions has one, with the ordinal 0 and no key.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Covariant } from "effect/Types"
import type * as Calendar from "./Calendar.ts"
import type { Bounds } from "./PartitionBounds.ts"
import * as PartitionBounds from "./PartitionBounds.ts"
import type { PartitionDictionary } from "./PartitionDictionary.ts"
import * as PartitionDimension from "./PartitionDimension.ts"
import * as PartitionKey from "./PartitionKey.ts"
import * as PartitionProduct from "./PartitionProduct.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as PartitionText from "./PartitionText.ts"
import * as TimeWindow from "./TimeWindow.ts"

export type { Bounds } from "./PartitionBounds.ts"
export type { DayKey, HourKey, MonthKey, ProductKey, QuarterKey, TimeKey, WeekKey, YearKey } from "./PartitionKey.ts"

/** A key is not one of its definition: malformed, of a day that does not exist, outside its bounds, or not listed. */
export class UnknownPartition extends Schema.TaggedError<UnknownPartition>()("UnknownPartition", {
  key: Schema.String,
  definition: Schema.String,
  expected: Schema.String
}) {
  override get message() {
    return `partition ${JSON.stringify(this.key)} is not one of ${this.definition}: expected ${this.expected}`
  }
}

/** A definition holds no partition, the same key twice, a key that is refused, or ends before it starts. */
export class InvalidPartitions extends Schema.TaggedError<InvalidPartitions>()("InvalidPartitions", {
  definition: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the partitions ${this.definition} cannot be defined: ${this.reason}`
  }
}

const TypeId = "~strata/PartitionsDefinition"

/** A definition as plain data, which can be stored. */
export const Spec = Schema.Union([
  Schema.TaggedStruct("Unpartitioned", {}),
  PartitionDimension.PartitionDimension,
  Schema.TaggedStruct("Product", { dimensions: PartitionProduct.PartitionProduct })
])
export type Spec = typeof Spec.Type

/** Partitions whose keys have the type `K`, so that the key of another definition is not accepted. */
export interface PartitionsDefinition<out K extends string> {
  readonly [TypeId]: { readonly _K: Covariant<K> }
  readonly spec: Spec
}

export interface Any extends PartitionsDefinition<string> {}

export type Key<P> = P extends PartitionsDefinition<infer K> ? K : never

/** One partition, as a body sees it. */
export interface Partition<out K extends string> {
  readonly key: K
  readonly ordinal: number
}

type OfTime<Cycle extends string, Zone extends string> = PartitionsDefinition<PartitionKey.TimeKey<Cycle, Zone>>

export const unpartitioned: PartitionsDefinition<never> = fromSpec({ _tag: "Unpartitioned" })

/** One partition an hour: keys such as `2025-06-01T13`. */
export const hourly = <const Zone extends string = "UTC">(bounds: Bounds<Zone>): OfTime<"hour", Zone> =>
  ofCycle("Hourly", bounds)

/** One partition a day: keys such as `2025-06-01`. */
export const daily = <const Zone extends string = "UTC">(bounds: Bounds<Zone>): OfTime<"day", Zone> =>
  ofCycle("Daily", bounds)

/** One partition an ISO week, from Monday: keys such as `2025-W23`. */
export const weekly = <const Zone extends string = "UTC">(bounds: Bounds<Zone>): OfTime<"week", Zone> =>
  ofCycle("Weekly", bounds)

/** One partition a month: keys such as `2025-06`. */
export const monthly = <const Zone extends string = "UTC">(bounds: Bounds<Zone>): OfTime<"month", Zone> =>
  ofCycle("Monthly", bounds)

/** One partition a quarter: keys such as `2025Q2`. */
export const quarterly = <const Zone extends string = "UTC">(bounds: Bounds<Zone>): OfTime<"quarter", Zone> =>
  ofCycle("Quarterly", bounds)

/** One partition a year: keys such as `2025`. */
export const yearly = <const Zone extends string = "UTC">(bounds: Bounds<Zone>): OfTime<"year", Zone> =>
  ofCycle("Yearly", bounds)

/** A window from each time that the expression names to the next: keys such as `2025-06-01T09:30`, or days where all are midnights. */
export const cron = <const Expression extends string, const Zone extends string = "UTC">(
  expression: Expression,
  bounds: Bounds<Zone>
): OfTime<`cron ${Expression}`, Zone> =>
  ofTime(`cron "${expression}"`, TimeWindow.cron(expression, bounds.timeZone), bounds)

/** A fixed list of keys. Removing a key later hides its data; adding and reordering keys is always safe. */
export const fixed = <const Keys extends ReadonlyArray<string>>(keys: Keys): PartitionsDefinition<Keys[number]> => {
  const spec: Spec = { _tag: "Static", keys }
  const seen = new Set<string>()
  if (keys.length === 0) throw invalid(spec, "the list is empty")
  for (const key of keys) {
    const refusal = PartitionKey.refusal(key)
    if (refusal !== undefined) throw invalid(spec, `${JSON.stringify(key)} is refused, for ${refusal}`)
    if (seen.has(key)) throw invalid(spec, `"${key}" stands twice`)
    seen.add(key)
  }
  return fromSpec(spec)
}

/** Keys that come to light when they are observed. Definitions of the same name have the same keys. */
export const dynamic = <const Name extends string>(
  name: Name
): PartitionsDefinition<PartitionKey.PartitionKey<`dynamic ${Name}`>> => {
  const refusal = PartitionKey.refusal(name)
  if (refusal !== undefined) throw invalid({ _tag: "Dynamic", name }, `its name is refused, for ${refusal}`)
  return fromSpec({ _tag: "Dynamic", name })
}

/** A text, such as the name of a file, as a key of a dynamic definition. One that no key can be is left out when it is observed. */
export const observedKey = <Name extends string>(
  _: PartitionsDefinition<PartitionKey.PartitionKey<`dynamic ${Name}`>>,
  text: string
): PartitionKey.PartitionKey<`dynamic ${Name}`> => text as PartitionKey.PartitionKey<`dynamic ${Name}`>

/** All combinations of two or more dimensions: keys such as `2025-06-01|us`, in the order given here. */
export const product = <const Dimensions extends Readonly<Record<string, Any>>>(
  dimensions: Dimensions
): PartitionsDefinition<PartitionKey.ProductKey<{ readonly [N in keyof Dimensions]: Key<Dimensions[N]> }>> => {
  const spec: Spec = {
    _tag: "Product",
    dimensions: Object.entries(dimensions).map(([name, { spec }]) => {
      if (spec._tag !== "Unpartitioned" && spec._tag !== "Product") return { name, of: spec }
      throw new InvalidPartitions({ definition: name, reason: "a dimension is of time, static or dynamic" })
    })
  }
  const refusal = PartitionProduct.refusal(spec.dimensions)
  if (refusal !== undefined) throw invalid(spec, refusal)
  return fromSpec(spec)
}

/** The definition that was stored as data. */
export const ofSpec = (spec: Spec): Any => fromSpec(spec)

export const isPartitioned = (self: Any): boolean => self.spec._tag !== "Unpartitioned"

export const equals = (self: Any, that: Any): boolean => JSON.stringify(self.spec) === JSON.stringify(that.spec)

/** Whether the same keys have the same ordinals, whatever the bounds of time. */
export const isAlike = (self: Any, that: Any): boolean =>
  JSON.stringify(dimensions(self).map(unbounded)) === JSON.stringify(dimensions(that).map(unbounded))

/** The dimensions of a product by name and order; anything else has one, without a name, and no partitions none. */
export const dimensions = ({ spec }: Any): PartitionProduct.PartitionProduct =>
  spec._tag === "Unpartitioned" ? [] : spec._tag === "Product" ? spec.dimensions : [{ name: "", of: spec }]

export const describe = ({ spec }: Any): string =>
  spec._tag === "Unpartitioned"
    ? "unpartitioned"
    : spec._tag === "Product"
      ? spec.dimensions.map(({ name, of }) => `${name}: ${PartitionDimension.describe(of)}`).join(" | ")
      : PartitionDimension.describe(spec)

/** What needs an ordinal in the dictionary. For products with a dynamic dimension it grows with what the dictionary holds. */
export const dictionaryKeys = (self: Any, dictionary: PartitionDictionary = emptyDictionary): ReadonlyArray<string> =>
  PartitionProduct.entries(dimensions(self), dictionary)

/** What needs an ordinal in the dictionary for a key that is observed, before `ordinal` knows it. */
export const observedKeys = (self: Any, key: string): Result.Result<ReadonlyArray<string>, UnknownPartition> =>
  Result.map(partsOf(self, key), (keys) => PartitionProduct.entriesOf(dimensions(self), keys))

/** The text of an ordinal that the definition holds; for the one partition of an unpartitioned asset, nothing. */
export const key = ({ spec }: Any, dictionary: PartitionDictionary, ordinal: number): string =>
  spec._tag === "Unpartitioned"
    ? ""
    : spec._tag === "Product"
      ? PartitionProduct.key(spec.dimensions, dictionary, ordinal)
      : PartitionDimension.key(spec, dictionary, ordinal)

export const ordinal = (
  self: Any,
  dictionary: PartitionDictionary,
  key: string
): Result.Result<number, UnknownPartition> => {
  const { spec } = self
  if (spec._tag === "Unpartitioned") return Result.map(partsOf(self, key), () => 0)
  const found =
    spec._tag === "Product"
      ? PartitionProduct.ordinal(spec.dimensions, dictionary, key)
      : PartitionDimension.ordinal(spec, dictionary, key)
  return Result.mapError(found, unknown(self, key))
}

/** A text as a key of the definition, as far as the definition alone can tell: a dynamic key may be new. */
export const parseKey = <K extends string>(
  self: PartitionsDefinition<K>,
  text: string
): Result.Result<K, UnknownPartition> => Result.map(partsOf(self, text), () => text as K)

/** The keys of a product's dimensions by name; of any other definition, the key without a name. */
export const dimensionKeys = (
  self: Any,
  key: string
): Result.Result<Readonly<Record<string, string>>, UnknownPartition> =>
  Result.map(partsOf(self, key), (keys) => Object.fromEntries(dimensions(self).map(({ name }, i) => [name, keys[i]!])))

/** The key of a product from those of its dimensions. */
export const productKey = <Keys>(
  self: PartitionsDefinition<PartitionKey.ProductKey<Keys>>,
  keys: Keys & Readonly<Record<string, string>>
): PartitionKey.ProductKey<Keys> =>
  PartitionKey.join(dimensions(self).map(({ name }) => keys[name]!)) as PartitionKey.ProductKey<Keys>

/**
 * Every partition that the definition allows. Windows of time without an end go on
 * as long as they have ended by `until`, in milliseconds since 1970; with
 * `Infinity`, to the year 9999.
 */
export const all = (self: Any, dictionary: PartitionDictionary, until: number): PartitionSet.PartitionSet => {
  const { spec } = self
  if (spec._tag === "Unpartitioned") return PartitionSet.of(0)
  return spec._tag === "Product"
    ? PartitionProduct.all(spec.dimensions, dictionary, until)
    : PartitionDimension.all(spec, dictionary, until)
}

/** Whether a set goes on to the end of time, as nothing does that exists. */
export const isEndless = (self: Any, dictionary: PartitionDictionary, set: PartitionSet.PartitionSet): boolean =>
  !PartitionSet.isSubset(set, all(self, dictionary, lastYear))

/** The set in a short line: `2025-06-02…2025-07-31 (51)`, up to `limit` stretches and then their number. */
export const format = (
  self: Any,
  dictionary: PartitionDictionary,
  set: PartitionSet.PartitionSet,
  limit = 3
): string => (isPartitioned(self) ? PartitionText.format(dimensions(self), dictionary, set, limit) : "")

/** The key of the UTC day of a time given in seconds since 1970. */
export const dayOfSeconds = (seconds: number): PartitionKey.DayKey =>
  dayKey(Math.floor(seconds / 86_400)) as PartitionKey.DayKey

export const dayKey = (ordinal: number): string => TimeWindow.key(days, ordinal)

/** Days since 1970-01-01 of a real day written `YYYY-MM-DD`. */
export const dayOrdinal = (key: string): Result.Result<number, UnknownPartition> =>
  Result.mapError(
    TimeWindow.parse(days, key),
    (expected) => new UnknownPartition({ key, definition: "the days", expected })
  )

const days = Result.getOrThrow(TimeWindow.make("Daily"))
const emptyDictionary: PartitionDictionary = { ordinals: new Map(), keys: [] }
const lastYear = Date.UTC(9999, 0)

function fromSpec<K extends string>(spec: Spec): PartitionsDefinition<K> {
  return { [TypeId]: { _K: (_) => _ }, spec }
}

const invalid = (spec: Spec, reason: string): InvalidPartitions =>
  new InvalidPartitions({ definition: describe(fromSpec(spec)), reason })

const unknown = (self: Any, key: string) => (expected: string) =>
  new UnknownPartition({ key, definition: describe(self), expected })

const unbounded = ({ name, of }: PartitionProduct.Dimension) => ({ name, of: PartitionDimension.unbounded(of) })

const ofCycle = <K extends string>(cycle: Calendar.Cycle, bounds: Bounds<string>): PartitionsDefinition<K> =>
  ofTime(cycle.toLowerCase(), TimeWindow.make(cycle, bounds.timeZone), bounds)

const ofTime = <K extends string>(
  name: string,
  window: Result.Result<TimeWindow.TimeWindow, string>,
  bounds: Bounds<string>
): PartitionsDefinition<K> => {
  const spec = Result.flatMap(window, (of) => PartitionBounds.within(of, bounds))
  const definition = `${name} from ${bounds.start}`
  return fromSpec(Result.getOrThrowWith(spec, (reason) => new InvalidPartitions({ definition, reason })))
}

/** The keys of the dimensions that a text stands for, each as its dimension wants it. */
const partsOf = (self: Any, key: string): Result.Result<ReadonlyArray<string>, UnknownPartition> => {
  const parts = dimensions(self)
  const keys = parts.length === 1 ? [key] : key === "" ? [] : PartitionKey.split(key)
  if (keys?.length !== parts.length) {
    return Result.fail(unknown(self, key)(parts.map(({ name }) => name).join("|") || "no partition"))
  }
  const refusal = parts.map(({ of }, i) => PartitionDimension.refusal(of, keys[i]!)).find((it) => it !== undefined)
  return refusal === undefined ? Result.succeed(keys) : Result.fail(unknown(self, key)(refusal))
}
