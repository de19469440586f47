/**
 * The assets of a project and what they are made from, as a picture that reads
 * well on light and on dark paper.
 */
import type { AssetSnapshot } from "../../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetList from "./AssetList.ts"
import * as GraphLayout from "./GraphLayout.ts"
import * as Width from "./Width.ts"

export const text = (assets: ReadonlyArray<AssetSnapshot>): string => {
  const of = new Map(assets.map((asset) => [asset.key as string, asset]))
  const layout = GraphLayout.make(
    assets.map(({ inputs, key }) => ({
      id: key,
      inputs: [...new Set(inputs.map(({ asset }) => asset))],
      width: Math.max(Width.width(key) * cell + 2 * padding, 120),
      height: 44
    }))
  )
  const [width, height] = [Math.ceil(layout.width + 2 * margin), Math.ceil(layout.height + 2 * margin)]
  const edges = layout.edges.map(({ points }) => `<path class="edge" d="${curve(points)}" marker-end="url(#end)"/>`)
  const nodes = layout.places.map((place) => box(place, of.get(place.id)!))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}">
<title>${assets.length} assets and what they are made from</title>
<style>${style}</style>
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>
${[...edges, ...nodes].join("\n")}
</svg>`
}

const [cell, padding, margin] = [7.9, 14, 16]

const style = `
text{font:600 13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}
text.kind{font-weight:400;font-size:11px;fill:#59636e}
rect{fill:#f6f8fa;stroke:#818b98}
rect.external{stroke-dasharray:4 3;fill:#fff}
.edge{fill:none;stroke:#818b98;stroke-width:1.4}
.tip{fill:#818b98}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}text.kind{fill:#9198a1}rect{fill:#212830;stroke:#656c76}rect.external{fill:#0d1117}.edge{stroke:#656c76}.tip{fill:#656c76}}
`

const box = ({ height, id, width, x, y }: GraphLayout.Place, asset: AssetSnapshot): string => {
  const partitions = asset.partitions.description === "" ? "" : `, ${asset.partitions.description}`
  const room = Math.floor((width - 2 * padding) / 6.7)
  const kind = Width.truncate(`${AssetList.kind(asset)}${partitions}`, room)
  const name = asset.source === "External" ? ' class="external"' : ""
  return `<g><title>${escaped(asset.description || id)}</title><rect${name} x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" rx="6"/><text x="${round(x + padding)}" y="${round(y + 18)}">${escaped(id)}</text><text class="kind" x="${round(x + padding)}" y="${round(y + 34)}">${escaped(kind)}</text></g>`
}

/** Level where it leaves and where it arrives. */
const curve = (points: GraphLayout.Edge["points"]): string => {
  const [first, ...rest] = points
  let [x, y] = first!
  let path = `M${round(x)} ${round(y)}`
  for (const [toX, toY] of rest) {
    const middle = (x + toX) / 2
    path +=
      y === toY
        ? `H${round(toX)}`
        : `C${round(middle)} ${round(y)} ${round(middle)} ${round(toY)} ${round(toX)} ${round(toY)}`
    x = toX
    y = toY
  }
  return path
}

const round = (n: number): number => Math.round(n * 10) / 10

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
