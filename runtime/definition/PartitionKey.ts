/**
 * The text by which people name a partition.
 *
 * The type of a key tells its definition, so that a day is not taken for a month.
 * What is accepted survives paths, SQL, URLs and a terminal unchanged; the rest is
 * refused where the key is defined or first seen, with the rule.
 */

/** A key of one definition, told apart by the definition's name. */
export type PartitionKey<Name> = string & { readonly "~PartitionKey": Name }

export type HourKey = PartitionKey<"hour">
export type DayKey = PartitionKey<"day">
export type WeekKey = PartitionKey<"week">
export type MonthKey = PartitionKey<"month">
export type QuarterKey = PartitionKey<"quarter">
export type YearKey = PartitionKey<"year">

interface UtcKeys {
  readonly hour: HourKey
  readonly day: DayKey
  readonly week: WeekKey
  readonly month: MonthKey
  readonly quarter: QuarterKey
  readonly year: YearKey
}

/** A key of a window of time in a zone; the names above are those of UTC. */
export type TimeKey<Cycle extends string, Zone extends string> = Zone extends "UTC"
  ? Cycle extends keyof UtcKeys
    ? UtcKeys[Cycle]
    : PartitionKey<Cycle>
  : PartitionKey<`${Cycle} ${Zone}`>

/** A key with one part for each dimension. */
export type ProductKey<Dimensions> = PartitionKey<Dimensions>

const maxBytes = 1024

/** Keys hold no control characters, so these can stand between them in the dictionary. */
export const unitSeparator = "\u001f"
export const recordSeparator = "\u001e"

/** Why a text cannot be a key; `undefined` where it can. */
export const refusal = (key: string): string | undefined => {
  if (key === "") return "a key is not empty"
  if (!key.isWellFormed()) return "a key is Unicode text, without halves of surrogate pairs"
  if (invisible.test(key))
    return "a key holds no control characters, line breaks or marks that change the direction of text"
  if (key.trim() !== key) return "a key has no white space at its ends"
  return Buffer.byteLength(key) > maxBytes ? `a key has at most ${maxBytes} bytes` : undefined
}

/** The key of a product from the keys of its dimensions: `2025-06-01|us`, with `\` before a `|` or `\` in a part. */
export const join = (parts: ReadonlyArray<string>): string =>
  parts.map((part) => part.replaceAll(/[\\|]/g, "\\$&")).join("|")

/** The keys of the dimensions; `undefined` for a text that `join` cannot have made. */
export const split = (key: string): ReadonlyArray<string> | undefined => {
  const parts = [...`${key}|`.matchAll(/((?:[^\\|]|\\[\\|])*)\|/gsy)].map(([, part]) => part!)
  return parts.join("|") === key ? parts.map((part) => part.replaceAll(/\\(.)/gs, "$1")) : undefined
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const invisible = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
