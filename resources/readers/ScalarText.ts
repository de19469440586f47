/**
 * Which texts are values of a scalar, the same for JSON and for delimited
 * files: exact or refused, never rounded.
 */
import type { Decimal, Float, Integer, Shape, Text } from "./RowShape.ts"

export type Scalar = Exclude<Shape, { readonly _tag: "Struct" | "List" | "Map" | "Json" }>

/** The digits that a double can tell apart; a number with more is not what would be stored. */
export const doubleDigits = 17

/** Integers with so many digits are told apart by a double. */
export const plainDigits = 15

/** Every text of the grammar is a value, as long as numbers are short. */
export const isUnlimited = (self: Shape): boolean => {
  switch (self._tag) {
    case "Text":
      return (
        self.accepted === undefined && self.patterns.length === 0 && self.minLength === 0 && self.maxLength === Infinity
      )
    case "Integer":
      return self.minimum <= -(10n ** 15n) && self.maximum >= 10n ** 15n
    case "Float":
      return self.minimum === -Infinity && self.maximum === Infinity
    case "Flag":
    case "Json":
      return true
    case "Decimal":
    case "Day":
    case "Instant":
    case "List":
    case "Map":
    case "Struct":
      return false
  }
}

/**
 * Whether the bytes are surely a value, told without making a text of them;
 * numbers are of JSON's grammar already. What is not sure is asked of
 * `violation`.
 */
export const isPlainValue = (
  self: Scalar,
  unlimited: boolean,
  bytes: Uint8Array,
  start: number,
  end: number
): boolean => {
  switch (self._tag) {
    case "Integer":
      return unlimited && end - start <= plainDigits && areDigits(bytes, bytes[start] === 45 ? start + 1 : start, end)
    case "Float":
      return unlimited && isPlainFloat(bytes, start, end)
    case "Day":
      return isPlainDay(bytes, start, end)
    case "Text":
      return unlimited
    case "Decimal":
    case "Flag":
    case "Instant":
      return false
  }
}

const areDigits = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i]! < 48 || bytes[i]! > 57) return false
  return true
}

/** No exponent, and so few digits that they are told apart; a longer integer may be one that a double skips. */
const isPlainFloat = (bytes: Uint8Array, start: number, end: number): boolean => {
  let digits = 0
  let point = false
  for (let i = start; i < end; i++) {
    const c = bytes[i]!
    if (c > 57) return false
    if (c === 46) point = true
    else if (c !== 45 && (c !== 48 || digits > 0)) digits++
  }
  return digits <= (point ? doubleDigits : plainDigits)
}

/** A day that every month has. */
const isPlainDay = (bytes: Uint8Array, start: number, end: number): boolean => {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return false
  if (!areDigits(bytes, start, start + 4) || !areDigits(bytes, start + 5, start + 7)) return false
  if (!areDigits(bytes, start + 8, end)) return false
  const year = bytes[start]! + bytes[start + 1]! + bytes[start + 2]! + bytes[start + 3]! - 4 * 48
  const month = (bytes[start + 5]! - 48) * 10 + bytes[start + 6]! - 48
  const day = (bytes[start + 8]! - 48) * 10 + bytes[start + 9]! - 48
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28
}

/** Why a text is no value, as the rest of a sentence about its column. Numbers are of JSON's grammar already. */
export const violation = (self: Scalar, text: string): string | undefined => {
  switch (self._tag) {
    case "Text":
      return textViolation(self, text)
    case "Integer":
      return integerViolation(self, text)
    case "Float":
      return floatViolation(self, text)
    case "Decimal":
      return decimalViolation(self, text)
    case "Flag":
      return text === "true" || text === "false" ? undefined : "is not true or false"
    case "Day":
      return isDay(text) ? undefined : "is not a date such as 2025-06-01"
    case "Instant":
      return isInstant(text) ? undefined : "is not a UTC time such as 2025-06-01T10:20:30Z"
  }
}

/** From the start of a number to its end, by JSON's grammar; the complement of where it goes wrong. */
export const endOfNumber = (bytes: Uint8Array, start: number): number => {
  let i = start
  let c = bytes[i]!
  if (c === 45) c = bytes[++i]!
  if (c === 48) c = bytes[++i]!
  else if (c >= 49 && c <= 57) {
    do c = bytes[++i]!
    while (c >= 48 && c <= 57)
  } else return ~i
  if (c === 46) {
    c = bytes[++i]!
    if (!(c >= 48 && c <= 57)) return ~i
    do c = bytes[++i]!
    while (c >= 48 && c <= 57)
  }
  if (c === 101 || c === 69) {
    c = bytes[++i]!
    if (c === 43 || c === 45) c = bytes[++i]!
    if (!(c >= 48 && c <= 57)) return ~i
    do c = bytes[++i]!
    while (c >= 48 && c <= 57)
  }
  return c >= 48 && c <= 57 ? ~i : i
}

const textViolation = (self: Text, text: string): string | undefined => {
  if (self.accepted !== undefined && !self.accepted.includes(text)) return "is not one of the accepted values"
  if (text.length < self.minLength) return `is shorter than ${self.minLength}`
  if (text.length > self.maxLength) return `is longer than ${self.maxLength}`
  const pattern = self.patterns.find(({ source, flags }) => !expression(source, flags).test(text))
  return pattern === undefined ? undefined : `does not match ${pattern.source}`
}

const integerViolation = (self: Integer, text: string): string | undefined => {
  if (!/^-?[0-9]+$/.test(text)) return "is not an integer"
  if (text.length > 40) return "is out of range"
  const value = BigInt(text)
  return value < self.minimum || value > self.maximum ? "is out of range" : undefined
}

const floatViolation = (self: Float, text: string): string | undefined => {
  const value = Number(text)
  const digits = significant(text)
  if (!Number.isFinite(value) || (value === 0 && digits !== "")) return "is out of the range of a double"
  if (digits.length > doubleDigits || (isIntegral(text) && BigInt(value) !== BigInt(text))) {
    return "has more digits than a double can hold"
  }
  if (self.exclusiveMinimum ? value <= self.minimum : value < self.minimum) return "is out of range"
  return (self.exclusiveMaximum ? value >= self.maximum : value > self.maximum) ? "is out of range" : undefined
}

const decimalViolation = (self: Decimal, text: string): string | undefined => {
  const [, integer, fraction = ""] = /^-?([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? []
  if (integer === undefined) return "is written with an exponent, which a decimal column does not take"
  if (fraction.replace(/0+$/, "").length > self.scale) return `has more than ${self.scale} digits after the point`
  const whole = integer.replace(/^0+/, "").length
  return whole > self.precision - self.scale
    ? `has more than ${self.precision - self.scale} digits before the point`
    : undefined
}

/** The digits of a number without sign, point, exponent and the zeros around them. */
const significant = (text: string): string =>
  text
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "")
    .replace(/0+$/, "")

const isIntegral = (text: string): boolean => /^-?[0-9]+$/.test(text) && text.length <= 320

const isDay = (text: string): boolean => {
  const [, year, month, day] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text) ?? []
  if (year === undefined || year === "0000") return false
  const days = [31, isLeap(Number(year)) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1]
  return days !== undefined && Number(day) >= 1 && Number(day) <= days
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const isInstant = (text: string): boolean =>
  isDay(text.slice(0, 10)) &&
  /^[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?Z?$/.test(text.slice(10))

const expressions = new Map<string, RegExp>()

const expression = (source: string, flags: string): RegExp => {
  const key = `${flags}/${source}`
  const found = expressions.get(key) ?? new RegExp(source, flags.replaceAll("g", ""))
  expressions.set(key, found)
  return found
}
