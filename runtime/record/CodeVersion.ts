/**
 * The version of the code that makes an asset: declared, or a hash of the
 * modules that the asset's own module reaches.
 *
 * The hash is cut at modules that make other assets (what they change arrives
 * with their data), at Strata itself, and at packages, which count by version.
 * So it notices every change of a helper, and none of a layer that only the
 * wiring imports.
 */
import { createHash } from "node:crypto"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import type { AssetModules } from "./AssetModules.ts"
import * as ModuleGraph from "./ModuleGraph.ts"

/** No module exports the asset, so nobody knows what its code is. */
export class CodeVersionUnknown extends Schema.TaggedError<CodeVersionUnknown>()("CodeVersionUnknown", {
  asset: AssetKey
}) {
  override get message() {
    return `the code of asset ${this.asset} is in no module that exports it: export the asset from its module, or give it a codeVersion`
  }
}

export interface CodeVersion {
  readonly version: string
  /** The author's word, not a hash. */
  readonly declared: boolean
  /** The module that makes the asset, where one is known. */
  readonly module: string | undefined
  /** What the hash is made of, sorted; also told of a declared version, which does not depend on it. */
  readonly modules: ReadonlyArray<string>
  /** `name@version` */
  readonly packages: ReadonlyArray<string>
}

/** An external asset whose module is not known has no version, and needs none: its data say what they are. */
export const make = (
  graph: ModuleGraph.ModuleGraph,
  assets: ReadonlyArray<Asset.Any>,
  { homes }: AssetModules
): Result.Result<ReadonlyMap<AssetKey, CodeVersion>, CodeVersionUnknown> =>
  Result.gen(function* () {
    const makers = new Set(homes.values())
    const hashed = new Map<string, CodeVersion>()
    const versions = new Map<AssetKey, CodeVersion>()
    for (const asset of assets) {
      const home = homes.get(asset)
      if (home !== undefined && !hashed.has(home)) hashed.set(home, ofModule(graph, home, makers))
      const found = home === undefined ? nowhere : hashed.get(home)!
      if (asset.codeVersion !== undefined) {
        versions.set(asset.key, { ...found, version: asset.codeVersion, declared: true })
      } else if (home !== undefined) versions.set(asset.key, found)
      else if (asset.source._tag === "Computation")
        return yield* Result.fail(new CodeVersionUnknown({ asset: asset.key }))
    }
    return versions
  })

/** Something that code takes from the module of another asset, where a change of it goes unnoticed. */
export interface Unnoticed {
  readonly module: string
  readonly importedBy: string
  readonly names: ReadonlyArray<string>
}

/** Imports across the cut that bring in more than assets. What is used so belongs in a module of its own. */
export const unnoticed = (graph: ModuleGraph.ModuleGraph, { homes, names }: AssetModules): ReadonlyArray<Unnoticed> => {
  const makers = new Set(homes.values())
  const counted = new Set([...makers].flatMap((home) => reached(graph, home, makers)))
  return [...counted].flatMap((module) =>
    module.edges.flatMap(({ names: imported, target }) => {
      if (target._tag === "Package" || target.path === module.path || !makers.has(target.path)) return []
      const others = imported.filter((name) => name !== "*" && names.get(target.path)?.has(name) !== true)
      return others.length === 0 ? [] : [{ module: target.path, importedBy: module.path, names: others }]
    })
  )
}

const nowhere: CodeVersion = { version: "", declared: false, module: undefined, modules: [], packages: [] }

const reached = (
  graph: ModuleGraph.ModuleGraph,
  home: string,
  makers: ReadonlySet<string>
): ReadonlyArray<ModuleGraph.Module> =>
  ModuleGraph.reach(graph, home, (_, target) => !target.framework && !makers.has(target.path))

const ofModule = (graph: ModuleGraph.ModuleGraph, home: string, makers: ReadonlySet<string>): CodeVersion => {
  const modules = reached(graph, home, makers)
  const targets = modules.flatMap(({ edges }) => edges.map(({ target }) => target))
  const packages = targets.flatMap((target) => (target._tag === "Package" ? [`${target.name}@${target.version}`] : []))
  const parts = { modules: modules.map(({ hash, path }) => [path, hash]), packages: [...new Set(packages)].sort() }
  return {
    version: createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16),
    declared: false,
    module: home,
    modules: modules.map(({ path }) => path),
    packages: parts.packages
  }
}
