/**
 * Reads a decimal number: optional sign, digits with at most one point, optional
 * exponent, spaces around it.
 */

/** NaN for what is no finite number. */
export const read = (text: string): number => {
  const value = decimal.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : Number.NaN
}

const decimal = /^ *[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *$/
