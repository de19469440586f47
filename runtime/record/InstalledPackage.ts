/**
 * The version of a package, as installed where a module would find it, or else
 * as locked.
 */
import { readFileSync } from "node:fs"
import { dirname, join, parse } from "node:path"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The version of the package that a module in the folder gets; empty where nobody says. */
export type Find = (name: string, folder: string) => string

/** Finds versions and reads each file once; `read` gives the files that had a say. */
export const finder = (): { readonly find: Find; readonly read: () => Iterable<string> } => {
  const versions = new Map<string, string>()
  const manifests = new Map<string, Manifest | undefined>()
  const manifest = (path: string): Manifest | undefined => {
    if (!manifests.has(path)) manifests.set(path, readManifest(path))
    return manifests.get(path)
  }
  const installed = (name: string, folder: string): string | undefined =>
    manifest(join(folder, "node_modules", name, "package.json"))?.version ??
    (isTop(folder) ? undefined : installed(name, dirname(folder)))
  const locked = (name: string, folder: string): string | undefined =>
    manifest(join(folder, "package-lock.json"))?.packages?.[`node_modules/${name}`]?.version ??
    (isTop(folder) ? undefined : locked(name, dirname(folder)))
  const find: Find = (name, folder) => {
    const key = `${name}\n${folder}`
    const version = versions.get(key) ?? installed(name, folder) ?? locked(name, folder) ?? ""
    versions.set(key, version)
    return version
  }
  return { find, read: () => [...manifests].filter(([, manifest]) => manifest !== undefined).map(([path]) => path) }
}

const Manifest = Schema.Struct({
  version: Schema.optionalKey(Schema.String),
  packages: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Struct({ version: Schema.optionalKey(Schema.String) }))
  )
})
type Manifest = typeof Manifest.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Manifest))

const readManifest = (path: string): Manifest | undefined => {
  const text = Option.liftThrowable(() => readFileSync(path, "utf8"))()
  return Option.getOrUndefined(Option.flatMap(text, decode))
}

const isTop = (folder: string): boolean => parse(folder).root === folder
