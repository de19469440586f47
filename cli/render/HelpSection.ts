/**
 * A titled list in a help text, in at most 80 columns.
 */
import type { Ink } from "./Ink.ts"
import * as Width from "./Width.ts"

export type Row = readonly [name: string, description: string]

/** Nothing for no rows. */
export const make = (title: string, rows: ReadonlyArray<Row>, ink: Ink): string => {
  if (rows.length === 0) return ""
  const left = Math.min(26, Math.max(...rows.map(([name]) => name.length)))
  const lines = rows.flatMap(([name, description]) => {
    const [first = "", ...rest] = Width.wrap(description, 80 - left - 4)
    const indent = " ".repeat(left + 4)
    const named = `  ${ink.cyan(name)}`
    return name.length > left
      ? [named, ...[first, ...rest].map((line) => indent + line)]
      : [`${named}${" ".repeat(left - name.length)}  ${first}`.trimEnd(), ...rest.map((line) => indent + line)]
  })
  return [ink.bold(`${title}:`), ...lines].join("\n")
}
