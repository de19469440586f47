/**
 * The names that someone may have meant.
 */

/** Those at the least distance, where that is small for the length of the text; for keys also those that end so. */
export const of = (text: string, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const ending = names.filter((name) => name.split("/").at(-1) === text)
  if (ending.length > 0) return ending.slice(0, 3)
  const most = Math.max(1, Math.min(3, Math.floor(text.length / 3)))
  const close = names.map((name) => ({ name, distance: distance(text.slice(0, 200), name) }))
  const least = Math.min(most, ...close.map(({ distance }) => distance))
  return close
    .filter(({ distance }) => distance === least)
    .map(({ name }) => name)
    .slice(0, 3)
}

/** `: did you mean postings/daily?`; nothing where nothing is near. */
export const hint = (text: string, names: ReadonlyArray<string>): string => {
  const near = of(text, names)
  return near.length === 0 ? "" : `: did you mean ${near.join(" or ")}?`
}

/** How many letters are put in, left out, replaced or swapped with the next (optimal string alignment). */
const distance = (a: string, b: string): number => {
  const rows: Array<Array<number>> = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced, isSwap ? rows[i - 2]![j - 2]! + 1 : replaced))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
