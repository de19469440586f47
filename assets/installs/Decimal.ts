/**
 * Reads a decimal number from its bytes: optional sign, digits with at most one
 * point, optional exponent, spaces around it.
 *
 * Of up to fifteen digits, the number is a quotient of two that are exact, so it
 * is rounded once and as it should be (W. D. Clinger, "How to read floating point
 * numbers accurately", 1990); anything longer is left to the engine.
 */

/** NaN for what is no finite number. */
export const read = (bytes: Uint8Array, start: number, end: number): number => {
  let from = start
  while (from < end && bytes[from] === 32) from++
  let to = end
  while (to > from && bytes[to - 1] === 32) to--
  let i = from
  const isNegative = bytes[i] === 45
  if (isNegative || bytes[i] === 43) i++
  const digitsFrom = i
  let mantissa = 0
  let point = -1
  for (; i < to; i++) {
    const digit = bytes[i]! - 48
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (bytes[i] === 46 && point < 0) point = i
    else return slow(bytes, from, to)
  }
  const digits = to - digitsFrom - (point < 0 ? 0 : 1)
  if (digits === 0 || digits > 15) return slow(bytes, from, to)
  const value = point < 0 ? mantissa : mantissa / powers[to - point - 1]!
  return isNegative ? -value : value
}

const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

const slow = (bytes: Uint8Array, start: number, end: number): number => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1")
  const value = decimal.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : Number.NaN
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
