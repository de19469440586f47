/**
 * Where the assets of a graph stand in a drawing: in layers from left to right,
 * each right of everything that it is made from.
 *
 * The layers are those of the longest way from an asset without inputs
 * (Sugiyama's method). An edge over several layers passes through places of its
 * own, and within a layer things stand at the average height of what they are
 * joined with, so that few edges cross. The same graph is always drawn the same.
 */

export interface Node {
  readonly id: string
  /** What it is made from; others than the nodes of the graph are left out. */
  readonly inputs: ReadonlyArray<string>
  readonly width: number
  readonly height: number
}

export interface Place {
  readonly id: string
  /** Of the upper left corner. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Edge {
  readonly from: string
  readonly to: string
  /** From the right side of one to the left side of the other. */
  readonly points: ReadonlyArray<readonly [x: number, y: number]>
}

export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly places: ReadonlyArray<Place>
  readonly edges: ReadonlyArray<Edge>
}

/** Nodes come after what they are made from. */
export const make = (nodes: ReadonlyArray<Node>): GraphLayout => {
  const ids = new Set(nodes.map(({ id }) => id))
  const inputsOf = (node: Node) => node.inputs.filter((id) => ids.has(id))
  const layerOf = new Map<string, number>()
  for (const node of nodes) layerOf.set(node.id, Math.max(-1, ...inputsOf(node).map((id) => layerOf.get(id)!)) + 1)
  const paths = nodes.flatMap((node) => inputsOf(node).map((from) => pathOf(from, node.id, layerOf)))
  const layers = ordered(boxesOf(nodes, paths, layerOf), neighboursOf(paths))
  return placed(layers, paths)
}

const gap = { x: 64, y: 20 }

interface Box {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly isNode: boolean
}

type Layers = ReadonlyArray<ReadonlyArray<Box>>

/** The ids along an edge: both ends, and a place of its own in each layer between them. */
const pathOf = (from: string, to: string, layerOf: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const [first, last] = [layerOf.get(from)!, layerOf.get(to)!]
  const between = Array.from({ length: last - first - 1 }, (_, n) => `${from}\n${to}\n${first + 1 + n}`)
  return [from, ...between, to]
}

const boxesOf = (
  nodes: ReadonlyArray<Node>,
  paths: ReadonlyArray<ReadonlyArray<string>>,
  layerOf: ReadonlyMap<string, number>
): Layers => {
  const layers = Array.from({ length: Math.max(0, ...layerOf.values()) + 1 }, (): Array<Box> => [])
  for (const { height, id, width } of nodes) layers[layerOf.get(id)!]!.push({ id, width, height, isNode: true })
  for (const path of paths) {
    for (const [place, id] of path.slice(1, -1).entries()) {
      layers[layerOf.get(path[0]!)! + 1 + place]!.push({ id, width: 0, height: 0, isNode: false })
    }
  }
  return layers
}

type Neighbours = ReadonlyMap<string, ReadonlyArray<string>>

const neighboursOf = (paths: ReadonlyArray<ReadonlyArray<string>>): Neighbours => {
  const neighbours = new Map<string, Array<string>>()
  const add = (id: string, other: string) => neighbours.set(id, [...(neighbours.get(id) ?? []), other])
  for (const path of paths) {
    for (const [place, id] of path.entries()) {
      if (place > 0) add(id, path[place - 1]!)
      if (place < path.length - 1) add(id, path[place + 1]!)
    }
  }
  return neighbours
}

/** Sorted again and again, from left to right and back, by the average place of the neighbours on one side. */
const ordered = (layers: Layers, neighbours: Neighbours): Layers => {
  let result = layers
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isForward = sweep % 2 === 0
    const next = [...result]
    const order = Array.from({ length: next.length }, (_, n) => (isForward ? n : next.length - 1 - n))
    for (const layer of order) {
      const beside = new Map((next[layer + (isForward ? -1 : 1)] ?? []).map(({ id }, place) => [id, place]))
      const weight = new Map(
        next[layer]!.map(({ id }, place) => {
          const places = (neighbours.get(id) ?? []).flatMap((other) => beside.get(other) ?? [])
          return [id, places.length === 0 ? place : places.reduce((a, b) => a + b, 0) / places.length] as const
        })
      )
      next[layer] = next[layer]!.toSorted((a, b) => weight.get(a.id)! - weight.get(b.id)!)
    }
    result = next
  }
  return result
}

const sweeps = 8

/** Each layer stands in the middle of the height of the highest. */
const placed = (layers: Layers, paths: ReadonlyArray<ReadonlyArray<string>>): GraphLayout => {
  const heights = layers.map((layer) => layer.reduce((sum, { height }) => sum + height + gap.y, -gap.y))
  const height = Math.max(0, ...heights)
  const places = new Map<string, Place & { readonly isNode: boolean; readonly right: number }>()
  let x = 0
  for (const [index, layer] of layers.entries()) {
    const width = Math.max(0, ...layer.map(({ width }) => width))
    let y = (height - heights[index]!) / 2
    for (const box of layer) {
      places.set(box.id, { ...box, x, y, width: box.isNode ? box.width : width, right: x + width })
      y += box.height + gap.y
    }
    x += width + gap.x
  }
  return {
    width: Math.max(0, x - gap.x),
    height,
    places: [...places.values()]
      .filter(({ isNode }) => isNode)
      .map(({ height, id, width, x, y }) => ({ id, x, y, width, height })),
    edges: paths.map((path) => ({
      from: path[0]!,
      to: path.at(-1)!,
      points: path.flatMap((id, place) => {
        const { height, right: edge, width, x, y } = places.get(id)!
        const middle = y + height / 2
        const [left, right] = [[x, middle] as const, [x + width, middle] as const]
        // Past wider ones in its layer, before it turns.
        const start = edge > x + width ? [right, [edge, middle] as const] : [right]
        return place === 0 ? start : place === path.length - 1 ? [left] : [left, right]
      })
    }))
  }
}
