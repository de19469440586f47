/**
 * Where a project is: its definitions, and the state beside them.
 *
 * Plain code without Effect: it runs before anything else is loaded.
 */
import { realpathSync, statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

export interface ProjectLocation {
  /** The file whose default export are the definitions: absolute, links followed. */
  readonly config: string
  /** Its folder, absolute. */
  readonly root: string
  /** The state: `STRATA_HOME`, or `.strata` in the root. Absolute. */
  readonly home: string
}

export interface ProjectRequest {
  readonly cwd: string
  /** A file, relative to `cwd`; without it the nearest `strata.config.*` at or above `cwd`. */
  readonly definitions?: string | undefined
  /** Another state than that of the location. */
  readonly home?: string | undefined
}

export const names = ["strata.config.ts", "strata.config.mts", "strata.config.js", "strata.config.mjs"] as const

export const find = (request: ProjectRequest): ProjectLocation | undefined => {
  const { cwd, definitions } = request
  const path = definitions === undefined ? nearest(resolve(cwd)) : given(cwd, definitions)
  if (path === undefined) return undefined
  const config = realpathSync(path)
  const home = request.home ?? process.env.STRATA_HOME
  const root = dirname(config)
  return { config, root, home: home ? resolve(cwd, home) : join(root, ".strata") }
}

/** The path as the person in the folder would write it. */
export const shown = (cwd: string, path: string): string => {
  const short = relative(cwd, path)
  return short.startsWith("..") && short.length > path.length ? path : short
}

/** A folder stands for the config in it. */
const given = (cwd: string, definitions: string): string | undefined => {
  const path = resolve(cwd, definitions)
  return isFile(path) ? path : within(path)
}

const nearest = (folder: string): string | undefined => {
  const here = within(folder)
  if (here !== undefined || dirname(folder) === folder) return here
  return nearest(dirname(folder))
}

const within = (folder: string): string | undefined => names.map((name) => join(folder, name)).find(isFile)

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true
