/**
 * Rows of a delimited file that are surely good, told in one pass over their
 * bytes by an automaton made of the columns.
 *
 * It knows days, numbers of few digits, texts without quotes and empty values;
 * a row with anything else is left to the judge, which is never contradicted:
 * what this takes, it would call good.
 */
import type { DelimitedRules } from "./DelimitedRules.ts"
import type { Field } from "./RowShape.ts"
import { doubleDigits, isUnlimited, plainDigits } from "./ScalarText.ts"

/**
 * From state to state: `table[state + classes[byte]]`. Bytes that no state tells
 * apart are of one class, which keeps the table in the fastest memory. In
 * `unsure`, 0, nothing more is known; in `taken` the line feed has been read.
 */
export interface PlainRow {
  readonly table: Uint16Array
  readonly classes: Uint8Array
  readonly taken: number
}

/** As states are made: multiples of 256. */
const unsure = 0
const taken = 256

/** None where a column, or what stands for null, asks for more than is known here. */
export const make = (rules: DelimitedRules): PlainRow | undefined => {
  const fields = new Map(rules.row.fields.map((field) => [field.name, field]))
  const isKnown = rules.columns.every((name) => isPlain(fields.get(name)))
  // A line of blanks is none, what stands for null may be any text, and a delimiter may look like part of a number.
  const isOdd = /[ 0-9.eE+-]/.test(String.fromCharCode(rules.delimiter)) || rules.nulls.some((text) => text !== "")
  if (!isKnown || isOdd || rules.columns.length < 2) return undefined
  const states = new States(rules)
  const ends = rules.columns.map((name) => states.column(fields.get(name)))
  for (const [index, column] of ends.entries()) states.close(column, ends[index + 1]?.start)
  const self = states.compact()
  if (self === undefined) return undefined
  const header = Buffer.from(`${rules.columns.join(String.fromCharCode(rules.delimiter))}\n`)
  return rules.header && copy(self, header, 0, Buffer.alloc(header.length), 0) >= 0 ? undefined : self
}

/**
 * Copies the line that starts here, with its line feed, as long as it is sure.
 * Gives the place of the line feed, or -1 for a line that the judge has to see;
 * what was copied until then means nothing. The bytes end with a line feed.
 */
export const copy = (
  { classes, table, taken }: PlainRow,
  bytes: Uint8Array,
  start: number,
  out: Uint8Array,
  at: number
): number => {
  let state = 2 * taken
  let i = start
  let size = at
  do {
    const c = bytes[i++]!
    state = table[state + classes[c]!]!
    out[size++] = c
  } while (state > taken)
  return state === taken ? i - 1 : -1
}

/** As `copy`, of a line that stays where it is. */
export const end = ({ classes, table, taken }: PlainRow, bytes: Uint8Array, start: number): number => {
  let state = 2 * taken
  let i = start
  do state = table[state + classes[bytes[i++]!]!]!
  while (state > taken)
  return state === taken ? i - 1 : -1
}

/** A column that is not declared holds any text. */
const isPlain = (field: Field | undefined): boolean =>
  field === undefined ||
  (field.shape._tag === "Day"
    ? true
    : (field.shape._tag === "Text" || field.shape._tag === "Integer" || field.shape._tag === "Float") &&
      isUnlimited(field.shape))

interface ColumnStates {
  readonly start: number
  /** Those in which the value may end. */
  readonly ends: ReadonlyArray<number>
}

/** States as they are made, each with what follows it by byte. */
class States {
  private readonly next: Array<Uint32Array> = [new Uint32Array(256), new Uint32Array(256)]
  private readonly rules: DelimitedRules

  constructor(rules: DelimitedRules) {
    this.rules = rules
  }

