/**
 * The modules of a project: what its definitions reach by importing, without
 * running any of it.
 *
 * Local files are the nodes. Packages and Strata itself are leaves, known by
 * their version; a file is read again only when its size or time has changed.
 */
import { readFileSync, realpathSync, statSync } from "node:fs"
import { createRequire, isBuiltin } from "node:module"
import { dirname, extname, relative } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Framework from "./Framework.ts"
import * as InstalledPackage from "./InstalledPackage.ts"
import * as SourceModule from "./SourceModule.ts"

/** A file as it was when it was read; `size` is -1 for one that is not there. Paths are relative to the project. */
export const FileStamp = Schema.Struct({ path: Schema.String, size: Schema.Finite, modified: Schema.Finite })
export type FileStamp = typeof FileStamp.Type

/** Files that were read before, by path: what makes the next scan cheap. */
export const ScannedFile = Schema.Struct({ ...FileStamp.fields, source: SourceModule.SourceModule })
export type ScannedFile = typeof ScannedFile.Type

/** Where an import leads. Modules of Node and files that are not there lead nowhere. */
export type Target =
  | { readonly _tag: "Module"; readonly path: string }
  | { readonly _tag: "Package"; readonly name: string; readonly version: string }

export interface Edge {
  readonly kind: SourceModule.Import["kind"]
  readonly names: ReadonlyArray<string>
  readonly target: Target
}

export interface Module {
  /** Relative to the project, with `/`. */
  readonly path: string
  readonly hash: string
  readonly defines: ReadonlyArray<string>
  /** Part of Strata: an asset's code version does not look behind it. */
  readonly framework: boolean
  readonly edges: ReadonlyArray<Edge>
}

export interface ModuleGraph {
  /** The folder of the entry, absolute. */
  readonly root: string
  readonly entry: string
  readonly modules: ReadonlyMap<string, Module>
  /** Every file that had a say, so that whoever finds them all unchanged need not scan. */
  readonly stamps: ReadonlyArray<FileStamp>
  readonly scanned: ReadonlyArray<ScannedFile>
  /** How many files had to be read. */
  readonly read: number
}

/** Reads the modules that the entry reaches; `known` are files of an earlier scan of the same project. */
export const scan = Effect.fn("ModuleGraph.scan")(function* (entry: string, known: ReadonlyArray<ScannedFile> = []) {
  const now = yield* Clock.currentTimeMillis
  return yield* Effect.fromResult(scanFiles(entry, new Map(known.map((file) => [file.path, file])), now))
})

/** The modules that run when the entry is imported, the framework's left out. */
export const running = (self: ModuleGraph): ReadonlyArray<Module> =>
  reach(self, self.entry, (edge, target) => edge.kind === "Static" && !target.framework)

/** The module and all that it reaches over edges that may be followed, sorted by path. */
export const reach = (
  self: ModuleGraph,
  from: string,
  follow: (edge: Edge, target: Module) => boolean
): ReadonlyArray<Module> => {
  const seen = new Set<Module>()
  const visit = (module: Module): void => {
    if (seen.has(module)) return
    seen.add(module)
    for (const edge of module.edges) {
      const target = edge.target._tag === "Module" ? self.modules.get(edge.target.path)! : undefined
      if (target !== undefined && follow(edge, target)) visit(target)
    }
  }
  visit(self.modules.get(from)!)
  return [...seen].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** A file that changed this short before it was read may change again within the same tick of the clock. */
const tick = 50

const scanFiles = (
  entry: string,
  known: ReadonlyMap<string, ScannedFile>,
  now: number
): Result.Result<ModuleGraph, SourceModule.SourceUnreadable> =>
  Result.gen(function* () {
    const root = dirname(entry)
    const pathOf = (file: string): string => relative(root, file).replaceAll("\\", "/")
    const packages = InstalledPackage.finder()
    const modules = new Map<string, Module>()
    const scanned: Array<ScannedFile> = []
    const absent: Array<FileStamp> = []
    const pending = new Set([entry])
    for (const file of pending) {
      const stamp = stampOf(file, pathOf(file), now)
      if (stamp.size < 0) {
        absent.push(stamp)
        continue
      }
      const source = yield* sourceOf(file, stamp, known)
      const edges = edgesOf(file, source, packages.find)
      scanned.push({ ...stamp, source })
      const { defines, hash } = source
      modules.set(stamp.path, { path: stamp.path, hash, defines, framework: Framework.owns(file), edges })
      for (const { target } of edges) if (target._tag === "Module") pending.add(target.path)
    }
    for (const [path, module] of modules) modules.set(path, { ...module, edges: within(module.edges, modules, pathOf) })
    const manifests = [...packages.read()].map((file) => stampOf(file, pathOf(file), now))
    return {
      root,
      entry: pathOf(entry),
      modules,
      stamps: [...scanned.map(({ modified, path, size }) => ({ path, size, modified })), ...absent, ...manifests],
      scanned,
      read: scanned.filter(({ path, source }) => known.get(path)?.source !== source).length
    }
  })

const stampOf = (file: string, path: string, now: number): FileStamp => {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined || !stats.isFile()) return { path, size: -1, modified: 0 }
  return { path, size: stats.size, modified: stats.mtimeMs > now - tick ? -1 : stats.mtimeMs }
}

