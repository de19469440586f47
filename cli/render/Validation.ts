/**
 * Whether definitions are valid, and everything that is wrong with them.
 */
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as Json from "./Json.ts"
import * as Problem from "./Problem.ts"
import type { View } from "./View.ts"

export interface Validation {
  readonly assets: number
  readonly problems: ReadonlyArray<string>
  /** Nothing that stops a run. */
  readonly warnings: ReadonlyArray<string>
}

export const text = ({ assets }: Validation, view: View): string => {
  const line = `all definitions are valid: ${Amount.counted(assets, "asset")}`
  return view.tty ? `${Ink.make(view).green("✓")} ${line}` : line
}

export const problems = ({ problems, warnings }: Validation, view: View): string => {
  const ink = Ink.make(view)
  return [
    ...problems.map((problem) => Problem.text(problem, view)),
    ...warnings.map((warning) => `${ink.yellow("warning:")} ${warning}`)
  ].join("\n")
}

export const json = ({ assets, problems, warnings }: Validation): string =>
  Json.text({ valid: problems.length === 0, assets, problems, warnings })
