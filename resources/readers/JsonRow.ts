/**
 * Reads one line of JSON as a row: which columns it has, whether they are what
 * the row declares, and what is left of it to be stored.
 */
import { physicalOf } from "./ColumnLayout.ts"
import * as JsonText from "./JsonText.ts"
import type { Opening } from "./LineBlock.ts"
import type { Field, Shape, Struct } from "./RowShape.ts"
import { endOfNumber, isPlainValue, isUnlimited, violation } from "./ScalarText.ts"

export interface JsonRow {
  /** The lines that follow are in these bytes, which end with a line feed. */
  readonly open: (bytes: Uint8Array) => void
  /** The place of the line feed if the line is a row, otherwise -1. */
  readonly line: (start: number) => number
  /**
   * The last line, which was a row, of declared columns only: what is stored as text in quotes, doubles by their bits
   * in sixteen hexadecimal digits, and days without escapes. Good until the next one.
   */
  readonly rewritten: () => Uint8Array
  /** Keys of the last line, which was a row, that the row does not declare. */
  readonly unknownKeys: () => number
  /** Why the last line is no row, and where that was seen. */
  readonly reason: () => string
  readonly failedAt: () => number
  /** What a bad line looks like, from its start. */
  readonly opening: (start: number) => Opening
}

interface Plan {
  readonly fields: ReadonlyArray<FieldPlan>
  /** By the bytes of the name as Latin-1. */
  readonly byName: ReadonlyMap<string, number>
  /** The last object in which a field was seen. */
  readonly seen: Float64Array
  readonly required: number
  object: number
}

interface FieldPlan extends Omit<Field, "shape"> {
  /** The name in quotes, and a colon. */
  readonly token: Uint8Array
  readonly rule: Rule
}

type ScalarShape = Exclude<Shape, { readonly _tag: "Struct" | "List" | "Map" }>

type Rule =
  | { readonly _tag: "Struct"; readonly plan: Plan }
  | { readonly _tag: "List" | "Map"; readonly item: Rule; readonly nullable: boolean }
  | { readonly _tag: "Scalar"; readonly shape: ScalarShape; readonly unlimited: boolean }

