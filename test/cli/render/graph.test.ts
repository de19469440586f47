/** The graph of assets as a tree, Mermaid and a picture. */
import { assert, describe, it } from "@effect/vitest"
import * as Graph from "../../../cli/render/GraphLayout.ts"
import * as GraphSvg from "../../../cli/render/GraphSvg.ts"
import * as GraphText from "../../../cli/render/GraphText.ts"
import type { View } from "../../../cli/render/View.ts"
import * as Width from "../../../cli/render/Width.ts"
import * as AssetKey from "../../../runtime/definition/AssetKey.ts"
import type { AssetSnapshot } from "../../../runtime/graph/AssetGraphSnapshot.ts"

const person: View = { tty: true, width: 60, color: false, now: 0 }

const asset = (key: string, inputs: ReadonlyArray<string> = [], parts: Partial<AssetSnapshot> = {}): AssetSnapshot => ({
  key: AssetKey.make(key),
  description: "",
  group: "",
  kinds: [],
  owners: [],
  tags: {},
  source: "Computation",
  output: "Table",
  columns: [],
  partitions: { description: "daily", keys: [] },
  backfillPolicy: null,
  inputs: inputs.map((key) => ({ name: key, asset: AssetKey.make(key), mapping: "identity", complete: false })),
  siblings: [],
  checks: [],
  freshnessPolicy: null,
  code: { version: null, declared: false, module: null },
  ...parts
})

const assets = [
  asset("raw", [], { source: "External", output: "Files" }),
  asset("parsed", ["raw"], { group: "posts", description: 'With "quotes" & <brackets>' }),
  asset("places"),
  asset("enriched", ["parsed", "places"], { group: "posts" }),
  asset("daily", ["enriched", "raw"]),
  asset("alone")
]
const lines = (text: string) => text.split("\n")

describe("the graph as text", () => {
  it("is a tree: each asset once, below the last of what it is made from", () => {
    assert.deepStrictEqual(lines(GraphText.text(assets, person)), [
      "raw  external files",
      "└ parsed  table",
      "places  table",
      "└ enriched  table, also from parsed",
      "  └ daily  table, also from raw",
      "alone  table"
    ])
    for (const line of lines(GraphText.text(assets, { ...person, width: 24 }))) assert.isAtMost(Width.width(line), 30)
  })

  it("is an edge a line for a pipe, and a name for what has none", () => {
    assert.deepStrictEqual(lines(GraphText.text(assets, { ...person, tty: false })), [
      "raw\tparsed",
      "parsed\tenriched",
      "places\tenriched",
      "enriched\tdaily",
      "raw\tdaily",
      "alone"
    ])
  })

  it("is Mermaid with groups as boxes", () => {
    assert.deepStrictEqual(lines(GraphText.mermaid(assets)), [
      "flowchart LR",
      '  a0[/"raw"/]',
      '  a2["places"]',
      '  a4["daily"]',
      '  a5["alone"]',
      '  subgraph g1["posts"]',
      '    a1["parsed"]',
      '    a3["enriched"]',
      "  end",
      "  a0 --> a1",
      "  a1 --> a3",
      "  a2 --> a3",
      "  a3 --> a4",
      "  a0 --> a4"
    ])
  })

  it("is data of assets and edges, of those that are selected only", () => {
    assert.deepStrictEqual(JSON.parse(GraphText.json(assets.slice(1, 2))), {
      assets: [{ key: "parsed", group: "posts", output: "Table", source: "Computation" }],
      edges: []
    })
  })
})

const size = { width: 100, height: 40 }
const node = (id: string, inputs: ReadonlyArray<string> = []): Graph.Node => ({ id, inputs, ...size })

/** A graph of so many nodes, made by a small generator of numbers. */
const random = (count: number): ReadonlyArray<Graph.Node> => {
  let seed = count
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  return Array.from({ length: count }, (_, n) =>
    node(`n${n}`, n === 0 ? [] : [...new Set(Array.from({ length: next(4) }, () => `n${next(n)}`))])
  )
}

describe("the layout of a graph", () => {
  it("puts everything right of what it is made from, and nothing over anything else", () => {
    for (const nodes of [random(1), random(12), random(60)]) {
      const { height, places, width } = Graph.make(nodes)
      const of = new Map(places.map((place) => [place.id, place]))
      assert.strictEqual(of.size, nodes.length)
      for (const { id, inputs } of nodes) {
        for (const input of inputs) assert.isAbove(of.get(id)!.x, of.get(input)!.x + of.get(input)!.width)
        const { x, y } = of.get(id)!
        assert.isTrue(x >= 0 && y >= 0 && x + size.width <= width && y + size.height <= height)
        for (const other of places) {
          const isApart = other.x !== x || Math.abs(other.y - y) >= size.height
          assert.isTrue(other.id === id || isApart, `${id} over ${other.id}`)
        }
      }
    }
  })

  it("joins the right side of one to the left side of the other, through no box between", () => {
    const { edges, places } = Graph.make([node("a"), node("b", ["a"]), node("c", ["b", "a"])])
    const of = new Map(places.map((place) => [place.id, place]))
    const long = edges.find(({ from, to }) => from === "a" && to === "c")!
    assert.deepStrictEqual(long.points[0], [100, of.get("a")!.y + 20])
    assert.deepStrictEqual(long.points.at(-1), [of.get("c")!.x, of.get("c")!.y + 20])
    const { y } = of.get("b")!
    for (const [, at] of long.points.filter(([x]) => x > size.width && x < of.get("c")!.x))
      assert.isTrue(at < y || at > y + size.height)
  })

  it("stands a chain in a line, and crosses no edges of two chains", () => {
    const { places } = Graph.make([node("a"), node("x"), node("b", ["x"]), node("y", ["a"])])
    const y = (id: string) => places.find((place) => place.id === id)!.y
    assert.deepStrictEqual([y("a") < y("x"), y("y") < y("b")], [true, true])
  })

  it("is quick for a thousand assets, and of nothing for none", () => {
    assert.deepStrictEqual(Graph.make([]), { width: 0, height: 0, places: [], edges: [] })
    assert.strictEqual(Graph.make(random(1_000)).places.length, 1_000)
  })
})

describe("the picture of a graph", () => {
  it("has a box for each asset and a line for each edge, with every text escaped", () => {
    const svg = GraphSvg.text(assets)
    assert.strictEqual(svg.match(/<rect/g)?.length, 6)
    assert.strictEqual(svg.match(/class="edge"/g)?.length, 5)
    assert.include(svg, "<title>With &quot;quotes&quot; &amp; &lt;brackets&gt;</title>")
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+" viewBox="-16 -16 /)
  })
})
