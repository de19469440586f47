/**
 * What one source file says, without what only people and the compiler read.
 *
 * The hash is of the syntax tree that Node would run: types, comments, white
 * space, quotes, semicolons and needless parentheses are not in it. Imports that
 * bring in nothing but types are not either.
 */
import { createHash } from "node:crypto"
import { stripTypeScriptTypes } from "node:module"
import { extname } from "node:path"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type AnyNode,
  type Declaration,
  type Identifier,
  type ImportDeclaration,
  type Literal,
  type NewExpression,
  type Options,
  type Pattern,
  type Program,
  parse as parseSyntax
} from "acorn"

/** A source file cannot be read, or its syntax is none that Node runs. */
export class SourceUnreadable extends Schema.TaggedError<SourceUnreadable>()("SourceUnreadable", {
  path: Schema.String,
  /** Counted from 1; absent where the file as a whole cannot be read. */
  line: Schema.optionalKey(Schema.Int),
  reason: Schema.String
}) {
  override get message() {
    return `${this.path}${this.line === undefined ? "" : `:${this.line}`} cannot be read: ${this.reason}; fix the file, or remove its import`
  }
}

/** `Static` modules run before the one that imports them; `Dynamic` ones when they are asked for, if ever. */
export const Import = Schema.Struct({
  specifier: Schema.String,
  kind: Schema.Literals(["Static", "Dynamic"]),
  /** The exports that are imported; `*` stands for all of them. */
  names: Schema.Array(Schema.String)
})
export type Import = typeof Import.Type

export const SourceModule = Schema.Struct({
  hash: Schema.String,
  imports: Schema.Array(Import),
  /** The exports that are made here, not passed on from another module. */
  defines: Schema.Array(Schema.String)
})
export type SourceModule = typeof SourceModule.Type

export const parse = (path: string, text: string): Result.Result<SourceModule, SourceUnreadable> => {
  const extension = extname(path)
  if (extension === ".json") return Result.succeed(leaf(jsonText(text)))
  if (!scripts.has(extension)) return Result.succeed(leaf(text))
  return Result.map(syntaxTree(path, extension.includes("ts") ? stripped(path, text) : Result.succeed(text)), fromTree)
}

/** Whether a file is code: what is hashed when `new URL("./it", import.meta.url)` names it. */
const isCode = (path: string): boolean => scripts.has(extname(path)) || code.has(extname(path))

/** Whether a file can be imported to look at its exports. */
export const isScript = (path: string): boolean => scripts.has(extname(path))

const scripts: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"])
const code: ReadonlySet<string> = new Set([".json", ".sql"])

const leaf = (text: string): SourceModule => ({ hash: hashOf(text), imports: [], defines: ["default"] })

const jsonText = (text: string): string =>
  Result.getOrElse(
    Result.try(() => JSON.stringify(JSON.parse(text))),
    () => text
  )

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32)

/** Types are replaced by blanks, so lines stay what they are. */
const stripped = (path: string, text: string): Result.Result<string, SourceUnreadable> =>
  Result.try({
    try: () => withoutWarning(() => stripTypeScriptTypes(text)),
    catch: (error) => {
      const { message, stack = "" } = error as Error
      const line = /^.*:(\d+)\n/.exec(stack)?.[1]
      return new SourceUnreadable({ path, reason: message, ...(line === undefined ? {} : { line: Number(line) }) })
    }
  })

/** Node says once that stripping types is experimental, although it does so for every `.ts` file that it runs. */
const withoutWarning = <A>(strip: () => A): A => {
  const emitWarning = process.emitWarning
  process.emitWarning = () => {}
  const result = Result.try(strip)
  process.emitWarning = emitWarning
  return Result.getOrThrow(result)
}

const syntaxTree = (
  path: string,
  text: Result.Result<string, SourceUnreadable>
): Result.Result<Tree, SourceUnreadable> =>
  Result.flatMap(text, (text) =>
    Result.try({ try: () => parseSyntax(text, asModule), catch: (error) => unreadable(path, error) }).pipe(
      Result.orElse((error) => Result.try({ try: () => parseSyntax(text, asScript), catch: () => error })),
      Result.map((root) => ({ root, text }))
    )
  )

const unreadable = (path: string, error: unknown): SourceUnreadable => {
  const { loc, message } = error as SyntaxError & { readonly loc?: { readonly line: number } }
  const reason = message.replace(/ \(\d+:\d+\)$/, "")
  return new SourceUnreadable({ path, reason, ...(loc === undefined ? {} : { line: loc.line }) })
}

const asModule: Options = { ecmaVersion: "latest", sourceType: "module", allowHashBang: true }
const asScript: Options = { ...asModule, sourceType: "script", allowReturnOutsideFunction: true }

interface Tree {
  readonly root: Program
  /** Where the positions of the nodes point into. */
  readonly text: string
}

