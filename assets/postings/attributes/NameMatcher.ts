/**
 * Finds names in text: leftmost, of those the longest, without overlap.
 *
 * Case does not matter, and a name stands free: no letter, digit or mark of a
 * letter on either side, so "C++" is found and "Java" is not part of
 * "JavaScript". A name of one or two characters has to be in its exact case,
 * and is no label of a list, as "C." at the start of a line is.
 *
 * The names are a trie that is walked from every place where a name may begin,
 * which is where a word does. That is twice as fast as one compiled regular
 * expression or an Aho-Corasick automaton, and some fifty times as fast as a
 * loop over the names (`bench/extractors.ts`).
 */

export interface NameMatcher {
  readonly root: Branch
}

interface Branch {
  readonly next: Map<number, Branch>
  /** The names that end here: one, or several short ones that differ by case. */
  names: ReadonlyArray<string>
}

export interface Found {
  readonly name: string
  /** In UTF-16 units of the text. */
  readonly start: number
  readonly end: number
}

/** Of names that differ by case alone, the first in code unit order is found for all, unless they are short. */
export const make = (names: Iterable<string>): NameMatcher => {
  const root = branch()
  for (const name of [...new Set(names)].sort()) {
    let at = root
    for (const unit of units(fold(name))) {
      const next = at.next.get(unit) ?? branch()
      at.next.set(unit, next)
      at = next
    }
    if (at !== root && (at.names.length === 0 || isShort(name))) at.names = [...at.names, name]
  }
  return { root }
}

/** The names in the order in which they stand in the text. */
export const find = (self: NameMatcher, text: string): ReadonlyArray<Found> => {
  const folded = fold(text)
  const found: Array<Found> = []
  let start = 0
  while (start < text.length) {
    const match = isFreeBefore(folded, start) ? longestAt(self, text, folded, start) : undefined
    if (match !== undefined) found.push(match)
    start = match?.end ?? start + 1
  }
  return found
}

/** How often each name stands in the text. */
export const mentions = (self: NameMatcher, text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { name } of find(self, text)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** Lower case that has as many UTF-16 units as the text. */
export const fold = (text: string): string => text.replaceAll("İ", "i").toLowerCase().replaceAll("ς", "σ")

/** Whether a name counts only in its exact case. */
export const isShort = (name: string): boolean => name.length <= 4 && [...name].length <= 2

const longestAt = ({ root }: NameMatcher, text: string, folded: string, start: number): Found | undefined => {
  let longest: Found | undefined
  let at: Branch | undefined = root
  for (let end = start; ; ) {
    at = at.next.get(folded.charCodeAt(end++))
    if (at === undefined) return longest
    if (at.names.length === 0 || !isFreeAfter(folded, end)) continue
    const name = at.names.find((name) => !isShort(name) || isMeant(name, text, start, end))
    if (name !== undefined) longest = { name, start, end }
  }
}

/** Whether a short name stands there as itself: in its case, and as no label. */
const isMeant = (name: string, text: string, start: number, end: number): boolean =>
  text.startsWith(name, start) && !isLabel(text, start, end)

/** `C.`, `C)`, `(C)` and the like, with only white space before on the line. */
const isLabel = (text: string, start: number, end: number): boolean => {
  if (!".)]".includes(text.charAt(end) || " ")) return false
  let at = start - 1
  if (at >= 0 && "([".includes(text[at]!)) at--
  while (at >= 0 && /[^\S\n\r\u2028\u2029]/.test(text[at]!)) at--
  return at < 0 || /[\n\r\u2028\u2029]/.test(text[at]!)
}

const isFreeBefore = (text: string, index: number): boolean => {
  if (index === 0) return true
  const unit = text.charCodeAt(index - 1)
  if (kinds[unit] !== half) return kinds[unit] === other
  return index === 1 || !isLetter(text.slice(index - 2, index))
}

const isFreeAfter = (text: string, index: number): boolean => {
  if (index === text.length) return true
  const unit = text.charCodeAt(index)
  return kinds[unit] === half ? !isLetter(text.slice(index, index + 2)) : kinds[unit] === other
}

const isLetter = (text: string): boolean => /^[\p{L}\p{N}\p{M}]/u.test(text)

/** What each UTF-16 unit is: part of a word, something else, or half of a character beyond the first plane. */
const [other, word, half] = [0, 1, 2] as const

const kinds = Uint8Array.from({ length: 65_536 }, (_, unit) =>
  unit >= 0xd800 && unit < 0xe000 ? half : isLetter(String.fromCharCode(unit)) ? word : other
)

const branch = (): Branch => ({ next: new Map(), names: [] })

const units = (text: string): ReadonlyArray<number> =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