export const make = (row: Struct): JsonRow => {
  const json = new JsonText.JsonText()
  const top = planOf(row)
  const starts = new Int32Array(row.fields.length)
  const ends = new Int32Array(row.fields.length)
  let bytes: Uint8Array = json.bytes
  let unknownKeys = 0
  /** Values that are written otherwise: start and end of each, and how, in order. */
  let others: Array<number> = []
  let out = Buffer.alloc(2 ** 10)

  const line = (start: number): number => {
    unknownKeys = 0
    if (others.length > 0) others = []
    let i = json.space(start)
    if (bytes[i] !== 123) return json.fail(i, "not a JSON object")
    i = object(top, i + 1, 1)
    if (i < 0) return -1
    i = json.space(i)
    return bytes[i] === 10 ? i : json.fail(i, "more than one object on the line")
  }

  /** From after the opening brace to after the closing one. */
  const object = (plan: Plan, start: number, depth: number): number => {
    const { fields, seen } = plan
    const current = ++plan.object
    let required = plan.required
    let expected = 0
    let keys = 0
    let unknown: JsonText.Names | undefined
    let i = json.space(start)
    if (bytes[i] === 125) return required === 0 ? i + 1 : missing(plan, i)
    for (;;) {
      if (bytes[i] !== 34) return json.fail(i, "not JSON: a key is expected")
      if (++keys > JsonText.maximumKeys) return json.fail(i, `more than ${JsonText.maximumKeys} keys`)
      let index = expected < fields.length && startsWith(fields[expected]!.token, i) ? expected : -1
      if (index >= 0) i += fields[index]!.token.length
      else {
        const end = json.string(i + 1)
        if (end < 0) return -1
        const name = json.name(i + 1, end - 1)
        index = plan.byName.get(name) ?? -1
        if (index < 0) {
          unknown ??= JsonText.names()
          if (!unknown.add(name)) return json.twice(i, end)
          unknownKeys++
        }
        i = json.space(end)
        if (bytes[i] !== 58) return json.fail(i, "not JSON: a colon is expected")
        i++
      }
      if (bytes[i]! <= 32) i = json.space(i)
      if (index < 0) i = json.any(i, depth)
      else {
        const field = fields[index]!
        if (seen[index] === current) return json.fail(i, `the key ${JSON.stringify(field.name)} twice`)
        seen[index] = current
        if (field.required) required--
        expected = index + 1
        const from = i
        i = value(field.rule, field.nullable, field.name, i, depth)
        if (plan === top) {
          starts[index] = from
          ends[index] = i
        }
      }
      if (i < 0) return -1
      if (bytes[i]! <= 32) i = json.space(i)
      if (bytes[i] === 125) return required === 0 ? i + 1 : missing(plan, i)
      if (bytes[i] !== 44) return json.fail(i, "not JSON: a comma or the end of the object is expected")
      i++
      if (bytes[i]! <= 32) i = json.space(i)
    }
  }

  const startsWith = (token: Uint8Array, at: number): boolean => {
    for (let j = 0; j < token.length; j++) if (bytes[at + j] !== token[j]) return false
    return true
  }

  const missing = ({ fields, seen, object }: Plan, at: number): number => {
    const field = fields.find((field, index) => field.required && seen[index] !== object)
    return json.fail(at, `the column ${JSON.stringify(field?.name)} is missing`)
  }

  const value = (rule: Rule, nullable: boolean, column: string, i: number, depth: number): number => {
    if (bytes[i] === 110) {
      const end = json.word(i, JsonText.NULL)
      return end < 0 || nullable ? end : json.fail(i, `${JSON.stringify(column)} is null`)
    }
    switch (rule._tag) {
      case "Scalar":
        return scalar(rule.shape, rule.unlimited, column, i, depth)
      case "Struct":
        if (bytes[i] !== 123) return mistyped(i, column, "an object")
        return depth === JsonText.maximumDepth ? json.tooDeep(i) : object(rule.plan, i + 1, depth + 1)
      case "List":
        if (bytes[i] !== 91) return mistyped(i, column, "an array")
        return depth === JsonText.maximumDepth ? json.tooDeep(i) : list(rule.item, rule.nullable, column, i, depth + 1)
      case "Map":
        if (bytes[i] !== 123) return mistyped(i, column, "an object")
        if (depth === JsonText.maximumDepth) return json.tooDeep(i)
        return json.members(i, (at) => value(rule.item, rule.nullable, column, at, depth + 1))
    }
  }

  const list = (item: Rule, nullable: boolean, column: string, start: number, depth: number): number => {
    let i = json.space(start + 1)
    if (bytes[i] === 93) return i + 1
    for (;;) {
      i = value(item, nullable, column, i, depth)
      if (i < 0) return -1
      i = json.space(i)
      if (bytes[i] === 93) return i + 1
      if (bytes[i] !== 44) return json.fail(i, "not JSON: a comma or the end of the array is expected")
      i = json.space(i + 1)
    }
  }

  const scalar = (shape: ScalarShape, unlimited: boolean, column: string, i: number, depth: number): number => {
    switch (shape._tag) {
      case "Text":
      case "Day":
      case "Instant": {
        if (bytes[i] !== 34) return mistyped(i, column, "a string")
        const end = json.string(i + 1)
        if (end < 0 || unlimited) return end
        if (shape._tag === "Day") others.push(i, end, Form.day)
        return allowed(shape, json.content(i + 1, end - 1), column, i, end)
      }
      case "Integer":
      case "Float":
      case "Decimal": {
        const c = bytes[i]!
        if (c !== 45 && (c < 48 || c > 57)) return mistyped(i, column, "a number")
        const end = endOfNumber(bytes, i)
        if (end < 0) return json.fail(~end, "not JSON: a malformed number")
        if (shape._tag === "Float") others.push(i, end, Form.double)
        else if (physicalOf(shape) === "text") others.push(i, end, Form.text)
        if (isPlainValue(shape, unlimited, bytes, i, end)) return end
        return allowed(shape, json.latin1(i, end), column, i, end)
      }
      case "Flag": {
        if (bytes[i] === 116) return json.word(i, JsonText.TRUE)
        return bytes[i] === 102 ? json.word(i, JsonText.FALSE) : mistyped(i, column, "true or false")
      }
      case "Json": {
        const end = json.any(i, depth)
        if (end >= 0) others.push(i, end, Form.text)
        return end
      }
    }
  }

  const allowed = (
    shape: Exclude<ScalarShape, { readonly _tag: "Json" }>,
    text: string,
    column: string,
    at: number,
    end: number
  ): number => {
    const wrong = violation(shape, text)
    return wrong === undefined ? end : json.fail(at, `${JSON.stringify(column)} ${wrong}`)
  }

  const mistyped = (at: number, column: string, expected: string): number =>
    bytes[at] === 10
      ? json.fail(at, "not JSON: it ends in the middle")
      : json.fail(at, `${JSON.stringify(column)} is not ${expected}`)

  const rewritten = (): Uint8Array => {
    const { fields, seen, object } = top
    let size = 0
    for (let k = 0; k < fields.length; k++) {
      if (seen[k] !== object) continue
      const { token } = fields[k]!
      const [start, end] = [starts[k]!, ends[k]!]
      makeRoom(size + token.length + 2 * (end - start) + 8)
      out[size] = size === 0 ? 123 : 44
      out.set(token, size + 1)
      size = writeValue(start, end, size + 1 + token.length)
    }
    if (size === 0) out[size++] = 123
    out[size++] = 125
    out[size++] = 10
    return out.subarray(0, size)
  }

  const writeValue = (start: number, end: number, at: number): number => {
    let size = at
    let from = start
    for (let e = 0; e < others.length; e += 3) {
      const otherStart = others[e]!
      const otherEnd = others[e + 1]!
      if (otherStart < start || otherEnd > end) continue
      size = copy(from, otherStart, size)
      makeRoom(size + 2 * (end - otherStart) + 24)
      size += out.write(forms[others[e + 2]!]!(json.utf8(otherStart, otherEnd)), size)
      from = otherEnd
    }
    return copy(from, end, size)
  }

  const copy = (start: number, end: number, at: number): number => {
    out.set(bytes.subarray(start, end), at)
    return at + end - start
  }

  const makeRoom = (size: number): void => {
    if (size > out.length) out = Buffer.concat([out, Buffer.alloc(2 * size - out.length)])
  }

  const opening = (start: number): Opening => {
    const i = json.space(start)
    const first = bytes[i]
    const end = json.any(i, 0)
    if (first === 91) return end < 0 ? "unfinished array" : "array"
    const next = end < 0 ? bytes[json.failedAt] : bytes[json.space(end)]
    if (first === 125 || (first === 34 && next === 58)) return "inside an object"
    if (first !== 123) return end >= 0 && next === 10 ? "scalar" : "other"
    if (end < 0) return next === 10 ? "unfinished object" : "object"
    return next === 123 ? "several objects" : "object"
  }

  return {
    open: (next) => {
      json.open(next)
      bytes = next
    },
    line,
    rewritten,
    unknownKeys: () => unknownKeys,
    reason: () => json.reason,
    failedAt: () => json.failedAt,
    opening
  }
}

