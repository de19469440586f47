/**
 * What belongs to Strata itself, whose changes make no asset stale: its runtime,
 * its command line, and the resources that it exports by name.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const holds = (folder: string): string => (existsSync(join(folder, "package.json")) ? folder : holds(dirname(folder)))

/** The folder of the package. */
const root = holds(import.meta.dirname)

const manifest: {
  readonly name: string
  readonly exports?: Readonly<Record<string, unknown>>
} = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

export const { name } = manifest

/** Whether the file is one of Strata's sources, or was built from one. */
export const owns = (file: string): boolean => {
  const path = relative(root, file).replaceAll("\\", "/")
  return /^(runtime|cli|dist)\//.test(path) || exported.has(path.replace(/\.[jt]s$/, ""))
}

const exported: ReadonlySet<string> = new Set(
  Object.keys(manifest.exports ?? {}).map((path) => path.slice("./".length))
)
