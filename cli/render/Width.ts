/**
 * How many columns a text takes on a terminal, and texts cut to columns.
 */
import { stripVTControlCharacters } from "node:util"

export const width = (text: string): number => {
  if (isSimple.test(text)) return text.length
  let columns = 0
  for (const { segment } of graphemes().segment(stripVTControlCharacters(text))) columns += columnsOf(segment)
  return columns
}

/** The start of a plain text that fits, with `…` where something was cut off. */
export const truncate = (text: string, columns: number): string => {
  if (width(text) <= columns) return text
  let result = ""
  let room = columns - 1
  for (const { segment } of graphemes().segment(text)) {
    room -= columnsOf(segment)
    if (room < 0) break
    result += segment
  }
  return columns > 0 ? `${result}…` : ""
}

/** The end of a plain text that fits: what tells long names with the same beginning apart. */
export const truncateStart = (text: string, columns: number): string => {
  if (width(text) <= columns) return text
  let result = ""
  let room = columns - 1
  for (const { segment } of [...graphemes().segment(text)].reverse()) {
    room -= columnsOf(segment)
    if (room < 0) break
    result = segment + result
  }
  return columns > 0 ? `…${result}` : ""
}

export const padEnd = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - width(text)))

export const padStart = (text: string, columns: number): string => " ".repeat(Math.max(0, columns - width(text))) + text

/** Cut into lines of at most so many columns, between words where that is possible. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1]
    if (last !== undefined && width(last) + 1 + width(word) <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/**
 * Text from data as it may be written to a terminal: control characters, which
 * could move the cursor or set colors, become their escapes.
 */
export const visible = (text: string): string =>
  text.replace(
    controls,
    (character) => named[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

const isSimple = /^[\u0020-\u007e]*$/

/** Made when it is first needed: plain texts are most. */
const graphemes = (): Intl.Segmenter => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" })
  return segmenter
}

let segmenter: Intl.Segmenter | undefined

const columnsOf = (grapheme: string): number => {
  if (isWide.test(grapheme)) return 2
  return isZeroWidth.test(grapheme) ? 0 : 1
}

const isZeroWidth = /^[\p{Mark}\p{Control}\p{Default_Ignorable_Code_Point}]*$/u

/** Emoji, and the scripts and forms that East Asian Width calls wide. */
const isWide =
  /\p{Emoji_Presentation}|\ufe0f|^[\u1100-\u115f\u2e80-\u303e\u3040-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
