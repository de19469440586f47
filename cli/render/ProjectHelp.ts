/**
 * The commands that a project adds, as the last part of the help of the root.
 *
 * It imports nothing, because the overview of commands is printed at once.
 */
import type { Ink } from "./Ink.ts"

/** Nothing where there are none. */
export const text = (
  commands: ReadonlyArray<{ readonly name: string; readonly description: string }>,
  ink: Pick<Ink, "bold" | "cyan">
): string => {
  if (commands.length === 0) return ""
  const left = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ description, name }) =>
    `  ${ink.cyan(name)}${" ".repeat(left - name.length)}  ${description}`.trimEnd()
  )
  return [ink.bold("Commands of this project:"), ...lines].join("\n")
}
