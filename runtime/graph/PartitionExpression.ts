/**
 * Which partitions of an asset somebody means, whatever its definition.
 *
 * An expression is a value with two interpreters: `resolve` of ResolvedPartitions,
 * against a definition and what exists of it, and `print`, whose text reads back as
 * the same expression (see PartitionExpressionText).
 */
import * as Schema from "effect/Schema"

export const Status = Schema.Literals(["missing", "failed", "stale"])
export type Status = typeof Status.Type

const text = Schema.String

/** What can be said of one dimension. */
const parts = {
  /** `*` */
  Every: {},
  /** The last that exists. */
  Latest: {},
  /** A key, or a period of the calendar: the windows that start in it. */
  Key: { text },
  /** From one key or period to another, both included; `null` for no bound. */
  Range: { from: Schema.NullOr(text), to: Schema.NullOr(text) }
}

export const Part = Schema.TaggedUnion(parts)
export type Part = typeof Part.Type

const items = { ...parts, Status: { status: Status }, Product: { of: Schema.Array(Part).check(Schema.isMinLength(2)) } }

export const Item = Schema.TaggedUnion(items)
export type Item = typeof Item.Type

export const PartitionExpression = Schema.TaggedUnion({
  ...items,
  Union: { of: Schema.Array(Item).check(Schema.isMinLength(2)) }
})
export type PartitionExpression = typeof PartitionExpression.Type

/** Whether what is meant depends on the state of partitions. */
export const usesStatus = (self: PartitionExpression): boolean =>
  self._tag === "Status" || (self._tag === "Union" && self.of.some(usesStatus))

export const print = (self: PartitionExpression): string =>
  PartitionExpression.match(self, {
    Every: () => "*",
    Latest: () => "latest",
    Key: ({ text }) => operand(text),
    Range: ({ from, to }) => `${from === null ? "" : operand(from)}...${to === null ? "" : operand(to)}`,
    Status: ({ status }) => status,
    Product: ({ of }) => of.map(print).join("|"),
    Union: ({ of }) => of.map(print).join(",")
  })

/** Words that mean something else without quotes. */
export const reserved: ReadonlyArray<string> = ["latest", ...Status.literals]

const operand = (text: string): string => (isPlain(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`)

const isPlain = (text: string): boolean =>
  text !== "" && text.trim() === text && !/[,|"*\\]|\.\.\.|^\.|\.$/.test(text) && !reserved.includes(text)
