/**
 * The partitions that an expression means for one definition.
 *
 * Of keys, periods and ranges those are taken that exist; that none does is no
 * error here, since one expression is asked of many assets.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { PartitionDictionary } from "../definition/PartitionDictionary.ts"
import * as PartitionDimension from "../definition/PartitionDimension.ts"
import * as PartitionProduct from "../definition/PartitionProduct.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import * as TimeWindow from "../definition/TimeWindow.ts"
import * as NearestName from "./NearestName.ts"
import * as PartitionExpression from "./PartitionExpression.ts"
import * as TextPlace from "./TextPlace.ts"

/** An expression says something that a definition has no partitions for. */
export class UnmatchedPartitions extends Schema.TaggedError<UnmatchedPartitions>()("UnmatchedPartitions", {
  text: Schema.String,
  /** Counted from 0. */
  at: Schema.Int,
  definition: Schema.String,
  expected: Schema.String
}) {
  override get message() {
    const place = TextPlace.show(this.text, this.at)
    return `the partitions do not fit ${this.definition}: expected ${this.expected}\n${place}`
  }
}

export interface Context {
  readonly definition: PartitionsDefinition.Any
  readonly dictionary: PartitionDictionary
  readonly existing: PartitionSet.PartitionSet
  /** Asked for only where the expression names a status. */
  readonly status: (status: PartitionExpression.Status) => PartitionSet.PartitionSet
}

export const resolve = (
  self: PartitionExpression.PartitionExpression,
  context: Context
): Result.Result<PartitionSet.PartitionSet, UnmatchedPartitions> => {
  const items = self._tag === "Union" ? self.of : [self]
  const definition = PartitionsDefinition.describe(context.definition)
  const text = PartitionExpression.print(self)
  const sets: Array<PartitionSet.PartitionSet> = []
  let at = 0
  for (const item of items) {
    const set = ofItem(item, context)
    if (Result.isFailure(set)) {
      const { expected, offset } = set.failure
      return Result.fail(new UnmatchedPartitions({ text, at: at + offset, definition, expected }))
    }
    sets.push(PartitionSet.intersection(set.success, context.existing))
    at += PartitionExpression.print(item).length + 1
  }
  return Result.succeed(PartitionSet.unionAll(sets))
}

interface Unmatched {
  /** From the start of the item. */
  readonly offset: number
  readonly expected: string
}

type Found = Result.Result<PartitionSet.PartitionSet, Unmatched>

const unmatched = (expected: string, offset = 0) => Result.fail<Unmatched>({ offset, expected })

const ofItem = (item: PartitionExpression.Item, context: Context): Found => {
  const dimensions = PartitionsDefinition.dimensions(context.definition)
  if (item._tag === "Every") return Result.succeed(context.existing)
  if (item._tag === "Status") return Result.succeed(context.status(item.status))
  if (dimensions.length === 0) {
    return item._tag === "Latest" ? Result.succeed(context.existing) : unmatched("no keys, for it has no partitions")
  }
  if (item._tag === "Product") return ofProduct(item.of, dimensions, context)
  const [only] = dimensions
  return dimensions.length === 1
    ? ofPart(item, only!.of, context.existing, context.dictionary)
    : ofTime(item, dimensions, context)
}

/** In a product, what stands alone is said of its first dimension of time. */
const ofTime = (
  part: PartitionExpression.Part,
  dimensions: PartitionProduct.PartitionProduct,
  context: Context
): Found => {
  const time = dimensions.findIndex(({ of }) => of._tag === "Time")
  if (time < 0) return unmatched(named(dimensions))
  const parts = dimensions.map((_, i): PartitionExpression.Part => (i === time ? part : { _tag: "Every" }))
  return Result.mapError(ofProduct(parts, dimensions, context), ({ expected }) => ({ offset: 0, expected }))
}

/** What is latest is so among the partitions that the other parts leave. */
const ofProduct = (
  parts: ReadonlyArray<PartitionExpression.Part>,
  dimensions: PartitionProduct.PartitionProduct,
  { dictionary, existing }: Context
): Found => {
  if (parts.length !== dimensions.length) return unmatched(named(dimensions))
  let left = PartitionProduct.boxes(dimensions, dictionary, existing)
  const order = [...parts.keys()].sort((a, b) => Number(isLatest(parts[a]!)) - Number(isLatest(parts[b]!)))
  for (const i of order) {
    const side = PartitionSet.unionAll(left.map((box) => box[i]!))
    const set = ofPart(parts[i]!, dimensions[i]!.of, side, dictionary)
    if (Result.isFailure(set)) {
      const offset = parts.slice(0, i).reduce((sum, part) => sum + PartitionExpression.print(part).length + 1, 0)
      return unmatched(`for ${dimensions[i]!.name} ${set.failure.expected}`, offset + set.failure.offset)
    }
    left = left
      .map((box) => box.with(i, PartitionSet.intersection(box[i]!, set.success)))
      .filter((box) => !box.some(PartitionSet.isEmpty))
  }
  return Result.succeed(PartitionProduct.fromBoxes(dimensions, dictionary, left))
}

