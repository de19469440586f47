/**
 * Answers what needs no runtime before anything else is loaded: the version,
 * the overview of commands, and the list of assets while what is kept of it is fresh.
 *
 * The answers are those that the command line itself would give; tests keep
 * them equal. Whatever it does not know for sure it leaves to the command line.
 */
import { stripVTControlCharacters } from "node:util"
import type { AssetSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import * as DefinitionsCache from "./DefinitionsCache.ts"
import help from "./help.json" with { type: "json" }
import * as ProjectLocation from "./ProjectLocation.ts"
import * as ProjectHelp from "./render/ProjectHelp.ts"
import { version } from "./Version.ts"

/** What is to be printed, if the command line is one that is answered here. */
export const answer = (
  args: ReadonlyArray<string>,
  { isColored }: { readonly isColored: boolean }
): string | undefined | Promise<string | undefined> => {
  const [first, ...rest] = args
  if (first === undefined || (rest.length === 0 && (first === "--help" || first === "-h"))) return overview(isColored)
  if (rest.length === 0 && (first === "--version" || first === "-v")) return `strata ${version}`
  return first === "list" ? list(rest) : undefined
}

/** The help of the root, with the commands of the project, which only its definitions know. */
const overview = (isColored: boolean): string | undefined => {
  const location = locationOf()
  const commands = location === undefined ? [] : DefinitionsCache.read(location)?.commands
  if (commands === undefined) return undefined
  const code = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`
  const ofProject = ProjectHelp.text(commands, { bold: code(1, 22), cyan: code(36, 39) })
  const text = ofProject === "" ? help[""] : `${help[""]}\n\n${ofProject}`
  return isColored ? text : stripVTControlCharacters(text)
}

/** With no flag but `--json`; what is wrong with a selection is said by the command line. */
const list = async (args: ReadonlyArray<string>): Promise<string | undefined> => {
  const isJson = args.includes("--json")
  const selection = args.filter((arg) => arg !== "--json")
  if (selection.some((arg) => arg.startsWith("-"))) return undefined
  const location = locationOf()
  const assets = location === undefined ? [] : (DefinitionsCache.read(location)?.assets ?? [])
  const selected = selection.length === 0 ? assets : await select(assets, selection)
  // How fresh an asset is takes more than the snapshot.
  if (selected.length === 0 || selected.some(({ freshnessPolicy }) => freshnessPolicy !== null)) return undefined
  const HealthCache = await import("./HealthCache.ts")
  const stamp = location === undefined ? undefined : HealthCache.stamp(location, assets)
  const healths = stamp === undefined ? {} : HealthCache.read(location!, stamp)
  if (healths === undefined) return undefined
  const AssetList = await import("./render/AssetList.ts")
  const View = await import("./render/View.ts")
  const listed = { assets: selected, healths, freshness: new Map() }
  return isJson ? AssetList.json(listed) : AssetList.text(listed, View.viewOf(process.stdout, process.env, Date.now()))
}

const select = async (
  assets: ReadonlyArray<AssetSnapshot>,
  selection: ReadonlyArray<string>
): Promise<ReadonlyArray<AssetSnapshot>> => {
  const Selected = await import("./Selected.ts")
  const selected = Selected.of(assets, selection)
  return selected._tag === "Success" ? selected.success : []
}

const locationOf = () => ProjectLocation.find({ cwd: process.cwd() })
