/**
 * The help of a command, in at most 80 columns.
 */
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Option from "effect/Option"
import * as HelpSection from "./HelpSection.ts"
import * as Ink from "./Ink.ts"
import * as ProjectHelp from "./ProjectHelp.ts"
import type { View } from "./View.ts"

export const text = (doc: HelpDoc, { color }: Pick<View, "color">): string => {
  const ink = Ink.make({ color })
  const isRoot = (doc.commandPath?.length ?? 1) === 1
  const groups = doc.subcommands ?? []
  const own = groups.filter(({ group }) => group === undefined).flatMap(({ commands }) => commands)
  const ofProject = groups.filter(({ group }) => group !== undefined).flatMap(({ commands }) => commands)
  return [
    doc.description,
    `${ink.bold("Usage:")} ${doc.usage}`,
    HelpSection.make(
      "Commands",
      own.map(({ description, name }) => [name, description]),
      ink
    ),
    HelpSection.make(
      "Arguments",
      (doc.args ?? []).map((arg) => [arg.name.replace("...", ""), describe(arg.description)]),
      ink
    ),
    HelpSection.make("Flags", [...doc.flags, ...(isRoot ? (doc.globalFlags ?? []) : [])].map(flagRow), ink),
    examples(doc, ink),
    ProjectHelp.text(ofProject, ink)
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}

const flagRow = ({ aliases, description, name, type }: FlagDoc): HelpSection.Row => {
  const value = type === "boolean" ? "" : ` ${type.startsWith("<") ? type : `<${type}>`}`
  return [[...aliases, `--${name}`].join(", ") + value, describe(description)]
}

/** Without the list of choices, which the type of the flag shows. */
const describe = (description: Option.Option<string>): string =>
  Option.getOrElse(description, () => "").replace(/ \(choices: .*\)$/, "")

const examples = ({ examples = [] }: HelpDoc, ink: Ink.Ink): string =>
  examples.length === 0
    ? ""
    : [
        ink.bold("Examples:"),
        ...examples.flatMap(({ command, description }) => [
          ...(description === undefined ? [] : [`  ${ink.dim(`# ${description}`)}`]),
          `  ${ink.cyan(command)}`
        ])
      ].join("\n")
