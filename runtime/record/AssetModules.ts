/**
 * Which module makes which asset, found among the values that modules export.
 *
 * A module makes an asset when an export that it declares itself is the asset,
 * or a record or list that holds it; barrels that pass assets on make none.
 */
import * as Asset from "../definition/Asset.ts"
import * as Definitions from "../definition/Definitions.ts"
import * as ModuleGraph from "./ModuleGraph.ts"

export interface AssetModules {
  /** The path of the module that makes the asset. */
  readonly homes: ReadonlyMap<Asset.Any, string>
  /** Under which names a module exports assets, its own and others'. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>
}

/** The values that a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>

export const locate = (graph: ModuleGraph.ModuleGraph, exports: ReadonlyMap<string, Exports>): AssetModules => {
  const names = new Map<string, ReadonlySet<string>>()
  const candidates = new Map<Asset.Any, Array<Candidate>>()
  for (const [path, values] of exports) {
    const held = Object.entries(values).map(([name, value]) => ({ name, ...assetsIn(value) }))
    names.set(path, new Set(held.flatMap(({ assets, name }) => (assets.length > 0 ? [name] : []))))
    const defines = new Set(graph.modules.get(path)!.defines)
    for (const { assets, itself, name } of held) {
      if (!defines.has(name)) continue
      for (const asset of assets) candidates.set(asset, [...(candidates.get(asset) ?? []), { path, itself }])
    }
  }
  return { names, homes: new Map([...candidates].map(([asset, found]) => [asset, home(graph, found)])) }
}

interface Candidate {
  readonly path: string
  /** The export is the asset, and not something that holds it. */
  readonly itself: boolean
}

const assetsIn = (value: unknown): { readonly assets: ReadonlyArray<Asset.Any>; readonly itself: boolean } => {
  if (Asset.isAsset(value)) return { assets: [value], itself: true }
  if (typeof value !== "object" || value === null || Definitions.isDefinitions(value))
    return { assets: [], itself: false }
  return { assets: Object.values(value).filter(Asset.isAsset), itself: false }
}

/** Of several, the one that imports none of the others: who collects assets imports who makes them. */
const home = (graph: ModuleGraph.ModuleGraph, found: ReadonlyArray<Candidate>): string => {
  const direct = found.filter(({ itself }) => itself)
  const paths = [...new Set((direct.length > 0 ? direct : found).map(({ path }) => path))].sort()
  if (paths.length === 1) return paths[0]!
  const reaches = (from: string): boolean =>
    ModuleGraph.reach(graph, from, () => true).some(({ path }) => path !== from && paths.includes(path))
  return paths.find((path) => !reaches(path)) ?? paths[0]!
}
