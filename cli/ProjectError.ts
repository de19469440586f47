/**
 * Why a project could not be loaded, in the words of its author: the author's
 * file and line, without the frames of Node and Strata.
 */
import { readFileSync } from "node:fs"
import { dirname, isAbsolute, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Framework from "../runtime/record/Framework.ts"
import { shown } from "./ProjectLocation.ts"

const ending = "`export default Definitions.make({ assets: [...] })`"

export class DefinitionsNotFound extends Schema.TaggedError<DefinitionsNotFound>()("DefinitionsNotFound", {
  cwd: Schema.String,
  /** The file that was asked for. */
  definitions: Schema.NullOr(Schema.String)
}) {
  override get message() {
    return this.definitions === null
      ? `there is no strata.config.ts in ${this.cwd} or a folder above it: write one that ends with ${ending}, or name a file with --definitions`
      : `there is no file ${this.definitions}: name one whose default export are the definitions`
  }
}

export class DefinitionsNotLoaded extends Schema.TaggedError<DefinitionsNotLoaded>()("DefinitionsNotLoaded", {
  /** The file that was to be loaded. */
  config: Schema.String,
  /** Where the author's code failed, as `file:line:column`. */
  at: Schema.NullOr(Schema.String),
  reason: Schema.String,
  /** The author's part of the stack, innermost first. */
  frames: Schema.Array(Schema.String),
  cause: Schema.Defect()
}) {
  override get message() {
    return `${this.config} cannot be loaded: ${this.at === null ? "" : `${this.at}: `}${this.reason}`
  }
}

export class NotDefinitions extends Schema.TaggedError<NotDefinitions>()("NotDefinitions", {
  config: Schema.String,
  /** What is there instead. */
  found: Schema.String
}) {
  override get message() {
    return `${this.found} in ${this.config}: end it with ${ending}`
  }
}

/** `unreadable` is a file on the way that has no valid syntax; Node does not always say which. */
export const notLoaded = (options: {
  readonly cwd: string
  readonly config: string
  readonly cause: unknown
  readonly unreadable: { readonly path: string; readonly line?: number; readonly reason: string } | undefined
}): DefinitionsNotLoaded => {
  const { cause, cwd, unreadable } = options
  const frames = authorFrames(cause).map((frame) => shownFrame(cwd, frame))
  const fromNode = firstLine(cause) ?? importLine(cause)
  const fromSyntax = cause instanceof SyntaxError && unreadable !== undefined ? unreadable : undefined
  const at = fromNode ?? (fromSyntax === undefined ? undefined : { path: fromSyntax.path, place: fromSyntax.line })
  return new DefinitionsNotLoaded({
    config: shown(cwd, options.config),
    at: at === undefined ? (frames[0] ?? null) : shownFrame(cwd, at),
    reason: reasonOf(cause).replaceAll("file://", "").replaceAll(`${cwd}/`, ""),
    frames,
    cause
  })
}

interface Frame {
  readonly path: string
  /** `line:column`, or a line. */
  readonly place: string | number | undefined
}

const shownFrame = (cwd: string, { path, place }: Frame): string =>
  `${shown(cwd, path)}${place === undefined ? "" : `:${place}`}`

const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  if (SchemaIssue.isIssue(cause.cause)) return issueText(cause.cause).replaceAll(/\s+/g, " ")
  const named = cause.name === "Error" || cause.name === "SyntaxError" || "_tag" in cause
  return named ? cause.message : `${cause.name}: ${cause.message}`
}

const issueText = SchemaIssue.makeFormatterDefault()

const stackOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? "") : "")

const authorFrames = (cause: unknown): ReadonlyArray<Frame> =>
  [...stackOf(cause).matchAll(/^ {4}at (?:.*\()?((?:file:\/\/)?\/[^()\n]*?)(?:\?[^:\n]*)?:(\d+:\d+)\)?$/gm)]
    .map(([, url, place]) => ({ path: pathOf(url!), place }))
    .filter(({ path }) => !path.includes("/node_modules/") && !Framework.owns(path))

/** Syntax errors start with the file and line that Node stopped at. */
const firstLine = (cause: unknown): Frame | undefined => {
  const [, url, line] = /^((?:file:\/\/)?\/[^\n]*):(\d+)\n/.exec(stackOf(cause)) ?? []
  return url === undefined ? undefined : { path: pathOf(url), place: line }
}

/** A module that is not there was imported somewhere. */
const importLine = (cause: unknown): Frame | undefined => {
  const [, wanted, from] = /^Cannot find (?:module|package) '(.*)' imported from (.*)$/m.exec(reasonOf(cause)) ?? []
  if (wanted === undefined || from === undefined) return undefined
  const path = pathOf(from)
  const lines = Option.getOrElse(Option.liftThrowable(() => readFileSync(path, "utf8"))(), () => "").split("\n")
  const index = lines.findIndex((line) => imports(line, wanted, path))
  return { path, place: index < 0 ? undefined : index + 1 }
}

const imports = (line: string, wanted: string, from: string): boolean =>
  [...line.matchAll(/["'](.+?)["']/g)].some(([, specifier]) =>
    isAbsolute(wanted) && specifier!.startsWith(".")
      ? resolve(dirname(from), specifier!) === wanted
      : specifier === wanted || specifier!.startsWith(`${wanted}/`) || specifier === pathToFileURL(wanted).href
  )

const pathOf = (url: string): string => (url.startsWith("file://") ? fileURLToPath(url) : url)
