/**
 * The help of a command, in at most 80 columns.
 */
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Option from "effect/Option"
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export const text = (doc: HelpDoc, { color }: Pick<View, "color">): string => {
  const ink = Ink.make({ color })
  const isRoot = (doc.commandPath?.length ?? 1) === 1
  const commands = doc.subcommands ?? []
  return [
    [doc.description],
    [`${ink.bold("Usage:")} ${doc.usage}`],
    ...commands.map(({ commands, group }) =>
      section(
        group ?? "Commands",
        commands.map((sub) => [sub.name, sub.shortDescription ?? sub.description]),
        ink
      )
    ),
    section(
      "Arguments",
      (doc.args ?? []).map((arg) => [arg.name.replace("...", ""), describe(arg.description)]),
      ink
    ),
    section("Flags", [...doc.flags, ...(isRoot ? (doc.globalFlags ?? []) : [])].map(flagRow), ink),
    examples(doc, ink)
  ]
    .filter((lines) => lines.length > 0 && lines[0] !== "")
    .map((lines) => lines.join("\n"))
    .join("\n\n")
}

type Row = readonly [name: string, description: string]

const section = (title: string, rows: ReadonlyArray<Row>, ink: Ink.Ink): ReadonlyArray<string> => {
  if (rows.length === 0) return []
  const left = Math.min(26, Math.max(...rows.map(([name]) => name.length)))
  const lines = rows.flatMap(([name, description]) => {
    const [first = "", ...rest] = Width.wrap(description, width - left - 4)
    const indent = " ".repeat(left + 4)
    const named = `  ${ink.cyan(name)}`
    return name.length > left
      ? [named, ...[first, ...rest].map((line) => indent + line)]
      : [`${named}${" ".repeat(left - name.length)}  ${first}`.trimEnd(), ...rest.map((line) => indent + line)]
  })
  return [ink.bold(`${title}:`), ...lines]
}

const flagRow = ({ aliases, description, name, type }: FlagDoc): Row => {
  const value = type === "boolean" ? "" : ` ${type.startsWith("<") ? type : `<${type}>`}`
  return [[...aliases, `--${name}`].join(", ") + value, describe(description)]
}

/** Without the list of choices, which the type of the flag shows. */
const describe = (description: Option.Option<string>): string =>
  Option.getOrElse(description, () => "").replace(/ \(choices: .*\)$/, "")

const examples = ({ examples = [] }: HelpDoc, ink: Ink.Ink): ReadonlyArray<string> =>
  examples.length === 0
    ? []
    : [
        ink.bold("Examples:"),
        ...examples.flatMap(({ command, description }) => [
          ...(description === undefined ? [] : [`  ${ink.dim(`# ${description}`)}`]),
          `  ${ink.cyan(command)}`
        ])
      ]

const width = 80
