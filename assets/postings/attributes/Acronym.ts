/** The acronym that stands in a name beside the words it is short for, as in "Structured query language SQL". */

/** The acronym of a name, if it ends with one, or has one before "software": its letters follow one another in the words. */
export const of = (name: string): string | undefined => {
  const [, words, acronym] = /^(.+?) \(?([A-Z][A-Za-z]*[A-Z][A-Za-z]*)\)?(?: software)?$/.exec(name) ?? []
  return acronym !== undefined && isShortFor(acronym.toLowerCase(), words!.toLowerCase()) ? acronym : undefined
}

/** Every letter is in the words, one after the other, and the first one begins a word. */
const isShortFor = (acronym: string, words: string): boolean => {
  let from = words.search(new RegExp(`\\b${acronym[0]}`))
  for (const letter of acronym) {
    if (from < 0) return false
    from = words.indexOf(letter, from) + 1
    if (from === 0) return false
  }
  return true
}
