/**
 * Facts about one thing, a line each: aligned for a person, tabs for a pipe.
 */
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

/** Fields without a value are left out. Values longer than a line go on below, for a person. */
export const make = (fields: ReadonlyArray<readonly [name: string, value: string]>, view: View): string => {
  const given = fields.filter(([, value]) => value !== "")
  if (!view.tty) return given.map(([name, value]) => `${name}\t${Width.visible(value)}`).join("\n")
  const ink = Ink.make(view)
  const left = Math.max(0, ...given.map(([name]) => name.length)) + 2
  return given
    .flatMap(([name, value]) => {
      const [first = "", ...rest] = Width.wrap(value, Math.max(20, view.width - left))
      return [ink.dim(Width.padEnd(name, left)) + first, ...rest.map((line) => " ".repeat(left) + line)]
    })
    .join("\n")
}
