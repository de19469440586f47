/**
 * Which assets, and which of their partitions, somebody means.
 *
 * A selection is a value with two interpreters: `resolve` of SelectedAssets, against
 * a graph and what is known of it, and `print`, whose text reads back as the same
 * selection (see AssetSelectionText).
 */
import * as Schema from "effect/Schema"

export const Status = Schema.Literals(["missing", "failed", "stale", "up-to-date", "running"])
export type Status = typeof Status.Type

/** How far a traversal goes: all the way, or so many steps. */
export const Steps = Schema.Union([
  Schema.Literal("All"),
  Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
])
export type Steps = typeof Steps.Type

/** `null` stands for having none, and for a tag of any value. */
export type AssetSelection =
  | { readonly _tag: "All" }
  | { readonly _tag: "Key"; readonly pattern: string }
  | { readonly _tag: "Group" | "Kind" | "Owner"; readonly value: string | null }
  | { readonly _tag: "Tag"; readonly key: string | null; readonly value: string | null }
  | { readonly _tag: "Status"; readonly status: Status }
  | { readonly _tag: "Roots" | "Sinks" | "Not"; readonly of: AssetSelection }
  | { readonly _tag: "Traverse"; readonly of: AssetSelection; readonly up: Steps; readonly down: Steps }
  | { readonly _tag: "And" | "Or"; readonly of: ReadonlyArray<AssetSelection> }

const selection = Schema.suspend((): Schema.Codec<AssetSelection> => AssetSelection)
const two = Schema.Array(selection).check(Schema.isMinLength(2))
const value = { value: Schema.NullOr(Schema.String) }

/** By tag, with an exhaustive `match`. */
export const cases = Schema.TaggedUnion({
  All: {},
  Key: { pattern: Schema.String },
  Group: value,
  Kind: value,
  Owner: value,
  /** No tag at all where the key is `null`. */
  Tag: { key: Schema.NullOr(Schema.String), ...value },
  Status: { status: Status },
  /** Those of a selection without anything upstream of them in it. */
  Roots: { of: selection },
  Sinks: { of: selection },
  Not: { of: selection },
  Traverse: { of: selection, up: Steps, down: Steps },
  And: { of: two },
  Or: { of: two }
})
export const AssetSelection: Schema.Codec<AssetSelection> = cases

export const all: AssetSelection = { _tag: "All" }

/** The selections that one is made of. */
export const children = (self: AssetSelection): ReadonlyArray<AssetSelection> => ("of" in self ? [self.of].flat() : [])

/** Whether what is selected depends on the state of partitions. */
export const usesStatus = (self: AssetSelection): boolean => self._tag === "Status" || children(self).some(usesStatus)

/** The text of a selection, with the parentheses that it needs. */
export const print = (self: AssetSelection): string => printed(self, binding.Or)

/** What binds tighter has a higher number. */
const binding = { Or: 0, And: 1, Not: 2, Traverse: 3, Atom: 4 } as const

const printed = (self: AssetSelection, within: number): string => {
  const bound = self._tag in binding ? binding[self._tag as keyof typeof binding] : binding.Atom
  const text = textOf(self)
  return bound < within ? `(${text})` : text
}

const textOf = (self: AssetSelection): string =>
  cases.match(self, {
    All: () => "*",
    Key: ({ pattern }) => `key:${quoted(pattern, /^[a-zA-Z_*][a-zA-Z0-9_*/]*$/)}`,
    Group: ({ value }) => `group:${valueText(value)}`,
    Kind: ({ value }) => `kind:${valueText(value)}`,
    Owner: ({ value }) => `owner:${valueText(value)}`,
    Tag: ({ key, value }) => `tag:${valueText(key)}${value === null ? "" : `=${valueText(value)}`}`,
    Status: ({ status }) => `status:${status}`,
    Roots: ({ of }) => `roots(${print(of)})`,
    Sinks: ({ of }) => `sinks(${print(of)})`,
    Not: ({ of }) => `not ${printed(of, binding.Not)}`,
    Traverse: ({ down, of, up }) => {
      const before = up === "All" ? "+" : up > 0 || down === 0 ? `${up}+` : ""
      const after = down === "All" ? "+" : down > 0 ? `+${down}` : ""
      return before + printed(of, binding.Atom) + after
    },
    And: ({ of }) => of.map((part) => printed(part, binding.Not)).join(" and "),
    Or: ({ of }) => of.map((part) => printed(part, binding.And)).join(" or ")
  })

const valueText = (value: string | null): string =>
  value === null ? "<null>" : quoted(value, /^[a-zA-Z_][a-zA-Z0-9_/]*$/)

const quoted = (text: string, plain: RegExp): string =>
  plain.test(text) && !/^(and|or|not)$/i.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`