const planOf = (struct: Struct): Plan => {
  const fields = struct.fields.map(({ shape, ...field }) => ({
    ...field,
    token: new Uint8Array(Buffer.from(`${JSON.stringify(field.name)}:`)),
    rule: ruleOf(shape)
  }))
  return {
    fields,
    byName: new Map(fields.map((field, index) => [Buffer.from(field.name).toString("latin1"), index])),
    seen: new Float64Array(fields.length),
    required: fields.filter((field) => field.required).length,
    object: 0
  }
}

const ruleOf = (shape: Shape): Rule => {
  switch (shape._tag) {
    case "Struct":
      return { _tag: "Struct", plan: planOf(shape) }
    case "List":
    case "Map":
      return { _tag: shape._tag, item: ruleOf(shape.item), nullable: shape.nullable }
  }
  return { _tag: "Scalar", shape, unlimited: isUnlimited(shape) }
}

/** How a value is written otherwise: as a text of what it is, as a double's bits, or without escapes. */
const Form = { text: 0, double: 1, day: 2 } as const

const forms: ReadonlyArray<(written: string) => string> = [
  JSON.stringify,
  (written) => doubleBits(Number(written)),
  (written) => JSON.stringify(JSON.parse(written))
]

const double = new DataView(new ArrayBuffer(8))

const doubleBits = (value: number): string => {
  double.setFloat64(0, value)
  return double.getBigUint64(0).toString(16).padStart(16, "0")
}
