/**
 * Matches names against a pattern in which `*` stands for any text.
 *
 * The pieces between the stars are looked for from left to right, so a match
 * costs no more than the pattern has pieces, and never goes back.
 */
export const make = (pattern: string): ((name: string) => boolean) => {
  const [first = "", ...rest] = pattern.split("*")
  const last = rest.pop()
  if (last === undefined) return (name) => name === pattern
  const middle = rest.filter((piece) => piece !== "")
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
    const end = name.length - last.length
    let at = first.length
    for (const piece of middle) {
      const found = name.indexOf(piece, at)
      if (found < 0 || found + piece.length > end) return false
      at = found + piece.length
    }
    return true
  }
}
