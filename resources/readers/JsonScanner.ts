/**
 * Reads one line of JSON against the shape of a row, byte by byte.
 *
 * It stops at the first thing that is wrong and keeps the reason. A line feed
 * is valid nowhere inside a line, so every loop ends at it: lines need not be
 * cut out first.
 */
import type { Opening } from "./LineBlock.ts"
import type { Field, Shape, Struct } from "./RowShape.ts"
import { endOfNumber, isUnlimited, violation } from "./ScalarText.ts"

/** Levels of objects and arrays; the engine's own parser recurses without a limit. */
export const maximumDepth = 64

/** Keys of one object. */
export const maximumKeys = 10_000

interface Plan {
  readonly fields: ReadonlyArray<FieldPlan>
  /** By the bytes of the name as Latin-1, which no two names share. */
  readonly byName: ReadonlyMap<string, number>
  /** The last object in which a field was seen. */
  readonly seen: Float64Array
  readonly required: number
  object: number
}

interface FieldPlan extends Omit<Field, "shape"> {
  /** The name with its quotes. */
  readonly token: Uint8Array
  readonly rule: Rule
}

type Rule =
  | { readonly _tag: "Struct"; readonly plan: Plan }
  | { readonly _tag: "List"; readonly item: Rule; readonly nullable: boolean }
  | {
      readonly _tag: "Scalar"
      readonly shape: Exclude<Shape, { readonly _tag: "Struct" | "List" }>
      readonly free: boolean
    }

export class JsonScanner {
  /** Why the last line is bad, and where that was seen. */
  reason = ""
  failedAt = 0
  /** Of the last line, if it is good. */
  unknownKeys = 0

  private bytes: Uint8Array = new Uint8Array()
  private text: Buffer = Buffer.alloc(0)
  private escaped = false
  private opened = 0
  private closed = 0
  private unknownColumns = false
  private readonly top: Plan
  private readonly starts: Int32Array
  private readonly ends: Int32Array
  /** Values that the engine would round: start and end of each, in order. */
  private exact: Array<number> = []

  constructor(row: Struct) {
    this.top = planOf(row)
    this.starts = new Int32Array(row.fields.length)
    this.ends = new Int32Array(row.fields.length)
  }

  /** The lines that follow are in these bytes, which end with a line feed. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes
    this.text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** The place of the line feed if the line is good, otherwise -1. */
  line(start: number): number {
    this.unknownKeys = 0
    this.unknownColumns = false
    if (this.exact.length > 0) this.exact = []
    let i = this.space(start)
    if (this.bytes[i] !== 123) return this.fail(i, "not a JSON object")
    this.opened = i + 1
    i = this.object(this.top, i + 1, 1)
    if (i < 0) return -1
    this.closed = i - 1
    i = this.space(i)
    return this.bytes[i] === 10 ? i : this.fail(i, "more than one object on the line")
  }

  /** Writes the columns of the last line, which was good, after the opening brace and the first key. */
  write(out: Uint8Array, at: number): number {
    let size = at
    if (this.unknownColumns || this.exact.length > 0) {
      const { fields, seen, object } = this.top
      for (let k = 0; k < fields.length; k++) {
        if (seen[k] !== object) continue
        out[size++] = 44
        out.set(fields[k]!.token, size)
        size += fields[k]!.token.length
        out[size++] = 58
        size = this.writeValue(this.starts[k]!, this.ends[k]!, out, size)
      }
    } else if (this.opened < this.closed && this.bytes[this.space(this.opened)] !== 125) {
      out[size++] = 44
      out.set(this.bytes.subarray(this.opened, this.closed), size)
      size += this.closed - this.opened
    }
    out[size++] = 125
    out[size++] = 10
    return size
  }

  /** What a bad line looks like, from its start. */
  opening(start: number): Opening {
    const i = this.space(start)
    const first = this.bytes[i]
    if (first === 91) return "array"
    const { reason, failedAt } = this
    const end = this.any(i, 0)
    const next = end < 0 ? this.bytes[this.failedAt] : this.bytes[this.space(end)]
    this.reason = reason
    this.failedAt = failedAt
    if (first === 125 || (first === 34 && next === 58)) return "inside an object"
    if (first !== 123) return end >= 0 && next === 10 ? "scalar" : "other"
    if (end < 0) return next === 10 ? "unfinished object" : "object"
    return next === 123 ? "several objects" : "object"
  }

  private fail(at: number, reason: string): number {
    this.failedAt = at
    this.reason = reason
    return -1
  }

