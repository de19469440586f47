/**
 * Partition keys as names of files and folders.
 *
 * Two different texts never get the same name, also where a file system ignores
 * case, composes accents, or reserves names such as `con`. What is not a small
 * letter, a digit, `-`, `_` or an inner `.` is written as `%` and two digits of its
 * UTF-8; a name of more than 200 bytes ends in a hash and cannot be decoded.
 */
import { createHash } from "node:crypto"
import * as Option from "effect/Option"

export const maxBytes = 200

/** A path segment of at most 200 bytes for any text, well-formed or not. */
export const encode = (key: string): string => {
  const name = escaped(key)
  if (name.length <= maxBytes) return name
  const hash = createHash("sha256").update(name).digest("hex")
  return name.slice(0, maxBytes - hashMark.length - hash.length).replace(/%.?$/, "") + hashMark + hash
}

/** The text of a path segment; none for one that was too long, or that `encode` does not make. */
export const decode = (segment: string): Option.Option<string> => {
  if (segment === emptyName) return Option.some("")
  if (!/^(?:[^%]|%[0-9a-f]{2})*$/.test(segment)) return Option.none()
  const bytes = segment.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const key = bytes.replaceAll(/[\xc0-\xff][\x80-\xbf]*/g, character)
  return encode(key) === segment ? Option.some(key) : Option.none()
}

/** Neither is followed by two hexadecimal digits, so no other name holds them. */
const emptyName = "%"
const hashMark = "%-"

const escaped = (key: string): string => {
  if (key === "") return emptyName
  const name = key.replaceAll(/[^a-z0-9._-]/gu, (character) => percent(utf8(character.codePointAt(0)!)))
  const guarded = name.replace(/^[._]|\.$/g, (end) => percent([end.charCodeAt(0)]))
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(guarded)
    ? percent([guarded.charCodeAt(0)]) + guarded.slice(1)
    : guarded
}

const percent = (bytes: ReadonlyArray<number>): string =>
  bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")

/** The bytes of a code point; half of a surrogate pair has three, as if it were a character. */
const utf8 = (code: number): ReadonlyArray<number> => {
  const rest = (shift: number) => 0x80 | ((code >> shift) & 0x3f)
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), rest(0)]
  if (code < 0x10000) return [0xe0 | (code >> 12), rest(6), rest(0)]
  return [0xf0 | (code >> 18), rest(12), rest(6), rest(0)]
}

const character = (bytes: string): string => {
  const [first = 0, ...rest] = Array.from(bytes, (byte) => byte.charCodeAt(0))
  const code = rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), first & (0xff >> (rest.length + 2)))
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd"
}
