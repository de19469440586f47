/**
 * A project, loaded: its definitions as a checked graph, with the code version
 * of every asset.
 *
 * Loading imports the definitions and so runs them. What needs only their
 * snapshot gets it without that, as long as no file changed.
 */
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Columns from "../resources/Columns.ts"
import type { AssetKey } from "../runtime/definition/AssetKey.ts"
import * as Definitions from "../runtime/definition/Definitions.ts"
import type { TableSpec } from "../runtime/definition/Table.ts"
import * as AssetGraph from "../runtime/graph/AssetGraph.ts"
import * as AssetGraphSnapshot from "../runtime/graph/AssetGraphSnapshot.ts"
import * as AssetModules from "../runtime/record/AssetModules.ts"
import * as CodeVersion from "../runtime/record/CodeVersion.ts"
import * as ModuleGraph from "../runtime/record/ModuleGraph.ts"
import { isScript, type SourceUnreadable } from "../runtime/record/SourceModule.ts"
import * as CacheFile from "./CacheFile.ts"
import * as DefinitionsCache from "./DefinitionsCache.ts"
import { DefinitionsNotFound, type DefinitionsNotLoaded, NotDefinitions, notLoaded } from "./ProjectError.ts"
import * as ProjectLocation from "./ProjectLocation.ts"

export interface Project extends ProjectLocation.ProjectLocation {
  readonly definitions: Definitions.Definitions<never>
  readonly graph: AssetGraph.AssetGraph
  readonly codeVersions: ReadonlyMap<AssetKey, string>
  readonly snapshot: AssetGraphSnapshot.AssetGraphSnapshot
  /** Code that two assets have in common although it lies in the module of one of them. */
  readonly unnoticed: ReadonlyArray<CodeVersion.Unnoticed>
}

export type ProjectError =
  | DefinitionsNotFound
  | DefinitionsNotLoaded
  | NotDefinitions
  | AssetGraph.InvalidGraph
  | SourceUnreadable
  | CodeVersion.CodeVersionUnknown

export const find = Effect.fn("Project.find")(function* (request: ProjectLocation.ProjectRequest) {
  const location = ProjectLocation.find(request)
  if (location !== undefined) return location
  return yield* new DefinitionsNotFound({ cwd: request.cwd, definitions: request.definitions ?? null })
})

/** Imports the definitions, and keeps their snapshot for those who need no more. */
export const load: (request: ProjectLocation.ProjectRequest) => Effect.Effect<Project, ProjectError> = Effect.fn(
  "Project.load"
)(function* (request) {
  const location = yield* find(request)
  // Before the import: a file that is saved in between is then newer than its stamp, and found changed next time.
  const scanned = yield* Effect.result(scan(location))
  const definitions = yield* importDefinitions(request.cwd, location.config, scanned)
  const modules = yield* Effect.fromResult(scanned)
  const graph = yield* Effect.fromResult(AssetGraph.make(definitions.assets, definitions.checks))
  const makers = AssetModules.locate(modules, yield* importExports(modules))
  const versions = yield* Effect.fromResult(CodeVersion.make(modules, definitions.assets, makers))
  const snapshot = snapshotOf(graph, definitions, modules, versions)
  DefinitionsCache.write(location, modules.stamps, snapshot)
  return {
    ...location,
    definitions,
    graph,
    codeVersions: new Map([...versions].map(([key, { version }]) => [key, version])),
    snapshot,
    unnoticed: CodeVersion.unnoticed(modules, makers)
  }
})

/** The definitions with what is known of their code, for those who need no graph: all of it is loaded only after a change. */
export const definitions = Effect.fn("Project.definitions")(function* (location: ProjectLocation.ProjectLocation) {
  const imported = yield* importDefinitions(location.root, location.config, Result.succeed(undefined))
  // Read after the import: what was saved before it is then newer than what is kept.
  const snapshot = DefinitionsCache.read(location) ?? (yield* load(requestOf(location))).snapshot
  const codeVersions = snapshot.assets.flatMap(({ code: { version }, key }) =>
    version === null ? [] : [[key, version] as const]
  )
  return { definitions: imported, codeVersions: new Map(codeVersions) }
})