  /** None if there are too many states. */
  compact(): PlainRow | undefined {
    const found = new Map<string, number>()
    const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
      const column = this.next.map((next) => next[byte]).join(" ")
      if (!found.has(column)) found.set(column, found.size)
      return found.get(column)!
    })
    const width = found.size
    if (this.next.length * width > 2 ** 16) return undefined
    const table = new Uint16Array(this.next.length * width)
    for (const [index, next] of this.next.entries()) {
      for (let byte = 0; byte < 256; byte++) table[index * width + classes[byte]!] = (next[byte]! / 256) * width
    }
    return { table, classes, taken: width }
  }

  /** The states of a value, the first of them being its start. */
  column(field: Field | undefined): ColumnStates {
    const start = this.add()
    const isEmptyGood = field === undefined || (this.rules.nulls.length === 0 ? isText(field) : isNullable(field))
    const ends = field === undefined || isText(field) ? this.text(start) : this.value(start, field)
    return { start, ends: isEmptyGood ? [start, ...ends] : ends }
  }

  /** What ends a value ends it everywhere, and where it may not end the row is not sure. */
  close({ ends, start }: ColumnStates, following: number | undefined): void {
    const { delimiter, quote } = this.rules
    for (let state = start; state < (following ?? this.next.length * 256); state += 256) {
      for (const mark of [delimiter, quote, 10, 13, 0]) this.link(state, mark, unsure)
    }
    const lineEnd = following === undefined ? this.add() : unsure
    for (const state of ends) {
      if (following !== undefined) this.link(state, delimiter, following)
      else {
        this.link(state, 10, taken)
        this.link(state, 13, lineEnd)
        this.link(lineEnd, 10, taken)
      }
    }
  }

  private add(): number {
    this.next.push(new Uint32Array(256))
    return (this.next.length - 1) * 256
  }

  private link(state: number, byte: number, to: number): number {
    this.next[state / 256]![byte] = to
    return to
  }

  private value(start: number, field: Field): ReadonlyArray<number> {
    switch (field.shape._tag) {
      case "Day":
        return this.day(start)
      case "Integer":
        return this.integer(start)
      default:
        return this.float(start)
    }
  }

  private text(start: number): ReadonlyArray<number> {
    const inside = this.add()
    for (let byte = 0; byte < 256; byte++) this.link(this.link(start, byte, inside), byte, inside)
    return [inside]
  }

  /** Digits after one another: those that follow this state, from the lowest to the highest. */
  private digits(state: number, low: number, high: number, to = this.add()): number {
    for (let digit = low; digit <= high; digit++) this.link(state, zero + digit, to)
    return to
  }

  /** Without zeros in front; a sign counts as a digit. */
  private integer(start: number): ReadonlyArray<number> {
    const ends = Array.from({ length: plainDigits }, () => this.add())
    const minus = this.link(start, 45, this.add())
    const lone = this.digits(start, 0, 0)
    this.digits(minus, 0, 0, lone)
    this.digits(start, 1, 9, ends[0])
    this.digits(minus, 1, 9, ends[1])
    for (const [index, state] of ends.slice(0, -1).entries()) this.digits(state, 0, 9, ends[index + 1])
    return [...ends, lone]
  }

  /** Digits are counted from the first that is not 0; with a point there may be more of them. */
  private float(start: number): ReadonlyArray<number> {
    const whole = Array.from({ length: doubleDigits + 1 }, () => this.add())
    const points = whole.map(() => this.add())
    const fractions = whole.map(() => this.add())
    const minus = this.link(start, 45, this.add())
    for (const state of [start, minus]) {
      this.digits(state, 0, 0, whole[0])
      this.digits(state, 1, 9, whole[1])
    }
    for (const [count, state] of whole.entries()) {
      if (count > 0 && count < doubleDigits) this.digits(state, 0, 9, whole[count + 1])
      this.link(state, 46, points[count]!)
      for (const before of [points[count]!, fractions[count]!]) {
        this.digits(before, 0, 0, fractions[count === 0 ? 0 : count + 1] ?? unsure)
        this.digits(before, 1, 9, fractions[count + 1] ?? unsure)
      }
    }
    return [...whole.slice(0, plainDigits + 1), ...fractions]
  }

  /** A day that its month has, but for February 29. */
  private day(start: number): ReadonlyArray<number> {
    const year = this.year(start)
    const dash = this.link(year, 45, this.add())
    const [low, high] = [this.digits(dash, 0, 0), this.digits(dash, 1, 1)]
    const end = this.add()
    for (const [index, days] of months.entries()) {
      const month = (index + 1) % 10
      const day = this.link(this.digits(index < 9 ? low : high, month, month), 45, this.add())
      this.digits(this.digits(day, 0, 0), 1, 9, end)
      this.digits(this.digits(day, 1, 1), 0, 9, end)
      this.digits(this.digits(day, 2, 2), 0, Math.min(9, days - 20), end)
      if (days >= 30) this.digits(this.digits(day, 3, 3), 0, days - 30, end)
    }
    return [end]
  }

  /** Four digits that are not all 0. */
  private year(start: number): number {
    let [zeros, others] = [start, this.digits(start, 1, 9)]
    for (let digit = 1; digit < 4; digit++) {
      zeros = this.digits(zeros, 0, 0)
      others = this.digits(others, 0, 9)
      this.digits(zeros, 1, 9, others)
    }
    return others
  }
}

const zero = 48

/** How many days every one of them has. */
const months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isText = ({ shape }: Field): boolean => shape._tag === "Text"

const isNullable = ({ nullable, required }: Field): boolean => nullable || !required
