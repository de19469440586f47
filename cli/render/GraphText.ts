/**
 * The assets of a project and what they are made from, as a tree for people, a
 * list for a pipe, a Mermaid diagram, or data.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { AssetSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetList from "./AssetList.ts"
import * as Ink from "./Ink.ts"
import * as Json from "./Json.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

/**
 * Each asset once, below the last of what it is made from; what else it is made
 * from stands beside it. A pipe gets an edge a line, and assets without any alone.
 */
export const text = (assets: ReadonlyArray<AssetSnapshot>, view: View): string =>
  view.tty ? tree(assets, view) : list(assets)

const list = (assets: ReadonlyArray<AssetSnapshot>): string => {
  const edges = edgesOf(assets)
  const joined = new Set(edges.flat())
  const alone = assets.filter(({ key }) => !joined.has(key)).map(({ key }) => key as string)
  return [...edges.map((edge) => edge.join("\t")), ...alone].join("\n")
}

const tree = (assets: ReadonlyArray<AssetSnapshot>, view: View): string => {
  const ink = Ink.make(view)
  const places = new Map(assets.map(({ key }, place) => [key, place]))
  const inputsOf = ({ inputs }: AssetSnapshot) => inputs.map(({ asset }) => asset).filter((key) => places.has(key))
  const parentOf = (asset: AssetSnapshot) =>
    inputsOf(asset).reduce<AssetKey | undefined>(
      (last, key) => (last === undefined || places.get(key)! > places.get(last)! ? key : last),
      undefined
    )
  const children = Map.groupBy(assets, parentOf)
  const lines: Array<string> = []
  const visit = (parent: AssetKey | undefined, indent: string): void => {
    const below = children.get(parent) ?? []
    for (const [place, asset] of below.entries()) {
      const isLast = place === below.length - 1
      const [mark, rest] = parent === undefined ? ["", ""] : isLast ? ["└ ", "  "] : ["├ ", "│ "]
      const others = inputsOf(asset).filter((key) => key !== parent)
      const facts = [AssetList.kind(asset), others.length === 0 ? "" : `also from ${others.join(", ")}`]
      const fact = facts.filter((part) => part !== "").join(", ")
      const room = view.width - Width.width(indent + mark + asset.key) - 2
      lines.push(`${ink.dim(indent + mark)}${ink.bold(asset.key)}  ${ink.dim(Width.truncate(fact, Math.max(8, room)))}`)
      visit(asset.key, indent + rest)
    }
  }
  visit(undefined, "")
  return lines.join("\n")
}

/** For GitHub and others that draw Mermaid: groups are boxes around their assets. */
export const mermaid = (assets: ReadonlyArray<AssetSnapshot>): string => {
  const ids = new Map(assets.map(({ key }, place) => [key as string, `a${place}`]))
  const node = (asset: AssetSnapshot) => {
    const label = asset.key.replaceAll('"', "#quot;")
    const id = ids.get(asset.key)!
    return asset.source === "External" ? `${id}[/"${label}"/]` : `${id}["${label}"]`
  }
  const groups = [...Map.groupBy(assets, ({ group }) => group)].flatMap(([group, members], place) =>
    group === ""
      ? members.map((asset) => `  ${node(asset)}`)
      : [
          `  subgraph g${place}["${group.replaceAll('"', "#quot;")}"]`,
          ...members.map((asset) => `    ${node(asset)}`),
          "  end"
        ]
  )
  const edges = edgesOf(assets).map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`)
  return ["flowchart LR", ...groups, ...edges].join("\n")
}

/** The graph as data; the form is kept. */
export const json = (assets: ReadonlyArray<AssetSnapshot>): string =>
  Json.text({
    assets: assets.map(({ group, key, output, source }) => ({ key, group, output, source })),
    edges: edgesOf(assets).map(([from, to]) => ({ from, to }))
  })

/** From what an asset is made to the asset, both among these. */
const edgesOf = (assets: ReadonlyArray<AssetSnapshot>): ReadonlyArray<readonly [from: string, to: string]> => {
  const keys = new Set(assets.map(({ key }) => key))
  return assets.flatMap(({ inputs, key }) =>
    inputs.filter(({ asset }) => keys.has(asset)).map(({ asset }) => [asset, key] as const)
  )
}
