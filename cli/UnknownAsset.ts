/**
 * No asset has the key that was asked for.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as Nearest from "./render/Nearest.ts"

export class UnknownAsset extends Schema.TaggedError<UnknownAsset>()("UnknownAsset", {
  key: Schema.String,
  keys: Schema.Array(Schema.String)
}) {
  override get message() {
    return `there is no asset ${this.key.slice(0, 200)}${Nearest.hint(this.key, this.keys) || ": strata list shows those there are"}`
  }
}

/** The text as a key of one of the assets. */
export const find = (keys: Iterable<AssetKey>, text: string): Effect.Effect<AssetKey, UnknownAsset> => {
  const all = [...keys]
  const key = all.find((key) => key === text)
  return key === undefined ? Effect.fail(new UnknownAsset({ key: text, keys: all })) : Effect.succeed(key)
}