const fromTree = (tree: Tree): SourceModule => {
  const imports: Array<Import> = []
  const text = JSON.stringify(tree.root, (key, value: unknown) => {
    if (key === "start" || key === "end") return undefined
    if (Array.isArray(value)) return value.filter((node) => !isNode(node) || !isEmpty(tree, node))
    if (!isNode(value)) return value
    imports.push(...importsOf(value))
    return value.type === "Literal" ? plainLiteral(value) : value
  })
  return { hash: hashOf(text), imports, defines: definesOf(tree.root) }
}

const isNode = (u: unknown): u is AnyNode => Predicate.hasProperty(u, "type") && Predicate.hasProperty(u, "start")

/** What stripping leaves behind: `;` where a type stood, and `import {} from` where all names were types. */
const isEmpty = (tree: Tree, node: AnyNode): boolean => {
  if (node.type === "EmptyStatement") return true
  if (node.type === "ExportNamedDeclaration") return !node.declaration && node.specifiers.length === 0
  if (node.type !== "ImportDeclaration" || node.specifiers.length > 0) return false
  return tree.text.slice(node.start, node.source.start).includes("{")
}

/** `raw` holds the quotes, `value` cannot always be written as JSON. */
const plainLiteral = ({ bigint, regex, type, value }: Literal) =>
  typeof bigint === "string" ? { type, bigint } : { type, value: regex ?? value }

const importsOf = (node: AnyNode): ReadonlyArray<Import> => {
  switch (node.type) {
    case "ImportDeclaration":
      return staticImport(node.source, node.specifiers.map(importedName))
    case "ExportNamedDeclaration":
      return staticImport(
        node.source,
        node.specifiers.map(({ local }) => nameOf(local))
      )
    case "ExportAllDeclaration":
      return staticImport(node.source, ["*"])
    case "ImportExpression":
      return dynamicImport(node.source)
    case "CallExpression":
      return node.callee.type === "Identifier" && node.callee.name === "require" ? dynamicImport(node.arguments[0]) : []
    case "NewExpression":
      return isFileURL(node) ? dynamicImport(node.arguments[0]).filter(({ specifier }) => isCode(specifier)) : []
  }
  return []
}

const staticImport = (source: Literal | null | undefined, names: ReadonlyArray<string>): ReadonlyArray<Import> =>
  source ? [{ specifier: String(source.value), kind: "Static", names }] : []

const dynamicImport = (specifier: AnyNode | undefined): ReadonlyArray<Import> => {
  const text = specifier === undefined ? undefined : literalText(specifier)
  return text === undefined ? [] : [{ specifier: text, kind: "Dynamic", names: ["*"] }]
}

const literalText = (node: AnyNode): string | undefined => {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined
  return node.type === "TemplateLiteral" && node.quasis.length === 1
    ? (node.quasis[0]!.value.cooked ?? undefined)
    : undefined
}

/** `new URL("./it", import.meta.url)` */
const isFileURL = ({ arguments: [, base], callee }: NewExpression): boolean =>
  callee.type === "Identifier" &&
  callee.name === "URL" &&
  base?.type === "MemberExpression" &&
  base.object.type === "MetaProperty"

const importedName = (specifier: ImportDeclaration["specifiers"][number]): string => {
  switch (specifier.type) {
    case "ImportDefaultSpecifier":
      return "default"
    case "ImportNamespaceSpecifier":
      return "*"
    case "ImportSpecifier":
      return nameOf(specifier.imported)
  }
}

const nameOf = (node: Identifier | Literal): string => (node.type === "Identifier" ? node.name : String(node.value))

const definesOf = ({ body }: Program): ReadonlyArray<string> => {
  const imported = new Set(
    body.flatMap((node) => (node.type === "ImportDeclaration" ? node.specifiers.map(({ local }) => local.name) : []))
  )
  const isImported = (node: AnyNode): boolean => node.type === "Identifier" && imported.has(node.name)
  return body.flatMap((node) => {
    if (node.type === "ExportDefaultDeclaration") return isImported(node.declaration) ? [] : ["default"]
    if (node.type !== "ExportNamedDeclaration" || node.source) return []
    if (node.declaration) return declaredNames(node.declaration)
    return node.specifiers.filter(({ local }) => !isImported(local)).map(({ exported }) => nameOf(exported))
  })
}

const declaredNames = (declaration: Declaration): ReadonlyArray<string> =>
  declaration.type === "VariableDeclaration"
    ? declaration.declarations.flatMap(({ id }) => boundNames(id))
    : [declaration.id.name]

const boundNames = (pattern: Pattern | null): ReadonlyArray<string> => {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name]
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "Property" ? property.value : property)
      )
    case "ArrayPattern":
      return pattern.elements.flatMap(boundNames)
    case "AssignmentPattern":
      return boundNames(pattern.left)
    case "RestElement":
      return boundNames(pattern.argument)
  }
  return []
}
