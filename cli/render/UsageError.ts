/**
 * What is wrong with a command line: a sentence for each error, with the
 * nearest name that exists.
 */
import type * as CliError from "effect/cli/CliError"
import * as Problem from "./Problem.ts"
import type { View } from "./View.ts"

export const text = (
  commandPath: ReadonlyArray<string>,
  errors: ReadonlyArray<CliError.NonShowHelpErrors>,
  view: View
): string => {
  const command = commandPath.join(" ")
  const unknown = errors.filter(({ _tag }) => _tag === "UnknownSubcommand")
  const lines = (unknown.length > 0 ? unknown : errors).map((error) => Problem.text(sentence(command, error), view))
  return [...new Set(lines), `${command} --help says what it takes`].join("\n")
}

const sentence = (command: string, error: CliError.NonShowHelpErrors): string => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return `${command} has no flag ${shown(error.option)}${nearest(error.suggestions)}`
    case "UnknownSubcommand":
      return `${(error.parent ?? [command]).join(" ")} has no command ${shown(error.subcommand)}${nearest(error.suggestions)}`
    case "MissingArgument":
      return `${command} needs an argument: ${error.argument}`
    case "UnexpectedArgument":
      return `${command} does not take ${error.arguments.map((value) => shown(JSON.stringify(value))).join(", ")}`
    case "MissingOption":
      return `${command} needs the flag --${error.option}`
    case "InvalidValue":
      return invalidValue(error)
    case "DuplicateOption":
    case "ValidationError":
    case "UserError":
      return oneLine(error.message)
  }
}

const invalidValue = ({ expected, option, value }: CliError.InvalidValue): string => {
  if (value === "") return `--${option} needs a value: ${expected}`
  if (/^\d+ occurrences$/.test(value)) return `--${option} can be given only once`
  const reason = oneLine(expected).replace(/^(Schema validation failed: )?Expected:? /, "")
  return `--${option} cannot be ${shown(value)}: expected ${reason.replace("a string representing a finite number", "a number")}`
}

const nearest = (suggestions: ReadonlyArray<string>): string =>
  suggestions.length === 0 ? "" : `: did you mean ${suggestions.join(" or ")}?`

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim()

const shown = (text: string): string => {
  const line = oneLine(text)
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}
