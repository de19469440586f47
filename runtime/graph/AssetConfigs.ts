/**
 * The parameters of every asset of a graph, resolved and checked together.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as RunConfig from "../definition/RunConfig.ts"
import type * as AssetGraph from "./AssetGraph.ts"
import * as NearestName from "./NearestName.ts"

/** Parameters were given that do not fit; every problem at once. */
export class InvalidConfig extends Schema.TaggedError<InvalidConfig>()("InvalidConfig", {
  problems: Schema.Array(Schema.Struct({ asset: Schema.String, reason: Schema.String }))
}) {
  override get message() {
    return this.problems.map(({ asset, reason }) => `config of ${asset}: ${reason}`).join("; ")
  }
}

export type AssetConfigs = ReadonlyMap<AssetKey, RunConfig.Resolved>

/** Values by asset, later ones over earlier ones. */
export type Overrides = ReadonlyArray<Readonly<Record<string, RunConfig.Values>>>

export const resolve = (
  graph: AssetGraph.AssetGraph,
  overrides: Overrides
): Result.Result<AssetConfigs, InvalidConfig> => {
  const problems = overrides
    .flatMap((values) => Object.keys(values))
    .filter((asset) => graph.assets.get(asset as AssetKey)?.config === undefined)
    .map((asset) => ({ asset, reason: `there is no such asset with parameters${meant(graph, asset)}` }))
  const configs = new Map<AssetKey, RunConfig.Resolved>()
  for (const { config, key } of graph.assets.values()) {
    if (config === undefined) continue
    const values = overrides.flatMap((all) => (Object.hasOwn(all, key) ? [all[key]!] : []))
    Result.match(RunConfig.resolve(config, values), {
      onFailure: (reason) => void problems.push({ asset: key, reason }),
      onSuccess: (resolved) => void configs.set(key, resolved)
    })
  }
  return problems.length === 0 ? Result.succeed(configs) : Result.fail(new InvalidConfig({ problems }))
}

/** Which asset with parameters a name may stand for. */
const meant = (graph: AssetGraph.AssetGraph, name: string): string =>
  NearestName.hint(
    NearestName.find(
      name,
      [...graph.assets].filter(([, { config }]) => config !== undefined).map(([key]) => key)
    )
  )
