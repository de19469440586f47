/**
 * The columns of a row as `JsonColumns.as.ts` finds them in its memory: nodes,
 * fields and leaves, each of so many words of four bytes.
 */
import type { Node } from "./ColumnLayout.ts"
import { leafSize, type Program } from "./ColumnMemory.ts"
import { maximumDepth, maximumKeys } from "./JsonText.ts"
import { isUnlimited } from "./ScalarText.ts"

export interface JsonProgram extends Program {
  readonly root: number
}

const nodeSize = 48
const fieldSize = 32

/** Of so many leaves and one that takes names of keys, from this place on. */
export const make = (row: Node, leaves: number, start: number): JsonProgram => {
  let bytes = new Uint8Array(2 ** 10)
  let end = start

  const place = (size: number): number => {
    const at = end
    end = (end + size + 15) & -16
    if (end - start > bytes.length) {
      const larger = new Uint8Array(2 * (end - start))
      larger.set(bytes)
      bytes = larger
    }
    return at
  }

  const write = (at: number, words: ReadonlyArray<number>): void => {
    const view = new DataView(bytes.buffer)
    for (const [index, word] of words.entries()) view.setUint32(at - start + 4 * index, word, true)
  }

  /** Eight bytes behind it may be read. */
  const text = (content: string): readonly [at: number, size: number] => {
    const utf8 = Buffer.from(content)
    const at = place(utf8.length + 8)
    bytes.set(utf8, at - start)
    return [at, utf8.length]
  }

  const leavesAt = place((leaves + 1) * leafSize)

  const node = (self: Node): number => {
    const at = place(nodeSize)
    const [first, end] = [self.first, self.end].map((leaf) => leavesAt + leaf * leafSize)
    const levels = [Number(self.optional), self.rep]
    const unsure = Number(!isSure(self))
    write(at, [kindOf(self), Number(self.nullable), first!, end!, ...levels, ...detail(self), unsure])
    return at
  }

  const detail = ({ children, shape }: Node): ReadonlyArray<number> => {
    switch (shape._tag) {
      case "Integer":
        return [shape.minimum, shape.maximum].flatMap(halves)
      case "Struct":
        return struct(children)
      case "List":
      case "Map":
        return [node(children[0]!), 0, 0, 0]
    }
    return [0, 0, 0, 0]
  }

  /** How many fields, where they are, how many must be there, and a number that tells objects apart. */
  const struct = (children: ReadonlyArray<Node>): ReadonlyArray<number> => {
    const at = place(children.length * fieldSize)
    for (const [index, child] of children.entries()) {
      const token = text(`${JSON.stringify(child.name)}:`)
      const seen = 0
      write(at + index * fieldSize, [...token, node(child), Number(child.required), seen, ...text(child.name)])
    }
    return [children.length, at, children.filter(({ required }) => required).length, 0]
  }

  const root = node(row)
  return { bytes: bytes.subarray(0, end - start), start, root }
}

/** As the kernel counts them. */
const kindOf = ({ physical, shape }: Node): number => {
  switch (shape._tag) {
    case "Struct":
      return 5
    case "List":
      return 6
    case "Map":
      return 7
  }
  return ["text", "integer", "double", "flag", "day"].indexOf(physical)
}

/** The kernel can tell which values are surely good. */
const isSure = ({ depth, physical, shape }: Node): boolean => {
  switch (shape._tag) {
    case "Text":
    case "Float":
      return isUnlimited(shape)
    case "Integer":
      return physical === "integer"
    case "Flag":
    case "Day":
      return true
    case "Struct":
      return depth < maximumDepth && shape.fields.length <= maximumKeys
    case "List":
    case "Map":
      return depth < maximumDepth
    case "Decimal":
    case "Instant":
    case "Json":
      return false
  }
}

/** Of a number of 64 bits, the lower one first; of a larger one nothing is asked. */
const halves = (bound: bigint): ReadonlyArray<number> => [
  Number(bound & 0xffff_ffffn),
  Number((bound >> 32n) & 0xffff_ffffn)
]
