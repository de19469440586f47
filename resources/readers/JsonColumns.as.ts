/**
 * Reads lines of JSON into columns as Parquet stores them.
 *
 * It takes the plain lines: declared keys in any order, no other ones, values
 * that are surely good. In front of the first line that is otherwise it stops.
 * A line that was judged elsewhere is taken as it was rewritten, whatever it
 * holds. `JsonColumns.ts` says how nodes, fields and leaves lie in memory.
 *
 * The bytes end with a line feed, which no value holds, so nothing runs past it
 * but the sixteen bytes that are looked at together.
 */

import { append, clear, count, lacks, mark, restore, save } from "../kernel/Leaves.as"
import { day, flag, float, integer, judgedInteger } from "../kernel/Values.as"

export { heap, lackingLeaf, packed, rowCount, runs } from "../kernel/Leaves.as"

/** The line was judged good, and rewritten. */
let judged: bool = false
let root: usize = 0
/** The leaves, the first of them the ordinals; behind them, one for names of keys. */
let leaves: usize = 0
let names: usize = 0

export function open(rootNode: usize, firstLeaf: usize, nameLeaf: usize): void {
  root = rootNode
  leaves = firstLeaf
  names = nameLeaf
  clear()
}

/** Takes lines up to `end`; gives the place of the first that is not taken. */
export function read(start: usize, end: usize, ordinal: f64): usize {
  let line = start
  let number = <i64>ordinal
  while (line < end) {
    save(leaves, names)
    let i = value(root, space(line), 0, 0)
    if (i === 0) break
    i = space(i)
    if (load<u8>(i) !== 10 || !count(leaves, number)) break
    number++
    line = i + 1
  }
  if (line < end) restore(leaves, names)
  return line
}

/** Takes one line that was judged. */
export function add(start: usize, ordinal: f64): bool {
  judged = true
  const taken = read(start, start + 1, ordinal) > start
  judged = false
  return taken
}

/** White space, but no line feed. */
function space(start: usize): usize {
  let i = start
  let c = load<u8>(i)
  while (c === 32 || c === 9 || c === 13) c = load<u8>(++i)
  return i
}

/** From after the opening brace to after the closing one; 0 for what is not taken, here and below. */
function object(node: usize, start: usize, rep: u32, def: u32): usize {
  const fields: usize = load<u32>(node, 28)
  const end: usize = fields + <usize>load<u32>(node, 24) * 32
  const current = load<u32>(node, 36) + 1
  store<u32>(node, current, 36)
  let missing = load<u32>(node, 32)
  let expected = fields
  let present: usize = 0
  let i = space(start)
  if (load<u8>(i) === 125) i++
  else {
    for (;;) {
      let field = expected
      if (field < end && same(load<u32>(field), i, load<u32>(field, 4))) i += load<u32>(field, 4)
      else {
        const key = i
        i = name(i)
        if (i === 0) return 0
        field = fieldOf(fields, end, key, i)
        if (field === 0 && !judged) return 0
        i = space(i)
        if (load<u8>(i++) !== 58) return 0
      }
      i = space(i)
      if (field === 0) i = skip(i)
      else {
        if (load<u32>(field, 16) === current) return 0
        store<u32>(field, current, 16)
        missing -= load<u32>(field, 12)
        present++
        i = value(load<u32>(field, 8), i, rep, def)
        expected = field + 32
      }
      if (i === 0) return 0
      i = space(i)
      const c = load<u8>(i++)
      if (c === 125) break
      if (c !== 44) return 0
      i = space(i)
    }
  }
  if (missing !== 0) return 0
  if (present * 32 === end - fields) return i
  for (let field = fields; field < end; field += 32) {
    if (load<u32>(field, 16) !== current && !absent(load<u32>(field, 8), rep, def)) return 0
  }
  return i
}

/** From the opening quote of a key to after the closing one. Keys with escapes are read where the line was judged. */
function name(i: usize): usize {
  if (load<u8>(i) !== 34) return 0
  if (judged) {
    store<u32>(names, load<u32>(names, 28))
    return text(names, i)
  }
  const end = plainEnd(i + 1)
  return load<u8>(end) === 34 ? end + 1 : 0
}