  private space(start: number): number {
    const bytes = this.bytes
    let i = start
    for (let c = bytes[i]; c === 32 || c === 9 || c === 13; c = bytes[i]) i++
    return i
  }

  /** From after the opening brace to after the closing one. */
  private object(plan: Plan, start: number, depth: number): number {
    const bytes = this.bytes
    const { fields, seen } = plan
    const object = ++plan.object
    const isTop = depth === 1
    let required = plan.required
    let expected = 0
    let keys = 0
    let unknown: Names | undefined
    let i = this.space(start)
    if (bytes[i] === 125) i++
    else {
      for (;;) {
        if (bytes[i] !== 34) return this.fail(i, "not JSON: a key is expected")
        if (++keys > maximumKeys) return this.fail(i, `an object of more than ${maximumKeys} keys`)
        let index = -1
        if (expected < fields.length) {
          const token = fields[expected]!.token
          let j = 0
          while (j < token.length && bytes[i + j] === token[j]) j++
          if (j === token.length) {
            index = expected
            i += j
          }
        }
        if (index < 0) {
          const end = this.string(i + 1)
          if (end < 0) return -1
          const name = this.name(i + 1, end - 1)
          index = plan.byName.get(name) ?? -1
          if (index < 0) {
            unknown ??= names()
            if (!unknown.add(name))
              return this.fail(i, `the key ${this.text.toString("utf8", i, Math.min(end, i + 100))} twice`)
            this.unknownKeys++
            if (isTop) this.unknownColumns = true
          }
          i = end
        }
        i = this.space(i)
        if (bytes[i] !== 58) return this.fail(i, "not JSON: a colon is expected")
        i = this.space(i + 1)
        if (index < 0) i = this.any(i, depth)
        else {
          const field = fields[index]!
          if (seen[index] === object) return this.fail(i, `the key ${JSON.stringify(field.name)} twice`)
          seen[index] = object
          if (field.required) required--
          expected = index + 1
          const from = i
          i = this.value(field.rule, field.nullable, field.name, i, depth)
          if (isTop) {
            this.starts[index] = from
            this.ends[index] = i
          }
        }
        if (i < 0) return -1
        i = this.space(i)
        const c = bytes[i]
        if (c === 44) i = this.space(i + 1)
        else if (c === 125) {
          i++
          break
        } else return this.fail(i, "not JSON: a comma or the end of the object is expected")
      }
    }
    if (required === 0) return i
    const missing = fields.find((field, index) => field.required && seen[index] !== object)!
    return this.fail(i, `the column ${JSON.stringify(missing.name)} is missing`)
  }

  private value(rule: Rule, nullable: boolean, column: string, i: number, depth: number): number {
    const bytes = this.bytes
    if (bytes[i] === 110) {
      const end = this.word(i, NULL)
      return end < 0 || nullable ? end : this.fail(i, `${JSON.stringify(column)} is null`)
    }
    switch (rule._tag) {
      case "Struct":
        if (bytes[i] !== 123) return this.mistyped(i, column, "an object")
        if (depth === maximumDepth) return this.tooDeep(i)
        return this.object(rule.plan, i + 1, depth + 1)
      case "List":
        return this.list(rule, column, i, depth)
      case "Scalar":
        return this.scalar(rule, column, i, depth)
    }
  }

  private list(rule: Extract<Rule, { readonly _tag: "List" }>, column: string, start: number, depth: number): number {
    const bytes = this.bytes
    if (bytes[start] !== 91) return this.mistyped(start, column, "an array")
    if (depth === maximumDepth) return this.tooDeep(start)
    let i = this.space(start + 1)
    if (bytes[i] === 93) return i + 1
    for (;;) {
      i = this.value(rule.item, rule.nullable, column, i, depth + 1)
      if (i < 0) return -1
      i = this.space(i)
      if (bytes[i] === 93) return i + 1
      if (bytes[i] !== 44) return this.fail(i, "not JSON: a comma or the end of the array is expected")
      i = this.space(i + 1)
    }
  }