const isLatest = (part: PartitionExpression.Part): boolean => part._tag === "Latest"

const named = (dimensions: PartitionProduct.PartitionProduct): string =>
  dimensions.length === 1 ? "a key without |, for it has one dimension" : dimensions.map(({ name }) => name).join("|")

const ofPart = (
  part: PartitionExpression.Part,
  dimension: PartitionDimension.PartitionDimension,
  existing: PartitionSet.PartitionSet,
  dictionary: PartitionDictionary
): Found =>
  PartitionExpression.Part.match(part, {
    Every: () => Result.succeed(existing),
    Latest: () => {
      if (dimension._tag === "Static") return unmatched("a key, for a fixed list has no latest one")
      const last = PartitionSet.last(existing)
      return Result.succeed(last === undefined ? existing : PartitionSet.of(last))
    },
    Key: ({ text }) =>
      dimension._tag === "Time"
        ? Result.map(windows(dimension, text), PartitionSet.fromInterval)
        : Result.map(place(dimension, dictionary, text), ({ ordinal }) => PartitionSet.of(ordinal)),
    Range: ({ from, to }) => {
      if (dimension._tag === "Time") return timeRange(dimension, from, to)
      if (dimension._tag === "Static") return listRange(dimension, dictionary, from, to)
      return unmatched("keys one by one, for those that are observed have no order")
    }
  })

type Time = (typeof PartitionDimension.PartitionDimension.cases.Time)["Type"]
type Static = (typeof PartitionDimension.PartitionDimension.cases.Static)["Type"]

/** The window whose key the text is, or those that start in the period. */
const windows = ({ window }: Time, text: string): Result.Result<PartitionSet.Interval, Unmatched> => {
  const exact = TimeWindow.parse(window, text)
  if (Result.isSuccess(exact)) return Result.succeed({ start: exact.success, end: exact.success + 1 })
  const period = TimeWindow.parsePeriod(window.timeZone, text)
  return period === undefined ? unmatched(exact.failure) : Result.succeed(TimeWindow.startingIn(window, period))
}

const timeRange = (dimension: Time, from: string | null, to: string | null): Found => {
  const everything = TimeWindow.everything(dimension.window)
  const first = from === null ? Result.succeed(everything) : windows(dimension, from)
  const last = to === null ? Result.succeed(everything) : windows(dimension, to)
  if (Result.isFailure(first)) return Result.fail(first.failure)
  if (Result.isFailure(last)) return unmatched(last.failure.expected, toOffset(from))
  const isReversed = last.success.end <= first.success.start && isSome(first.success) && isSome(last.success)
  return isReversed
    ? unmatched(reversed, toOffset(from))
    : Result.succeed(PartitionSet.range(first.success.start, last.success.end))
}

/** No window of a coarse definition may start in a fine period. */
const isSome = ({ end, start }: PartitionSet.Interval): boolean => start < end

/** In the order of the list. */
const listRange = (
  dimension: Static,
  dictionary: PartitionDictionary,
  from: string | null,
  to: string | null
): Found => {
  const first = from === null ? Result.succeed({ index: 0 }) : place(dimension, dictionary, from)
  const last = to === null ? Result.succeed({ index: dimension.keys.length - 1 }) : place(dimension, dictionary, to)
  if (Result.isFailure(first)) return Result.fail(first.failure)
  if (Result.isFailure(last)) return unmatched(last.failure.expected, toOffset(from))
  if (first.success.index > last.success.index) return unmatched(reversed, toOffset(from))
  const keys = dimension.keys.slice(first.success.index, last.success.index + 1)
  return Result.succeed(PartitionSet.fromOrdinals(keys.flatMap((key) => dictionary.ordinals.get(key) ?? [])))
}

const reversed = "an end that does not come before the start"

/** Where the second key of a range is printed. */
const toOffset = (from: string | null): number => PartitionExpression.print({ _tag: "Range", from, to: null }).length

/** The ordinal of a key, and its index in a list. */
const place = (
  dimension: PartitionDimension.PartitionDimension,
  dictionary: PartitionDictionary,
  text: string
): Result.Result<{ readonly ordinal: number; readonly index: number }, Unmatched> => {
  const index = dimension._tag === "Static" ? dimension.keys.indexOf(text) : -1
  return Result.mapBoth(PartitionDimension.ordinal(dimension, dictionary, text), {
    onFailure: (expected) => ({
      offset: 0,
      expected: expected + NearestName.hint(nearest(dimension, dictionary, text))
    }),
    onSuccess: (ordinal) => ({ ordinal, index })
  })
}

const nearest = (
  dimension: PartitionDimension.PartitionDimension,
  dictionary: PartitionDictionary,
  text: string
): ReadonlyArray<string> => {
  const known = PartitionDimension.all(dimension, dictionary, 0)
  const keys = [...PartitionSet.ordinals(known)].map((ordinal) =>
    PartitionDimension.key(dimension, dictionary, ordinal)
  )
  return NearestName.find(text, keys)
}