/** The field of a key, or 0. */
function fieldOf(fields: usize, end: usize, key: usize, after: usize): usize {
  const start = judged ? <usize>load<u32>(names, 28) + 4 : key + 1
  const length: u32 = judged ? load<u32>(start - 4) : <u32>(after - key - 2)
  for (let field = fields; field < end; field += 32) {
    if (load<u32>(field, 24) === length && same(load<u32>(field, 20), start, length)) return field
  }
  return 0
}

/** Whether so many bytes are the same; eight after them may be read. */
function same(a: usize, b: usize, length: u32): bool {
  let rest = length
  while (rest >= 8) {
    if (load<u64>(a) !== load<u64>(b)) return false
    a += 8
    b += 8
    rest -= 8
  }
  return rest === 0 || (load<u64>(a) ^ load<u64>(b)) << (64 - 8 * <u64>rest) === 0
}

/** Past the end of a value that was judged and is of no column. */
function skip(start: usize): usize {
  let depth = 0
  let i = start
  let c = load<u8>(i)
  while (depth > 0 || (c !== 44 && c !== 125 && c !== 93)) {
    if (c === 34) {
      i = plainEnd(i + 1)
      while (load<u8>(i) === 92) i = plainEnd(i + 2)
    } else if (c === 123 || c === 91) depth++
    else if (c === 125 || c === 93) depth--
    c = load<u8>(++i)
  }
  return i
}

function value(node: usize, i: usize, rep: u32, def: u32): usize {
  const c = load<u8>(i)
  if (c === 110) {
    const isNull = load<u32>(i) === 0x6c6c756e && load<u32>(node, 4) !== 0
    return isNull && absent(node, rep, def) ? i + 4 : 0
  }
  if (load<u32>(node, 40) !== 0 && !judged) return 0
  const kind = load<u32>(node)
  const leaf = load<u32>(node, 8)
  const level = def + load<u32>(node, 16)
  if (kind > 4) {
    if (kind === 5) return c === 123 ? object(node, i + 1, rep, level) : 0
    if (kind === 6) return c === 91 ? list(node, i + 1, rep, level) : 0
    return c === 123 ? map(node, i + 1, rep, level) : 0
  }
  if (!mark(leaf, rep, level)) return 0
  if (kind === 0) return text(leaf, i)
  if (kind === 1) return judged ? judgedInteger(leaf, i) : integer(leaf, i, node + 24)
  if (kind === 2) return judged ? bits(leaf, i) : float(leaf, i)
  return kind === 3 ? flag(leaf, i) : quotedDay(leaf, i)
}

function list(node: usize, start: usize, rep: u32, def: u32): usize {
  const item = load<u32>(node, 24)
  let i = space(start)
  if (load<u8>(i) === 93) return absent(node, rep, def) ? i + 1 : 0
  let level = rep
  let c: u8 = 44
  while (c === 44) {
    i = value(item, space(i), level, def + 1)
    if (i === 0) return 0
    i = space(i)
    c = load<u8>(i++)
    level = load<u32>(node, 20)
  }
  return c === 93 ? i : 0
}

/** One with keys only of a judged line: whether none comes twice is not known here. */
function map(node: usize, start: usize, rep: u32, def: u32): usize {
  const keys = load<u32>(node, 8)
  const item = load<u32>(node, 24)
  let i = space(start)
  if (load<u8>(i) === 125) return absent(node, rep, def) ? i + 1 : 0
  let level = rep
  let c: u8 = judged ? 44 : 0
  while (c === 44) {
    if (!mark(keys, level, def + 1)) return 0
    i = text(keys, space(i))
    if (i === 0) return 0
    i = space(i)
    if (load<u8>(i) !== 58) return 0
    i = value(item, space(i + 1), level, def + 1)
    if (i === 0) return 0
    i = space(i)
    c = load<u8>(i++)
    level = load<u32>(node, 20)
  }
  return c === 125 ? i : 0
}

/** Nothing is there in the leaves of a node. */
function absent(node: usize, rep: u32, def: u32): bool {
  const end: usize = load<u32>(node, 12)
  for (let leaf: usize = load<u32>(node, 8); leaf < end; leaf += 64) if (!mark(leaf, rep, def)) return false
  return true
}