  private scalar(rule: Extract<Rule, { readonly _tag: "Scalar" }>, column: string, i: number, depth: number): number {
    const { shape } = rule
    switch (shape._tag) {
      case "Text":
      case "Day":
      case "Instant": {
        if (this.bytes[i] !== 34) return this.mistyped(i, column, "a string")
        const end = this.string(i + 1)
        if (end < 0 || rule.free) return end
        const wrong = violation(shape, this.decoded(i + 1, end - 1))
        return wrong === undefined ? end : this.fail(i, `${JSON.stringify(column)} ${wrong}`)
      }
      case "Integer":
      case "Float":
      case "Decimal": {
        const c = this.bytes[i]!
        if (c !== 45 && (c < 48 || c > 57)) return this.mistyped(i, column, "a number")
        const end = endOfNumber(this.bytes, i)
        if (end < 0) return this.fail(~end, "not JSON: a malformed number")
        if (shape._tag === "Decimal") this.exact.push(i, end)
        if (rule.free && end - i <= 15 && this.isPlain(shape._tag, i, end)) return end
        const wrong = violation(shape, this.text.toString("latin1", i, end))
        return wrong === undefined ? end : this.fail(i, `${JSON.stringify(column)} ${wrong}`)
      }
      case "Flag": {
        const c = this.bytes[i]
        if (c === 116) return this.word(i, TRUE)
        if (c === 102) return this.word(i, FALSE)
        return this.mistyped(i, column, "true or false")
      }
      case "Json": {
        const end = this.any(i, depth)
        if (end >= 0) this.exact.push(i, end)
        return end
      }
    }
  }

  /** Any value; objects and arrays in it are at depth + 1. */
  private any(start: number, depth: number): number {
    const bytes = this.bytes
    switch (bytes[start]) {
      case 34:
        return this.string(start + 1)
      case 123:
        return depth === maximumDepth ? this.tooDeep(start) : this.anyObject(start, depth + 1)
      case 91:
        return depth === maximumDepth ? this.tooDeep(start) : this.anyList(start, depth + 1)
      case 116:
        return this.word(start, TRUE)
      case 102:
        return this.word(start, FALSE)
      case 110:
        return this.word(start, NULL)
      case 10:
        return this.fail(start, "not JSON: it ends in the middle")
    }
    const end = endOfNumber(bytes, start)
    return end < 0 ? this.fail(~end, "not JSON: a malformed value") : end
  }

  private anyObject(start: number, depth: number): number {
    const bytes = this.bytes
    const seen = names()
    let keys = 0
    let i = this.space(start + 1)
    if (bytes[i] === 125) return i + 1
    for (;;) {
      if (bytes[i] !== 34) return this.fail(i, "not JSON: a key is expected")
      if (++keys > maximumKeys) return this.fail(i, `an object of more than ${maximumKeys} keys`)
      const end = this.string(i + 1)
      if (end < 0) return -1
      if (!seen.add(this.name(i + 1, end - 1))) {
        return this.fail(i, `the key ${this.text.toString("utf8", i, Math.min(end, i + 100))} twice`)
      }
      i = this.space(end)
      if (bytes[i] !== 58) return this.fail(i, "not JSON: a colon is expected")
      i = this.any(this.space(i + 1), depth)
      if (i < 0) return -1
      i = this.space(i)
      if (bytes[i] === 125) return i + 1
      if (bytes[i] !== 44) return this.fail(i, "not JSON: a comma or the end of the object is expected")
      i = this.space(i + 1)
    }
  }

  private anyList(start: number, depth: number): number {
    const bytes = this.bytes
    let i = this.space(start + 1)
    if (bytes[i] === 93) return i + 1
    for (;;) {
      i = this.any(i, depth)
      if (i < 0) return -1
      i = this.space(i)
      if (bytes[i] === 93) return i + 1
      if (bytes[i] !== 44) return this.fail(i, "not JSON: a comma or the end of the array is expected")
      i = this.space(i + 1)
    }
  }

  /** From after the opening quote to after the closing one. */
  private string(start: number): number {
    const bytes = this.bytes
    let i = start
    let c = bytes[i]!
    this.escaped = false
    for (;;) {
      while (c !== 34 && c !== 92 && c >= 32) c = bytes[++i]!
      if (c === 34) return i + 1
      if (c === 10) return this.fail(i, "not JSON: it ends inside a string")
      if (c !== 92) return this.fail(i, "not JSON: a control character in a string")
      this.escaped = true
      i = this.escape(i + 1)
      if (i < 0) return -1
      c = bytes[i]!
    }
  }

