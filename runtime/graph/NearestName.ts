/**
 * The names that somebody who wrote another one may have meant.
 */

/** Up to three names that are nearest: the fewest letters apart, or with the text as their last word. */
export const find = (text: string, names: Iterable<string>): ReadonlyArray<string> => {
  const limit = Math.max(1, Math.floor(Math.min(text.length, maxLength) / 3))
  const near = [...new Set(names)]
    .map((name) => ({ name, distance: name.endsWith(`/${text}`) ? 0 : distance(text, name, limit) }))
    .filter(({ distance }) => distance <= limit)
  const least = near.reduce((least, { distance }) => Math.min(least, distance), limit)
  return near
    .filter(({ distance }) => distance === least)
    .map(({ name }) => name)
    .sort()
    .slice(0, 3)
}

/** `; did you mean a or b?`, or nothing. */
export const hint = (nearest: ReadonlyArray<string>): string =>
  nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`

/** Nobody means a name that is as far from a longer text. */
const maxLength = 200

/** How many letters have to be added, left out, replaced or swapped with their neighbour; beyond the limit, any larger number. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit || Math.max(a.length, b.length) > maxLength) return limit + 1
  let before: ReadonlyArray<number> = []
  let row: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : limit + 1
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same, swapped))
    }
    before = row
    row = next
  }
  return row[b.length]!
}
