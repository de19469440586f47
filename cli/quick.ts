/**
 * Answers what needs no runtime before anything else is loaded: help, version,
 * and the list of assets while its snapshot is fresh.
 *
 * The answers are those that the command line itself would give; tests keep
 * them equal. Whatever it does not know for sure it leaves to the command line.
 */
import { stripVTControlCharacters } from "node:util"
import help from "./help.json" with { type: "json" }
import * as DefinitionsCache from "./DefinitionsCache.ts"
import * as ProjectLocation from "./ProjectLocation.ts"
import * as AssetList from "./render/AssetList.ts"
import { type View, viewOf } from "./render/View.ts"
import { version } from "./Version.ts"

/** Whether the command line was one that is answered here. */
export const answer = (args: ReadonlyArray<string>): boolean => {
  const text = answerOf(args)
  if (text === undefined) return false
  process.stdout.on("error", () => process.exit(0))
  process.stdout.write(`${text}\n`)
  return true
}

const answerOf = (args: ReadonlyArray<string>): string | undefined => {
  const last = args[args.length - 1]
  if (last === undefined) return helpOf("")
  if (args.length <= 2 && helpFlags.has(last)) return helpOf(args.length === 2 ? args[0]! : "")
  if (args.length === 1 && versionFlags.has(last)) return `strata ${version}`
  return args[0] === "list" ? listOf(args.slice(1)) : undefined
}

/** Without a selection, and with no flag but `--json`. */
const listOf = (args: ReadonlyArray<string>): string | undefined => {
  const isJson = args.length === 1 && args[0] === "--json"
  if (args.length > 0 && !isJson) return undefined
  const location = ProjectLocation.find({ cwd: process.cwd() })
  const snapshot = location === undefined ? undefined : DefinitionsCache.read(location)
  if (snapshot === undefined || snapshot.assets.length === 0) return undefined
  return isJson ? AssetList.json(snapshot.assets) : AssetList.text(snapshot.assets, view())
}

const helpFlags = new Set(["--help", "-h"])
const versionFlags = new Set(["--version", "-v"])

const helpOf = (command: string): string | undefined => {
  const text: string | undefined = Object.hasOwn(help, command) ? Reflect.get(help, command) : undefined
  if (text === undefined) return undefined
  return view().color ? text : stripVTControlCharacters(text)
}

/** As `Screen` sees it. */
const view = (): View => viewOf(process.stdout, process.env, Date.now())
