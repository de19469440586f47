/**
 * Reads values of text into leaves: numbers by JSON's grammar, flags and days.
 *
 * Each gives the place behind the value, or 0 for what is not surely good and
 * has to be judged elsewhere.
 */
// biome-ignore-all lint/correctness/noPrecisionLoss: integers have 64 bits here
import { append } from "./Leaves.as"

/** An integer of few digits, between two of 64 bits. */
export function integer(leaf: usize, start: usize, bounds: usize): usize {
  const end = digits(start)
  if (end === 0 || end - start > (load<u8>(start) === 45 ? 19 : 18)) return 0
  const value = whole(start, end)
  return value >= load<i64>(bounds) && value <= load<i64>(bounds, 8) && append<i64>(leaf, value) ? end : 0
}

/** An integer that was judged. */
export function judgedInteger(leaf: usize, start: usize): usize {
  const end = digits(start)
  return end !== 0 && append<i64>(leaf, whole(start, end)) ? end : 0
}

/** The end of an integer that is no other number. */
function digits(start: usize): usize {
  const first = load<u8>(start) === 45 ? start + 1 : start
  let i = first
  let c: u32 = load<u8>(i)
  while (c - 48 < 10) c = load<u8>(++i)
  return i === first || (i - first > 1 && load<u8>(first) === 48) || c === 46 || (c | 32) === 101 ? 0 : i
}

function whole(start: usize, end: usize): i64 {
  const negative = load<u8>(start) === 45
  let value: i64 = 0
  for (let i = negative ? start + 1 : start; i < end; i++) value = value * 10 + (load<u8>(i) - 48)
  return negative ? -value : value
}

/** A number without exponent whose digits a double tells apart: as many as fifteen, or seventeen with a point. */
export function float(leaf: usize, start: usize): usize {
  const negative = load<u8>(start) === 45
  const first = negative ? start + 1 : start
  let i = first
  let value: u64 = 0
  let c: u32 = load<u8>(i)
  while (c - 48 < 10) {
    value = value * 10 + (c - 48)
    c = load<u8>(++i)
  }
  let count = i - first
  const zero: usize = load<u8>(first) === 48 ? 1 : 0
  if (count === 0 || (count > 1 && zero !== 0)) return 0
  let fraction: usize = 0
  if (c === 46) {
    const point = i++
    while (areDigits(load<u64>(i))) {
      value = value * 100_000_000 + eightDigits(load<u64>(i))
      i += 8
    }
    c = load<u8>(i)
    while (c - 48 < 10) {
      value = value * 10 + (c - 48)
      c = load<u8>(++i)
    }
    fraction = i - point - 1
    if (fraction === 0) return 0
    count += fraction - zero
  }
  if (count > (fraction === 0 ? 15 : 17) || (c | 32) === 101) return 0
  // Both are exact, so that the quotient is rounded once.
  const found = value <= 9007199254740992 ? <f64>value / load<f64>(powers + fraction * 8) : quotient(value, fraction)
  return append<f64>(leaf, negative ? -found : found) ? i : 0
}

const powers = memory.data<f64>([
  1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17
])

/** Of eight bytes together: https://lemire.me/blog/2022/01/21/swar-explained-parsing-eight-digits. */
function areDigits(bytes: u64): bool {
  const high: u64 = 0xf0f0f0f0f0f0f0f0
  return ((bytes & high) | (((bytes + 0x0606060606060606) & high) >> 4)) === 0x3333333333333333
}

