/**
 * The names by which selections call assets: keys, groups, kinds, owners and tags.
 */
import * as Schema from "effect/Schema"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as AssetSelection from "./AssetSelection.ts"
import * as NearestName from "./NearestName.ts"
import * as Wildcard from "./Wildcard.ts"

export class UnknownAsset extends Schema.TaggedError<UnknownAsset>()("UnknownAsset", {
  pattern: Schema.String,
  nearest: Schema.Array(Schema.String)
}) {
  override get message() {
    const none = this.pattern.includes("*") ? "no asset matches" : "there is no asset"
    return `${none} ${JSON.stringify(this.pattern)}${NearestName.hint(this.nearest)}`
  }
}

/** No asset has this group, kind, owner or tag. */
export class UnknownAttribute extends Schema.TaggedError<UnknownAttribute>()("UnknownAttribute", {
  attribute: Schema.Literals(["group", "kind", "owner", "tag"]),
  value: Schema.String,
  nearest: Schema.Array(Schema.String)
}) {
  override get message() {
    return `no asset has the ${this.attribute} ${JSON.stringify(this.value)}${NearestName.hint(this.nearest)}`
  }
}

/** What a selection looks at of an asset. */
export interface SelectableAsset {
  readonly key: AssetKey
  readonly group: string
  readonly kinds: ReadonlyArray<string>
  readonly owners: ReadonlyArray<string>
  readonly tags: Readonly<Record<string, string>>
}

/** The question whether an asset has a key of this pattern. */
export const matchesKey = (pattern: string): ((asset: SelectableAsset) => boolean) => {
  const matches = Wildcard.make(pattern)
  return ({ key }) => matches(key)
}

/** Whether the value is among those of the asset; with `null`, whether it has none. */
export const isAmong = (values: ReadonlyArray<string>, value: string | null): boolean =>
  value === null ? values.length === 0 : values.includes(value)

/** With `null` for the value, a tag of any; with `null` for the key, no tag. */
export const hasTag =
  (key: string | null, value: string | null) =>
  ({ tags }: SelectableAsset): boolean => {
    if (key === null) return Object.keys(tags).length === 0
    return Object.hasOwn(tags, key) && (value === null || tags[key] === value)
  }

/** The first name in a selection that no asset has. */
export const unknown = (
  self: AssetSelection.AssetSelection,
  assets: ReadonlyArray<SelectableAsset>
): UnknownAsset | UnknownAttribute | undefined => {
  const own = unknownKey(self, assets) ?? unknownAttribute(self, assets)
  if (own !== undefined) return own
  for (const child of AssetSelection.children(self)) {
    const found = unknown(child, assets)
    if (found !== undefined) return found
  }
  return undefined
}

const unknownKey = (self: AssetSelection.AssetSelection, assets: ReadonlyArray<SelectableAsset>) => {
  if (self._tag !== "Key" || assets.some(matchesKey(self.pattern))) return undefined
  const keys = assets.map(({ key }) => key)
  return new UnknownAsset({ pattern: self.pattern, nearest: NearestName.find(self.pattern, keys) })
}

const unknownAttribute = (self: AssetSelection.AssetSelection, assets: ReadonlyArray<SelectableAsset>) => {
  const called = callOf(self)
  if (called === undefined) return undefined
  const { attribute, of, value } = called
  const known = new Set(assets.flatMap(of))
  return known.has(value)
    ? undefined
    : new UnknownAttribute({ attribute, value, nearest: NearestName.find(value, known) })
}

/** An attribute that has to be known, and what an asset has of it. */
interface Call {
  readonly attribute: UnknownAttribute["attribute"]
  readonly value: string
  readonly of: (asset: SelectableAsset) => ReadonlyArray<string>
}

const callOf = (self: AssetSelection.AssetSelection): Call | undefined => {
  if (self._tag === "Tag" && self.key !== null) {
    if (self.value === null) return { attribute: "tag", value: self.key, of: ({ tags }) => Object.keys(tags) }
    const pairs = ({ tags }: SelectableAsset) => Object.entries(tags).map((pair) => pair.join("="))
    return { attribute: "tag", value: `${self.key}=${self.value}`, of: pairs }
  }
  if (!("value" in self) || self.value === null || self._tag === "Tag") return undefined
  const { value } = self
  if (self._tag === "Group") return { attribute: "group", value, of: ({ group }) => [group] }
  if (self._tag === "Kind") return { attribute: "kind", value, of: ({ kinds }) => kinds }
  return { attribute: "owner", value, of: ({ owners }) => owners }
}
