/**
 * Names an asset.
 *
 * A key is a path of lower-case words such as `postings/daily`. It is the
 * identity of the asset everywhere: in the graph, in events, on the command
 * line, on disk and in SQL.
 */
import * as Schema from "effect/Schema"

export const AssetKey = Schema.String.check(
  Schema.isPattern(/^[a-z0-9_]+(\/[a-z0-9_]+)*$/, {
    message: "an asset key is lower-case words of letters, digits and _, joined by /"
  }),
  Schema.isMaxLength(200)
).pipe(Schema.brand("AssetKey"))
export type AssetKey = typeof AssetKey.Type

export const make = (key: string): AssetKey => AssetKey.make(key)

export const path = (self: AssetKey): ReadonlyArray<string> => self.split("/")

/** The first word of the key: the group of an asset that names none. */
export const prefix = (self: AssetKey): string => path(self)[0]!

/** Sorts by key, word by word of code units, so that every list of assets has one order. */
export const compare = (a: AssetKey, b: AssetKey): number => (a < b ? -1 : a > b ? 1 : 0)
