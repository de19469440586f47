/**
 * How a row is stored in Parquet: nested values as leaves with levels, as the
 * Dremel paper has them.
 *
 * A leaf holds values of one physical type. What is of none of them, such as a
 * decimal, is text, which the engine casts.
 */
import type { Field, List, Map, Shape, Struct } from "./RowShape.ts"

export type Physical = "text" | "integer" | "double" | "flag" | "day"

export interface Leaf {
  readonly physical: Physical
  readonly path: ReadonlyArray<string>
  /** The highest levels of definition and of repetition. */
  readonly def: number
  readonly rep: number
}

export interface Node {
  readonly name: string
  readonly shape: Shape
  /** Of a leaf. */
  readonly physical: Physical
  /** It must be there. */
  readonly required: boolean
  /** JSON's null is a value of it. */
  readonly nullable: boolean
  /** It may be absent or null, which is one to the engine. */
  readonly optional: boolean
  /** Of a struct the fields, of a list the items, of a map the values. */
  readonly children: ReadonlyArray<Node>
  /** Its first leaf, and the one behind its last. Of a map, the first is of the keys. */
  readonly first: number
  readonly end: number
  /** The level of repetition of what it holds. */
  readonly rep: number
  /** Objects and arrays around it. */
  readonly depth: number
}

export interface ColumnLayout {
  readonly row: Node
  /** The first is of the ordinals, and in no node. */
  readonly leaves: ReadonlyArray<Leaf>
}

export const make = (row: Struct): ColumnLayout => {
  const leaves: Array<Leaf> = [{ physical: "integer", path: [freeName(row)], def: 0, rep: 0 }]

  const node = (field: Field, path: ReadonlyArray<string>, def: number, rep: number, depth: number): Node => {
    const { name, nullable, required, shape } = field
    const physical = physicalOf(shape)
    const optional = nullable || !required
    const first = leaves.length
    const inner = optional ? def + 1 : def
    const leaf = (physical: Physical, path: ReadonlyArray<string>, def: number, rep: number) =>
      leaves.push({ physical, path, def, rep })
    const childrenOf = (): ReadonlyArray<Node> => {
      switch (shape._tag) {
        case "Struct":
          return shape.fields.map((field) => node(field, [...path, field.name], inner, rep, depth + 1))
        case "List":
          return [node(itemOf(shape, "element"), [...path, "list", "element"], inner + 1, rep + 1, depth + 1)]
        case "Map":
          leaf("text", [...path, "key_value", "key"], inner + 1, rep + 1)
          return [node(itemOf(shape, "value"), [...path, "key_value", "value"], inner + 1, rep + 1, depth + 1)]
      }
      leaf(physical, path, inner, rep)
      return []
    }
    const children = childrenOf()
    return {
      name,
      shape,
      physical,
      required,
      nullable,
      optional,
      children,
      first,
      end: leaves.length,
      rep: rep + 1,
      depth
    }
  }

  return { row: node({ name: "", shape: row, required: true, nullable: false }, [], 0, 0, 0), leaves }
}

/** A name that no column has. */
const freeName = ({ fields }: Struct): string => {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()))
  let name = "#"
  while (names.has(name)) name += "#"
  return name
}

const itemOf = ({ item, nullable }: List | Map, name: string): Field => ({
  name,
  shape: item,
  required: true,
  nullable
})

/** An integer that may not fit into 64 bits is text. */
export const physicalOf = (shape: Shape): Physical => {
  switch (shape._tag) {
    case "Integer":
      return shape.minimum >= -(2n ** 63n) && shape.maximum < 2n ** 63n ? "integer" : "text"
    case "Float":
      return "double"
    case "Flag":
      return "flag"
    case "Day":
      return "day"
  }
  return "text"
}