/** Of sixteen bytes, those that end the plain part of a string: quotes, backslashes and control characters. */
function stops(bytes: v128): i32 {
  const quotes = i8x16.eq(bytes, i8x16.splat(34))
  const escapes = i8x16.eq(bytes, i8x16.splat(92))
  return i8x16.bitmask(v128.or(v128.or(quotes, escapes), i8x16.lt_u(bytes, i8x16.splat(32))))
}

function plainEnd(start: usize): usize {
  let i = start
  let bits = stops(v128.load(i))
  while (bits === 0) {
    i += 16
    bits = stops(v128.load(i))
  }
  return i + <usize>ctz(bits)
}

/** A string, as its length and its bytes without escapes. */
function text(leaf: usize, start: usize): usize {
  if (load<u8>(start) !== 34) return 0
  const from: usize = load<u32>(leaf)
  const limit: usize = load<u32>(leaf, 16)
  let out = from + 4
  let i = start + 1
  for (;;) {
    if (out + 32 > limit) {
      lacks(leaf)
      return 0
    }
    const bytes = v128.load(i)
    v128.store(out, bytes)
    const bits = stops(bytes)
    if (bits === 0) {
      i += 16
      out += 16
      continue
    }
    i += <usize>ctz(bits)
    out += <usize>ctz(bits)
    const c = load<u8>(i)
    if (c === 34) break
    if (c !== 92) return 0
    const e = load<u8>(i, 1)
    if (e === 117) {
      i = character(i + 2, out)
      if (i === 0) return 0
      out += encoded(out)
    } else {
      const plain = unescaped(e)
      if (plain === 0) return 0
      store<u8>(out++, plain)
      i += 2
    }
  }
  store<u32>(from, <u32>(out - from - 4))
  store<u32>(leaf, <u32>out)
  return i + 1
}

/** The byte that one after a backslash stands for, or 0. */
function unescaped(c: u8): u8 {
  switch (c) {
    case 34:
    case 47:
    case 92:
      return c
    case 98:
      return 8
    case 102:
      return 12
    case 110:
      return 10
    case 114:
      return 13
    case 116:
      return 9
  }
  return 0
}

/** Writes the character of four hexadecimal digits, or of twice four, and gives what follows them. */
function character(start: usize, out: usize): usize {
  const unit = unitOf(start)
  if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return 0
  if (unit < 0x80) store<u8>(out, unit)
  else if (unit < 0x800) {
    store<u8>(out, 0xc0 | (unit >> 6))
    store<u8>(out, 0x80 | (unit & 63), 1)
  } else if (unit < 0xd800 || unit > 0xdbff) {
    store<u8>(out, 0xe0 | (unit >> 12))
    store<u8>(out, 0x80 | ((unit >> 6) & 63), 1)
    store<u8>(out, 0x80 | (unit & 63), 2)
  } else {
    const low = load<u16>(start, 4) === 0x755c ? unitOf(start + 6) : -1
    if (low < 0xdc00 || low > 0xdfff) return 0
    const code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
    store<u8>(out, 0xf0 | (code >> 18))
    store<u8>(out, 0x80 | ((code >> 12) & 63), 1)
    store<u8>(out, 0x80 | ((code >> 6) & 63), 2)
    store<u8>(out, 0x80 | (code & 63), 3)
    return start + 10
  }
  return start + 4
}

/** The bytes of a character, by its first one. */
function encoded(at: usize): usize {
  const c = load<u8>(at)
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4
}

/** The code unit of four hexadecimal digits, or -1. */
function unitOf(start: usize): i32 {
  let unit = 0
  for (let i = start; i < start + 4; i++) {
    const digit = digitOf(load<u8>(i))
    if (digit < 0) return -1
    unit = unit * 16 + digit
  }
  return unit
}

function digitOf(c: u32): i32 {
  if (c - 48 < 10) return c - 48
  const letter = (c | 32) - 97
  return letter < 6 ? letter + 10 : -1
}

/** The bits of a double in sixteen hexadecimal digits, as a judged line has it. */
function bits(leaf: usize, start: usize): usize {
  let value: i64 = 0
  for (let i = start; i < start + 16; i += 4) value = (value << 16) | unitOf(i)
  return append<i64>(leaf, value) ? start + 16 : 0
}

function quotedDay(leaf: usize, start: usize): usize {
  const end = load<u8>(start) === 34 ? day(leaf, start + 1) : 0
  return end !== 0 && load<u8>(end) === 34 ? end + 1 : 0
}