function eightDigits(bytes: u64): u64 {
  const pairs = ((bytes & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8
  const fours = ((pairs & 0x00ff00ff00ff00ff) * 6_553_601) >> 16
  return ((fours & 0x0000ffff0000ffff) * 42_949_672_960_001) >> 32
}

/**
 * The double next to an integer of more than 53 bits divided by a power of ten: Lemire, Number Parsing at a Gigabyte
 * per Second (2021), for exponents from 0 to -17, where the product is always near enough.
 */
function quotient(value: u64, power: usize): f64 {
  const zeros = clz(value)
  const scaled = value << zeros
  const high = load<u64>(reciprocals + power * 16)
  let low = scaled * high
  let top = highHalf(scaled, high)
  if ((top & 0x1ff) === 0x1ff) {
    const rest = highHalf(scaled, load<u64>(reciprocals + power * 16, 8))
    low += rest
    if (low < rest) top++
  }
  const upper = top >> 63
  let mantissa = top >> (upper + 9)
  // Just between two doubles, which only a small power gives.
  if (low <= 1 && power <= 4 && (mantissa & 3) === 1 && mantissa << (upper + 9) === top) mantissa &= ~(<u64>1)
  mantissa = (mantissa + (mantissa & 1)) >> 1
  let exponent = ((<i64>-217706 * <i64>power) >> 16) + 63 + <i64>upper - <i64>zeros + 1023
  if (mantissa >= 1 << 53) {
    mantissa = 1 << 52
    exponent++
  }
  return reinterpret<f64>((mantissa & 0xfffffffffffff) | ((<u64>exponent) << 52))
}

/** The upper 64 bits of a product. */
function highHalf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff
  const a1 = a >> 32
  const b0 = b & 0xffffffff
  const b1 = b >> 32
  const middle = a1 * b0 + ((a0 * b0) >> 32)
  return a1 * b1 + (middle >> 32) + (((middle & 0xffffffff) + a0 * b1) >> 32)
}

/** Of the powers of ten, 128 bits from the first that is set, rounded up. */
const reciprocals = memory.data<u64>([
  0x8000000000000000, 0x0000000000000000, 0xcccccccccccccccc, 0xcccccccccccccccd, 0xa3d70a3d70a3d70a,
  0x3d70a3d70a3d70a4, 0x83126e978d4fdf3b, 0x645a1cac083126ea, 0xd1b71758e219652b, 0xd3c36113404ea4a9,
  0xa7c5ac471b478423, 0x0fcf80dc33721d54, 0x8637bd05af6c69b5, 0xa63f9a49c2c1b110, 0xd6bf94d5e57a42bc,
  0x3d32907604691b4d, 0xabcc77118461cefc, 0xfdc20d2b36ba7c3e, 0x89705f4136b4a597, 0x31680a88f8953031,
  0xdbe6fecebdedd5be, 0xb573440e5a884d1c, 0xafebff0bcb24aafe, 0xf78f69a51539d749, 0x8cbccc096f5088cb,
  0xf93f87b7442e45d4, 0xe12e13424bb40e13, 0x2865a5f206b06fba, 0xb424dc35095cd80f, 0x538484c19ef38c95,
  0x901d7cf73ab0acd9, 0x0f9d37014bf60a11, 0xe69594bec44de15b, 0x4c2ebe687989a9b4, 0xb877aa3236a4b449, 0x09befeb9fad487c3
])

/** `true` or `false`. */
export function flag(leaf: usize, i: usize): usize {
  const first = load<u32>(i)
  const isTrue = first === 0x65757274
  if (!isTrue && (first !== 0x736c6166 || load<u8>(i, 4) !== 101)) return 0
  if (!append<u8>(leaf, isTrue ? 1 : 0)) return 0
  return isTrue ? i + 4 : i + 5
}

/** A day of the calendar from the year 1 to 9999, such as 2025-06-01, as days since 1970. */
export function day(leaf: usize, i: usize): usize {
  const year = pair(i) * 100 + pair(i + 2)
  const month = pair(i + 5)
  const date = pair(i + 8)
  if (load<u8>(i, 4) !== 45 || load<u8>(i, 7) !== 45) return 0
  // What is no digit makes a number too large.
  if (year - 1 >= 9999 || month - 1 >= 12 || date - 1 >= 31) return 0
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (date > (month === 2 ? (isLeap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1))) return 0
  // Years that start in March have the day that may be missing at their end.
  const shifted = month < 3 ? year - 1 : year
  const ofYear = (153 * (month < 3 ? month + 9 : month - 3) + 2) / 5 + date - 1
  const days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + ofYear
  return append<i32>(leaf, <i32>days - 719468) ? i + 10 : 0
}

/** A number of two digits. */
function pair(i: usize): u32 {
  const tens = <u32>load<u8>(i) - 48
  const ones = <u32>load<u8>(i, 1) - 48
  return tens > 9 || ones > 9 ? 1_000_000 : tens * 10 + ones
}
