/** An inspection as people read it, and as JSON. */
import type { Row } from "../../../resources/DuckDB.ts"
import type { Inspection, Made } from "./Inspection.ts"

export const text = (inspections: ReadonlyArray<Inspection>): string => inspections.map(one).join("\n\n")

export const json = (inspections: ReadonlyArray<Inspection>): string =>
  JSON.stringify(
    inspections.map(({ attributes, made, rowId, ...inspection }) => ({
      row_id: rowId,
      ...inspection,
      attributes: Object.fromEntries(attributes.map(({ asset, rows }) => [asset, rows])),
      made: Object.fromEntries(made.map(({ asset, made }) => [asset, made]))
    })),
    (_, value: unknown) => (typeof value === "bigint" ? Number(value) : (value ?? null)),
    2
  )

const one = (inspection: Inspection): string =>
  [
    `posting ${inspection.rowId} of ${inspection.day}`,
    ...section("landed", [
      ["file", inspection.file ?? "unknown"],
      ["line", String(inspection.line)],
      ["raw", inspection.raw === undefined ? `not there: ${inspection.unread}` : inspection.raw]
    ]),
    ...(inspection.parsed === undefined ? [] : section("postings/parsed", fields(inspection.parsed))),
    ...(inspection.quarantine === undefined ? [] : section("set aside", fields(inspection.quarantine))),
    ...(inspection.seniority === undefined
      ? []
      : section("postings/enriched", [["seniority", String(inspection.seniority)]])),
    ...of(inspection, inspection.attributes).flatMap(({ asset, rows }) =>
      section(asset, rows.length === 0 ? [["", "nothing"]] : rows.map((row) => ["", said(row)]))
    ),
    ...section(
      "made by",
      of(inspection, inspection.made).map(({ asset, made }) => [
        asset,
        made === undefined ? "not materialized" : version(made)
      ])
    )
  ].join("\n")

/** Nothing is made of a line that was set aside. */
const of = <A extends { readonly asset: string }>(
  { quarantine }: Inspection,
  facts: ReadonlyArray<A>
): ReadonlyArray<A> => (quarantine === undefined ? facts : facts.filter(({ asset }) => asset === "postings/parsed"))

type Field = readonly [name: string, value: string]

const section = (title: string, lines: ReadonlyArray<Field>): ReadonlyArray<string> => {
  const width = Math.max(...lines.map(([name]) => name.length))
  return [
    "",
    title,
    ...lines.map(([name, value]) => `  ${width === 0 ? "" : `${name.padEnd(width)}  `}${printable(value)}`)
  ]
}

const fields = (row: Row): ReadonlyArray<Field> =>
  Object.entries(row).map(([name, value]) => [name, value === null ? "–" : String(value)])

const said = (row: Row): string =>
  fields(row)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")

const version = ({ at, codeVersion, run, stale }: Made): string =>
  `code ${codeVersion}, run ${run}, ${new Date(at).toISOString()}${stale ? ", stale" : ""}`

/** What landed may hold anything, and much of it: control characters do not reach the terminal. */
const printable = (text: string): string => {
  const start = text.slice(0, longest)
  const rest = text.length - start.length
  return `${escaped(start)}${rest === 0 ? "" : ` … ${rest} more characters: --json prints all`}`
}

const longest = 2_000

const escaped = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
