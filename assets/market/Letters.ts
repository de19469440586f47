/**
 * The partitions of the market: by the first letter of a symbol.
 *
 * People know the key of a symbol without asking, and nobody has to guess how
 * many symbols there will be: of a few symbols only their letters exist, and of
 * 8,000 the largest letter holds a tenth. So a changed file costs at most that
 * tenth, and a step of one letter needs neither a sort by partition nor memory
 * for all rows.
 */
import { PartitionsDefinition } from "../../runtime/index.ts"

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"] as const

/** Symbols that start with something else; none does today. */
const other = "other"

export const byLetter = PartitionsDefinition.fixed([...letters, other])

export type Letter = PartitionsDefinition.Key<typeof byLetter>

export const of = (symbol: string): Letter => {
  const first = symbol.slice(0, 1).toUpperCase()
  return letters.includes(first) ? first : other
}