/** As it was read before, if the file is still the same. */
const sourceOf = (
  file: string,
  { modified, path, size }: FileStamp,
  known: ReadonlyMap<string, ScannedFile>
): Result.Result<SourceModule.SourceModule, SourceModule.SourceUnreadable> => {
  const before = known.get(path)
  return before !== undefined && modified !== -1 && before.size === size && before.modified === modified
    ? Result.succeed(before.source)
    : read(file)
}

const read = (file: string): Result.Result<SourceModule.SourceModule, SourceModule.SourceUnreadable> =>
  Result.try({
    try: () => readFileSync(file, "utf8"),
    catch: (error) => new SourceModule.SourceUnreadable({ path: file, reason: (error as Error).message })
  }).pipe(Result.flatMap((text) => SourceModule.parse(file, text)))

/** The edges of a source, to absolute paths. */
const edgesOf = (
  file: string,
  source: SourceModule.SourceModule,
  findPackage: InstalledPackage.Find
): ReadonlyArray<Edge> =>
  source.imports.flatMap(({ kind, names, specifier }) => {
    const target = targetOf(file, specifier, findPackage)
    return target === undefined ? [] : [{ kind, names, target }]
  })

/** The edges with paths of the project, without those to files that are not there. */
const within = (
  edges: ReadonlyArray<Edge>,
  modules: ReadonlyMap<string, Module>,
  pathOf: (file: string) => string
): ReadonlyArray<Edge> =>
  edges.flatMap((edge) => {
    if (edge.target._tag === "Package") return [edge]
    const path = pathOf(edge.target.path)
    return modules.has(path) ? [{ ...edge, target: { _tag: "Module", path } }] : []
  })

/** As Node resolves it, so links are followed; a local file need not be there. */
const targetOf = (from: string, specifier: string, findPackage: InstalledPackage.Find): Target | undefined => {
  const file = localFile(from, specifier)
  if (file !== undefined) return installedFile(file, findPackage) ?? { _tag: "Module", path: file }
  if (isBuiltin(specifier) || /^(https?|data):/.test(specifier)) return undefined
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0]
  if (name === undefined || name === Framework.name) return undefined
  return { _tag: "Package", name, version: findPackage(name, dirname(from)) }
}

/** A path into a package counts like an import of the package. */
const installedFile = (file: string, findPackage: InstalledPackage.Find): Target | undefined => {
  const [, folder, name] = /^(.*)\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll("\\", "/")) ?? []
  return folder === undefined ? undefined : { _tag: "Package", name: name!, version: findPackage(name!, folder) }
}

const localFile = (from: string, specifier: string): string | undefined => {
  if (specifier.startsWith("#")) return required(from, specifier)
  if (!/^(file:|\/|\.{1,2}(\/|$))/.test(specifier)) return undefined
  const file = attempt(() => fileURLToPath(new URL(specifier, pathToFileURL(from))))
  if (file === undefined) return undefined
  return extname(file) === "" ? (required(from, specifier) ?? file) : (attempt(() => realpathSync.native(file)) ?? file)
}

/** Subpaths of the project's own package, and names without an extension in CommonJS. */
const required = (from: string, specifier: string): string | undefined =>
  attempt(() => createRequire(from).resolve(specifier))

const attempt = (path: () => string): string | undefined => Result.getOrElse(Result.try(path), () => undefined)