  private escape(i: number): number {
    const c = this.bytes[i]!
    if (isShortEscape[c] === 1) return i + 1
    if (c === 10) return this.fail(i, "not JSON: it ends inside a string")
    if (c !== 117) return this.fail(i, "not JSON: an unknown escape in a string")
    const unit = this.unit(i + 1)
    if (unit < 0) return -1
    if (unit < 0xd800 || unit > 0xdfff) return i + 5
    if (unit > 0xdbff || this.bytes[i + 5] !== 92 || this.bytes[i + 6] !== 117) {
      return this.fail(i, "a lone surrogate, which is no character")
    }
    const low = this.unit(i + 7)
    if (low < 0) return -1
    return low >= 0xdc00 && low <= 0xdfff ? i + 11 : this.fail(i, "a lone surrogate, which is no character")
  }

  /** The code unit of four hexadecimal digits. */
  private unit(start: number): number {
    let unit = 0
    for (let i = start; i < start + 4; i++) {
      const c = this.bytes[i]!
      const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : c >= 65 && c <= 70 ? c - 55 : -1
      if (digit < 0) return this.fail(i, "not JSON: an unknown escape in a string")
      unit = unit * 16 + digit
    }
    return unit
  }

  private word(start: number, word: Uint8Array): number {
    for (let j = 0; j < word.length; j++) {
      if (this.bytes[start + j] !== word[j]) return this.fail(start + j, "not JSON: an unknown word")
    }
    return start + word.length
  }

  /** The key just read, by its bytes as Latin-1. */
  private name(start: number, end: number): string {
    return this.escaped
      ? Buffer.from(this.decoded(start, end)).toString("latin1")
      : this.text.toString("latin1", start, end)
  }

  /** The string just read. */
  private decoded(start: number, end: number): string {
    const text = this.text.toString("utf8", start, end)
    return this.escaped ? (JSON.parse(`"${text}"`) as string) : text
  }

  /** A short number without a fraction (for an integer) or without an exponent: nothing can be lost. */
  private isPlain(tag: "Integer" | "Float" | "Decimal", start: number, end: number): boolean {
    for (let i = start; i < end; i++) {
      const c = this.bytes[i]!
      if (c > 57 || (c === 46 && tag === "Integer")) return false
    }
    return true
  }

  private mistyped(at: number, column: string, expected: string): number {
    return this.bytes[at] === 10
      ? this.fail(at, "not JSON: it ends in the middle")
      : this.fail(at, `${JSON.stringify(column)} is not ${expected}`)
  }

  private tooDeep(at: number): number {
    return this.fail(at, `deeper than ${maximumDepth} levels`)
  }

  private writeValue(start: number, end: number, out: Uint8Array, at: number): number {
    let size = at
    let from = start
    for (let e = 0; e < this.exact.length; e += 2) {
      const exactStart = this.exact[e]!
      const exactEnd = this.exact[e + 1]!
      if (exactStart < start || exactEnd > end) continue
      size = this.copy(from, exactStart, out, size)
      const quoted = Buffer.from(JSON.stringify(this.text.toString("utf8", exactStart, exactEnd)))
      out.set(quoted, size)
      size += quoted.length
      from = exactEnd
    }
    return this.copy(from, end, out, size)
  }

  private copy(start: number, end: number, out: Uint8Array, at: number): number {
    out.set(this.bytes.subarray(start, end), at)
    return at + end - start
  }
}

const TRUE = new Uint8Array(Buffer.from("true"))
const FALSE = new Uint8Array(Buffer.from("false"))
const NULL = new Uint8Array(Buffer.from("null"))

const isShortEscape = Uint8Array.from({ length: 256 }, (_, c) => ('"\\/bfnrt'.includes(String.fromCharCode(c)) ? 1 : 0))

interface Names {
  /** False if the name is there already. */
  readonly add: (name: string) => boolean
}

/** Few names are compared one by one; many go into a set. */
const names = (): Names => {
  const few: Array<string> = []
  let many: Set<string> | undefined
  return {
    add: (name) => {
      if (many === undefined) {
        if (few.includes(name)) return false
        few.push(name)
        if (few.length > 8) many = new Set(few)
        return true
      }
      if (many.has(name)) return false
      many.add(name)
      return true
    }
  }
}

const planOf = (struct: Struct): Plan => {
  const fields = struct.fields.map((field) => ({
    name: field.name,
    required: field.required,
    nullable: field.nullable,
    token: new Uint8Array(Buffer.from(JSON.stringify(field.name))),
    rule: ruleOf(field.shape)
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
      return { _tag: "List", item: ruleOf(shape.item), nullable: shape.nullable }
  }
  return { _tag: "Scalar", shape, free: isUnlimited(shape) }
}
