/**
 * Answers what needs no runtime before anything else is loaded: the version,
 * the overview of commands, and the list of assets while its snapshot is fresh.
 *
 * The answers are those that the command line itself would give; tests keep
 * them equal. Whatever it does not know for sure it leaves to the command line.
 */
import { stripVTControlCharacters } from "node:util"
import * as DefinitionsCache from "./DefinitionsCache.ts"
import help from "./help.json" with { type: "json" }
import * as ProjectLocation from "./ProjectLocation.ts"
import * as HelpSection from "./render/HelpSection.ts"
import * as Ink from "./render/Ink.ts"
import { type View, viewOf } from "./render/View.ts"
import { version } from "./Version.ts"

/** What is to be printed, if the command line is one that is answered here. */
export const answer = (args: ReadonlyArray<string>): string | undefined | Promise<string | undefined> => {
  const [first, ...rest] = args
  if (first === undefined || (rest.length === 0 && (first === "--help" || first === "-h"))) return overview()
  if (rest.length === 0 && (first === "--version" || first === "-v")) return `strata ${version}`
  return first === "list" ? list(rest) : undefined
}

/** The help of the root, with the commands of the project, which only its definitions know. */
const overview = (): string | undefined => {
  const location = locationOf()
  const commands = location === undefined ? [] : DefinitionsCache.read(location)?.commands
  if (commands === undefined) return undefined
  const { color } = view()
  const rows = commands.map(({ description, name }) => [name, description] as const)
  const parts = [
    color ? help[""] : stripVTControlCharacters(help[""]),
    HelpSection.ofProject(rows, Ink.make({ color }))
  ]
  return parts.filter((part) => part !== "").join("\n\n")
}

/** Without a selection, and with no flag but `--json`. */
const list = async (args: ReadonlyArray<string>): Promise<string | undefined> => {
  const isJson = args.length === 1 && args[0] === "--json"
  if (args.length > 0 && !isJson) return undefined
  const location = locationOf()
  const snapshot = location === undefined ? undefined : DefinitionsCache.read(location)
  if (snapshot === undefined || snapshot.assets.length === 0) return undefined
  const AssetList = await import("./render/AssetList.ts")
  return isJson ? AssetList.json(snapshot.assets) : AssetList.text(snapshot.assets, view())
}

const locationOf = () => ProjectLocation.find({ cwd: process.cwd() })

/** As `Screen` sees it. */
const view = (): View => viewOf(process.stdout, process.env, Date.now())
