/**
 * How much of something is done, as a bar of so many columns.
 */
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"

/** `part` is from 0 to 1; the bar is full only when everything is done. */
export const of = (part: number, width: number, view: Pick<View, "color">): string => {
  const ink = Ink.make(view)
  const full = Math.min(width, Math.max(0, Math.floor(part * width)))
  return `${ink.green("━".repeat(full))}${ink.dim("╌".repeat(width - full))}`
}
