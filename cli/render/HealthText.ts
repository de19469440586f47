/**
 * How an asset stands, in a word.
 */
import type { Health } from "../../runtime/read/AssetStatus.ts"
import type { Ink } from "./Ink.ts"

/** What others write is observed, not made; what does not exist yet stands no way. */
export const word = (health: Health, isExternal: boolean): string => {
  switch (health) {
    case "Failed":
    case "Missing":
    case "Stale":
    case "Behind":
      return health.toLowerCase()
    case "UpToDate":
      return isExternal ? "observed" : "up to date"
    case "Empty":
      return "–"
  }
}

/** The color of a word. */
export const color = (word: string | undefined, ink: Ink): ((text: string) => string) => {
  if (word === "failed") return ink.red
  if (word === "missing" || word === "stale" || word === "behind") return ink.yellow
  return word === "–" ? ink.dim : ink.green
}
