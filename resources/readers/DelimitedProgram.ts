/**
 * Rules and columns of a delimited file as `DelimitedColumns.as.ts` finds them
 * in its memory, behind its leaves: each of so many words of four bytes.
 */
import type { Leaf, Node } from "./ColumnLayout.ts"
import { leafAt, type Program } from "./ColumnMemory.ts"
import type { DelimitedRules } from "./DelimitedRules.ts"
import { isUnlimited } from "./ScalarText.ts"

export interface DelimitedProgram extends Program {
  /** Where the rules are. */
  readonly rules: number
  /** Whether the kernel can tell which rows are surely good. */
  readonly isSure: boolean
}

const rulesSize = 64
const columnSize = 32

/** From this place on. */
export const make = (
  rules: DelimitedRules,
  row: Node,
  leaves: ReadonlyArray<Leaf>,
  start: number
): DelimitedProgram => {
  const nodes = new Map(row.children.map((node) => [node.name, node]))
  // A line of one value may be blank, and with other delimiters one of many, or a number may be two.
  const isPlain = rules.columns.length > 1 && delimiters.has(rules.delimiter)
  const nulls = rules.nulls.filter((text) => text !== "" && canStand(rules, text)).map((text) => Buffer.from(text))
  const header = Buffer.from(rules.header ? rules.columns[0]! : "")
  const rulesAt = leafAt(start, leaves.length)
  const columnsAt = rulesAt + rulesSize
  const columnsEnd = columnsAt + columnSize * rules.columns.length
  const nullsAt = columnsEnd
  const nullsEnd = nullsAt + 8 * nulls.length
  const headerAt = nullsEnd
  const textsAt = headerAt + header.length
  const bytes = Buffer.alloc(textsAt + nulls.reduce((sum, { length }) => sum + length, 0) - start)

  const write = (at: number, words: ReadonlyArray<number>): void => {
    for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, at - start + 4 * index)
  }

  const isEmptyNull = Number(rules.nulls.includes(""))
  const places = [leafAt(start, 0), rulesAt, columnsAt, columnsEnd - columnSize]
  const headerPlace = rules.header ? headerAt : 0
  write(rulesAt, [...places, rules.delimiter, rules.quote, isEmptyNull, nullsAt, nullsEnd, headerPlace, header.length])
  for (const [index, name] of rules.columns.entries()) {
    const node = nodes.get(name)
    if (node === undefined) continue
    const at = columnsAt + index * columnSize
    write(at, [kinds.indexOf(node.physical) + 1, leafAt(start, node.first), Number(node.optional)])
    if (node.shape._tag !== "Integer" || node.physical !== "integer") continue
    bytes.writeBigInt64LE(node.shape.minimum, at - start + 16)
    bytes.writeBigInt64LE(node.shape.maximum, at - start + 24)
  }
  header.copy(bytes, headerAt - start)
  let textAt = textsAt
  for (const [index, text] of nulls.entries()) {
    write(nullsAt + 8 * index, [textAt, text.length])
    text.copy(bytes, textAt - start)
    textAt += text.length
  }
  return { bytes, start, rules: rulesAt, isSure: isPlain && rules.columns.every((name) => isSure(nodes.get(name))) }
}

/** As the kernel counts them, from 1; 0 is a column that is not declared, and holds any text. */
const kinds = ["text", "integer", "double", "flag", "day"]

const delimiters = new Set([..."\t,;|"].map((character) => character.charCodeAt(0)))

/** Whether a value without quotes can be this text. */
const canStand = ({ delimiter, quote }: DelimitedRules, text: string): boolean =>
  ![delimiter, quote, 0, 10, 13].some((code) => text.includes(String.fromCharCode(code)))

const isSure = (node: Node | undefined): boolean => {
  switch (node?.shape._tag) {
    case "Text":
    case "Float":
      return isUnlimited(node.shape)
    case "Integer":
      return node.physical === "integer"
    case "Flag":
    case "Day":
    case undefined:
      return true
    case "Decimal":
    case "Instant":
    case "Json":
    case "List":
    case "Map":
    case "Struct":
      return false
  }
}