const requestOf = ({ config, home, root }: ProjectLocation.ProjectLocation): ProjectLocation.ProjectRequest => ({
  cwd: root,
  definitions: config,
  home
})

/** What lists need; imports the definitions only if a file changed since they were last loaded. */
export const snapshot = Effect.fn("Project.snapshot")(function* (request: ProjectLocation.ProjectRequest) {
  const kept = DefinitionsCache.read(yield* find(request))
  return kept ?? (yield* load(request)).snapshot
})

const scan = Effect.fnUntraced(function* ({ config, home }: ProjectLocation.ProjectLocation) {
  const path = join(home, "cache", "modules.json")
  const known = CacheFile.read<ReadonlyArray<ModuleGraph.ScannedFile>>(path)
  const graph = yield* ModuleGraph.scan(config, known)
  if (graph.read > 0) CacheFile.write(path, graph.scanned)
  return graph
})

const importDefinitions = Effect.fnUntraced(function* (
  cwd: string,
  config: string,
  scanned: Result.Result<unknown, SourceUnreadable>
) {
  const unreadable = Result.isFailure(scanned) ? scanned.failure : undefined
  const exports = yield* Effect.tryPromise({
    try: () => importFile(config),
    catch: (cause) => notLoaded({ cwd, config, cause, unreadable })
  })
  if (Definitions.isDefinitions(exports.default)) return exports.default
  return yield* new NotDefinitions({ config: ProjectLocation.shown(cwd, config), found: found(exports) })
})

const importFile = (path: string): Promise<AssetModules.Exports> => import(/* @vite-ignore */ pathToFileURL(path).href)

const found = (exports: AssetModules.Exports): string => {
  const named = Object.entries(exports).find(([, value]) => Definitions.isDefinitions(value))?.[0]
  if (named !== undefined && !("default" in exports)) return `Definitions are exported as \`${named}\`, not as default,`
  if (exports.default === undefined) return "there is no default export"
  return `the default export is ${kindOf(exports.default)}, not Definitions,`
}

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return "a list"
  if (value === null) return "null"
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}

/** All of these ran when the definitions were imported, so nothing runs a second time. */
const importExports = Effect.fnUntraced(function* (graph: ModuleGraph.ModuleGraph) {
  const paths = ModuleGraph.running(graph).flatMap(({ path }) => (isScript(path) ? [path] : []))
  const exports = yield* Effect.promise(() => Promise.all(paths.map((path) => importFile(join(graph.root, path)))))
  return new Map(paths.map((path, index) => [path, exports[index]!]))
})

const snapshotOf = (
  graph: AssetGraph.AssetGraph,
  { commands }: Definitions.Definitions<never>,
  modules: ModuleGraph.ModuleGraph,
  versions: ReadonlyMap<AssetKey, CodeVersion.CodeVersion>
): AssetGraphSnapshot.AssetGraphSnapshot => {
  const made = [...versions.values()].filter(({ module }) => module !== undefined)
  const paths = [...new Set(made.flatMap((version) => version.modules))].sort()
  const places = new Map(paths.map((path, index) => [path, index]))
  return AssetGraphSnapshot.make(graph, {
    commands,
    columnsOf,
    codeOf: (key) => {
      const { declared = false, module = null, version = null } = versions.get(key) ?? {}
      return { declared, module, version }
    },
    modules: paths.map((path) => ({ path, hash: modules.modules.get(path)!.hash })),
    code: Object.fromEntries(
      made.map(({ module, modules, packages }) => [
        module,
        { modules: modules.map((path) => places.get(path)!), packages }
      ])
    )
  })
}

/** A schema that the engine cannot store is the validation's to refuse. */
const columnsOf = (table: TableSpec): ReadonlyArray<AssetGraphSnapshot.Column> =>
  Result.match(Columns.make(table.row), {
    onFailure: () => AssetGraphSnapshot.columnNames(table),
    onSuccess: (columns) => columns.map((column) => ({ name: column.name, type: Columns.typeText(column) }))
  })
