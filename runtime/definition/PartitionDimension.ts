/**
 * One line of partitions: windows of time, a fixed list, or keys that come to
 * light. A definition is one of them or a product of several.
 *
 * Time converts between key and ordinal by arithmetic. The other two take their
 * ordinals from the dictionary, where a fixed key stands as itself and a dynamic
 * one behind the name of its definition, so that each definition knows its own.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "./PartitionDictionary.ts"
import * as PartitionKey from "./PartitionKey.ts"
import * as PartitionSet from "./PartitionSet.ts"
import * as TimeWindow from "./TimeWindow.ts"

export const PartitionDimension = Schema.TaggedUnion({
  /** `start` and `end` are ordinals, both included; an absent `end` is open. */
  Time: { window: TimeWindow.TimeWindow, start: Schema.Int, end: Schema.NullOr(Schema.Int) },
  Static: { keys: Schema.Array(Schema.String) },
  Dynamic: { name: Schema.String }
})
export type PartitionDimension = typeof PartitionDimension.Type

export const describe = (self: PartitionDimension): string =>
  PartitionDimension.match(self, {
    Time: ({ end, start, window }) => {
      const from = `${TimeWindow.describe(window)} from ${TimeWindow.key(window, start)}`
      return end === null ? from : `${from} to ${TimeWindow.key(window, end)}`
    },
    Static: ({ keys }) => {
      const more = keys.length - shown
      return more > 0 ? `[${keys.slice(0, shown).join(", ")} and ${more} more]` : `[${keys.join(", ")}]`
    },
    Dynamic: ({ name }) => `dynamic ${name}`
  })

/** The same without its bounds: what has equal keys and ordinals is equal. */
export const unbounded = (self: PartitionDimension): PartitionDimension =>
  self._tag === "Time" ? { ...self, start: 0, end: null } : self

/** Under what the dictionary keeps a key; nothing for time, which needs no dictionary. */
export const entry = (self: PartitionDimension, key: string): string | undefined =>
  PartitionDimension.match(self, {
    Time: () => undefined,
    Static: () => key,
    Dynamic: ({ name }) => `${name}${PartitionKey.unitSeparator}${key}`
  })

export const key = (
  self: PartitionDimension,
  dictionary: PartitionDictionary.PartitionDictionary,
  ordinal: number
): string =>
  PartitionDimension.match(self, {
    Time: ({ window }) => TimeWindow.key(window, ordinal),
    Static: () => dictionary.keys[ordinal]!,
    Dynamic: ({ name }) => dictionary.keys[ordinal]!.slice(name.length + PartitionKey.unitSeparator.length)
  })

/** The ordinal of a key, or what was expected instead. */
export const ordinal = (
  self: PartitionDimension,
  dictionary: PartitionDictionary.PartitionDictionary,
  key: string
): Result.Result<number, string> => {
  if (self._tag === "Time") return timeOrdinal(self, key)
  const ordinal = dictionary.ordinals.get(entry(self, key)!)
  if (ordinal !== undefined && PartitionSet.has(all(self, dictionary, 0), ordinal)) return Result.succeed(ordinal)
  return Result.fail(
    self._tag === "Static" ? "one of these keys" : (PartitionKey.refusal(key) ?? "a key that was observed")
  )
}

/** What is wrong with a key, as far as the definition alone can tell. */
export const refusal = (self: PartitionDimension, key: string): string | undefined =>
  PartitionDimension.match(self, {
    Time: (self) =>
      Result.match(timeOrdinal(self, key), { onFailure: (expected) => expected, onSuccess: () => undefined }),
    Static: ({ keys }) => (keys.includes(key) ? undefined : "one of these keys"),
    Dynamic: () => PartitionKey.refusal(key)
  })

/** All partitions; windows without an end go on as long as they have ended by an instant. */
export const all = (
  self: PartitionDimension,
  dictionary: PartitionDictionary.PartitionDictionary,
  until: number
): PartitionSet.PartitionSet =>
  PartitionDimension.match(self, {
    Time: ({ end, start, window }) => windows(window, start, end === null ? endedBy(window, until) : end + 1),
    Static: (self) => PartitionDictionary.remember(dictionary, self, () => known(dictionary, self.keys)),
    Dynamic: (self) => PartitionDictionary.remember(dictionary, self, () => observed(dictionary, entry(self, "")!))
  })

/** What the dictionary keeps of the keys: all of a list, those seen so far of a dynamic definition. */
export const entries = (
  self: PartitionDimension,
  dictionary: PartitionDictionary.PartitionDictionary
): ReadonlyArray<string> =>
  PartitionDimension.match(self, {
    Time: () => [],
    Static: ({ keys }) => keys,
    Dynamic: (self) => [...PartitionSet.ordinals(all(self, dictionary, 0))].map((ordinal) => dictionary.keys[ordinal]!)
  })

/** How many keys of a list are shown. */
const shown = 8

const timeOrdinal = (
  { end, start, window }: (typeof PartitionDimension.cases.Time)["Type"],
  key: string
): Result.Result<number, string> =>
  Result.filterOrFail(
    TimeWindow.parse(window, key),
    (ordinal) => start <= ordinal && ordinal <= (end ?? Number.POSITIVE_INFINITY),
    () => "one within these bounds"
  )

const windows = (window: TimeWindow.TimeWindow, start: number, end: number): PartitionSet.PartitionSet =>
  start < end
    ? PartitionSet.difference(PartitionSet.range(start, end), TimeWindow.skipped(window, { start, end }))
    : PartitionSet.empty

/** The end, excluded, of the windows that have ended by an instant. */
const endedBy = (window: TimeWindow.TimeWindow, until: number): number =>
  until >= TimeWindow.endOfTime ? TimeWindow.everything(window).end : TimeWindow.ordinalAt(window, until)

const known = (dictionary: PartitionDictionary.PartitionDictionary, keys: ReadonlyArray<string>) =>
  PartitionSet.fromOrdinals(keys.flatMap((key) => dictionary.ordinals.get(key) ?? []))

const observed = (dictionary: PartitionDictionary.PartitionDictionary, prefix: string) =>
  PartitionSet.fromOrdinals(dictionary.keys.flatMap((key, ordinal) => (isOf(key, prefix) ? ordinal : [])))

/** A combination of several keys (see PartitionProduct) is not a key of a dimension. */
const isOf = (entry: string, prefix: string): boolean =>
  entry.startsWith(prefix) && !entry.includes(PartitionKey.recordSeparator)
