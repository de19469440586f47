/**
 * Reads rows of delimited text into columns as Parquet stores them.
 *
 * It takes the plain rows: a line each, every value surely good, quotes only
 * around texts and doubled nowhere. In front of the first row that is otherwise
 * it stops. `DelimitedProgram.ts` says how rules and columns lie in memory.
 *
 * The bytes end with a line feed, which no value holds, so nothing runs past it
 * but the sixteen bytes that are looked at together.
 */
import { clear, count, lacks, mark, restore, save } from "../kernel/Leaves.as"
import { day, flag, float, integer } from "../kernel/Values.as"

export { heap, lackingLeaf, packed, rowCount, runs } from "../kernel/Leaves.as"

/** The leaves, the first of them the ordinals. */
let leaves: usize = 0
let leavesEnd: usize = 0
/** The columns of the file, and the last of them. */
let columns: usize = 0
let last: usize = 0
let delimiter: u8 = 0
/** 0 for none. */
let quote: u8 = 0
let isEmptyNull: bool = false
/** Other texts that stand for null. */
let nulls: usize = 0
let nullsEnd: usize = 0
/** The first name of a header that may look like a row. */
let header: usize = 0
let headerSize: u32 = 0

export function open(rules: usize): void {
  leaves = load<u32>(rules)
  leavesEnd = load<u32>(rules, 4)
  columns = load<u32>(rules, 8)
  last = load<u32>(rules, 12)
  delimiter = load<u8>(rules, 16)
  quote = load<u8>(rules, 20)
  isEmptyNull = load<u32>(rules, 24) !== 0
  nulls = load<u32>(rules, 28)
  nullsEnd = load<u32>(rules, 32)
  header = load<u32>(rules, 36)
  headerSize = load<u32>(rules, 40)
  clear()
}

/** Takes lines up to `end`, each a row; gives the place of the first that is not taken. */
export function read(start: usize, end: usize, ordinal: f64): usize {
  let line = start
  let number = <i64>ordinal
  while (line < end) {
    save(leaves, leavesEnd)
    const next = row(line)
    if (next === 0 || !count(leaves, number)) break
    number++
    line = next
  }
  if (line < end) restore(leaves, leavesEnd)
  return line
}

/** Counts a row whose values were added one by one. */
export function add(ordinal: f64): bool {
  return count(leaves, <i64>ordinal)
}

/** The start of the next line; 0 for what is not taken, here and below. */
function row(start: usize): usize {
  if (isHeader(start)) return 0
  let i = start
  for (let column = columns; column < last; column += 32) {
    i = value(column, i)
    if (i === 0 || load<u8>(i) !== delimiter) return 0
    i++
  }
  i = value(last, i)
  if (i === 0) return 0
  if (load<u8>(i) === 10) return i + 1
  return load<u16>(i) === 0x0a0d ? i + 2 : 0
}

/** Whether the first value is that of the header. */
function isHeader(start: usize): bool {
  if (header === 0) return false
  const from = quote !== 0 && load<u8>(start) === quote ? start + 1 : start
  const after = load<u8>(from + headerSize)
  return (after === delimiter || after === quote) && same(header, from, headerSize)
}

/** Where the value ends, which starts here. */
function value(column: usize, i: usize): usize {
  const c = load<u8>(i)
  const kind = load<u32>(column)
  const leaf = load<u32>(column, 4)
  if (c === delimiter || c === 10 || c === 13) {
    if (isEmptyNull) return absent(column, i)
    if (kind > 1) return 0
  } else if (nulls !== nullsEnd) {
    const end = nullEnd(i)
    if (end !== 0) return absent(column, end)
  }
  if (kind === 0) return textEnd(i)
  if (!mark(leaf, 0, 1)) return 0
  if (kind === 1) return text(leaf, i)
  if (kind === 2) return integer(leaf, i, column + 16)
  if (kind === 3) return float(leaf, i)
  return kind === 4 ? flag(leaf, i) : day(leaf, i)
}

/** In a column that is not declared, anything may be absent. */
function absent(column: usize, end: usize): usize {
  if (load<u32>(column) === 0) return end
  return load<u32>(column, 8) !== 0 && mark(load<u32>(column, 4), 0, 0) ? end : 0
}

/** The end of a value that stands for null, or 0. */
function nullEnd(i: usize): usize {
  for (let at = nulls; at < nullsEnd; at += 8) {
    const size = load<u32>(at, 4)
    if (!same(load<u32>(at), i, size)) continue
    const c = load<u8>(i + size)
    if (c === delimiter || c === 10 || c === 13) return i + size
  }
  return 0
}

/** Whether so many bytes are the same. */
function same(a: usize, b: usize, size: u32): bool {
  for (let i: u32 = 0; i < size; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false
  return true
}

/** Of sixteen bytes, those at which a text may end. */
function stops(bytes: v128, isQuoted: bool): i32 {
  const marks = v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(0)))
  const ends = v128.or(marks, i8x16.eq(bytes, i8x16.splat(10)))
  if (isQuoted) return i8x16.bitmask(ends)
  const others = v128.or(i8x16.eq(bytes, i8x16.splat(13)), i8x16.eq(bytes, i8x16.splat(delimiter)))
  return i8x16.bitmask(v128.or(ends, others))
}

/** What follows is the row's matter: behind a quote, a NUL or a carriage return, the text is no plain one. */
function textEnd(start: usize): usize {
  const isQuoted = quote !== 0 && load<u8>(start) === quote
  let i = isQuoted ? start + 1 : start
  let bits = stops(v128.load(i), isQuoted)
  while (bits === 0) {
    i += 16
    bits = stops(v128.load(i), isQuoted)
  }
  i += <usize>ctz(bits)
  return isQuoted ? closed(i) : i
}

/** Adds a text, as its length and its bytes. */
function text(leaf: usize, start: usize): usize {
  const isQuoted = quote !== 0 && load<u8>(start) === quote
  const from: usize = load<u32>(leaf)
  const limit: usize = load<u32>(leaf, 16)
  let i = isQuoted ? start + 1 : start
  let out = from + 4
  for (;;) {
    if (out + 32 > limit) {
      lacks(leaf)
      return 0
    }
    const bytes = v128.load(i)
    v128.store(out, bytes)
    const bits = stops(bytes, isQuoted)
    if (bits !== 0) {
      i += <usize>ctz(bits)
      out += <usize>ctz(bits)
      break
    }
    i += 16
    out += 16
  }
  store<u32>(from, <u32>(out - from - 4))
  store<u32>(leaf, <u32>out)
  return isQuoted ? closed(i) : i
}

/** Behind the quote that closes a text; that no other follows is the row's matter, too. */
function closed(i: usize): usize {
  return load<u8>(i) === quote ? i + 1 : 0
}
