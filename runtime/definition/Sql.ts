/**
 * A piece of DuckDB SQL as a value: text, bound values and quoted names.
 *
 * Values never become text and names are quoted by one function, so a partition
 * key, a title or a file name cannot change what a statement does.
 */
import { hasProperty } from "effect/Predicate"

const TypeId = "~strata/Sql"

/** What may be bound: numbers that are integers bind as BIGINT, others as DOUBLE; lists bind as lists. */
export type SqlValue = string | number | bigint | boolean | null | Date | Uint8Array | ReadonlyArray<string | number>

/** Something that stands for a relation, such as the handle of an input table. */
export interface Relation {
  readonly sql: Sql
}

export type Interpolation = Sql | Relation | SqlValue

export interface Sql {
  readonly [TypeId]: typeof TypeId
  readonly parts: ReadonlyArray<Part>
}

type Part = { readonly _tag: "Text"; readonly text: string } | { readonly _tag: "Value"; readonly value: SqlValue }

/** A statement ready for the engine: values stand at `$1`, `$2`, … */
export interface Compiled {
  readonly text: string
  readonly values: ReadonlyArray<SqlValue>
}

export const isSql = (u: unknown): u is Sql => hasProperty(u, TypeId)

/** SQL with values bound and relations inlined: ``sql`SELECT * FROM ${postings} WHERE url = ${url}` `` */
export const sql = (strings: TemplateStringsArray, ...interpolations: ReadonlyArray<Interpolation>): Sql =>
  make(
    strings.flatMap((text, index) => [
      literalPart(text),
      ...(index < interpolations.length ? partsOf(interpolations[index]!) : [])
    ])
  )

/** A name of a column, table or view, quoted. */
export const identifier = (name: string): Sql => make([literalPart(quote(name))])

/** Text that is SQL already. Never for anything that came from outside. */
export const literal = (text: string): Sql => make([literalPart(text)])

/** A value on its own, for code that builds statements from lists. */
export const value = (value: SqlValue): Sql => make([{ _tag: "Value", value }])

export const join = (parts: ReadonlyArray<Sql>, separator: string): Sql =>
  make(parts.flatMap((part, index) => (index === 0 ? part.parts : [literalPart(separator), ...part.parts])))

/** The same SQL with something else in the place of each value. */
export const mapValues = (self: Sql, f: (value: SqlValue) => Sql): Sql =>
  make(self.parts.flatMap((part) => (part._tag === "Text" ? [part] : f(part.value).parts)))

/** A query in parentheses, whatever semicolon or comment it ends with. */
export const subquery = (query: Sql): Sql => {
  const last = query.parts.at(-1)
  const parts =
    last?._tag === "Text" ? [...query.parts.slice(0, -1), literalPart(last.text.replace(/[\s;]+$/, ""))] : query.parts
  return make([literalPart("("), ...parts, literalPart("\n)")])
}

/** Quotes a name for DuckDB and SQLite: the only place where names become SQL. */
export const quote = (name: string): string => {
  if (name.includes("\0")) throw new TypeError("a name in SQL cannot hold a NUL character")
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as a literal, for the places where DuckDB binds no value: the path of a COPY, and views. */
export const text = (text: string): Sql => {
  if (text.includes("\0")) throw new TypeError("a text in SQL cannot hold a NUL character")
  return make([literalPart(`'${text.replaceAll("'", "''")}'`)])
}

export const compile = (self: Sql): Compiled => {
  const values: Array<SqlValue> = []
  const text = self.parts.map((part) => (part._tag === "Text" ? part.text : `$${values.push(part.value)}`)).join("")
  return { text, values }
}

const make = (parts: ReadonlyArray<Part>): Sql => ({ [TypeId]: TypeId, parts })

const literalPart = (text: string): Part => ({ _tag: "Text", text })

const partsOf = (interpolation: Interpolation): ReadonlyArray<Part> => {
  if (isSql(interpolation)) return interpolation.parts
  if (isRelation(interpolation)) return interpolation.sql.parts
  return [{ _tag: "Value", value: interpolation }]
}

const isRelation = (u: Interpolation): u is Relation => hasProperty(u, "sql")
