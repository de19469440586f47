/**
 * A table: aligned and cut to the width for a person, tabs for a pipe.
 */
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export interface Column<Row> {
  readonly title: string
  /** For a person. */
  readonly text: (row: Row) => string
  /** For a pipe, where it is something else. */
  readonly plain?: (row: Row) => string
  /** A column that only one of them gets. */
  readonly only?: "person" | "pipe"
  readonly align?: "left" | "right"
  /** Gives way first where the terminal is narrow; columns without it are never cut. */
  readonly shrinks?: boolean
  /** Is left out where a narrow terminal would cut those that shrink to what nobody can read; the last goes first. */
  readonly drops?: boolean
  /** What of a text stays where it is cut; without it the start does. */
  readonly cut?: (text: string, columns: number) => string
  readonly color?: (row: Row, ink: Ink.Ink) => (text: string) => string
}

/** One line a row; a person also gets the titles. Nothing for no rows. */
export const make = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>, view: View): string =>
  rows.length === 0
    ? ""
    : view.tty
      ? aligned(
          readable(
            columns.filter(({ only }) => only !== "pipe"),
            rows,
            view
          ),
          rows,
          view
        )
      : tabbed(
          columns.filter(({ only }) => only !== "person"),
          rows
        )

/** Whether cutting the columns that shrink is not enough. */
export const isTooWide = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>, view: View): boolean => {
  const widths = fitted(columns, wantedWidths(columns, cellsOf(columns, rows)), view.width)
  return total(widths) > view.width
}

const tabbed = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): string =>
  rows.map((row) => columns.map(({ plain, text }) => Width.visible((plain ?? text)(row))).join("\t")).join("\n")

const aligned = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>, view: View): string => {
  const ink = Ink.make(view)
  const cells = cellsOf(columns, rows)
  const widths = fitted(columns, wantedWidths(columns, cells), view.width)
  const lines = cells.map((line, index) =>
    joined(columns, line, widths, (column) => column.color?.(rows[index]!, ink) ?? ((text) => text))
  )
  const titles = columns.map(({ title }) => title)
  return [joined(columns, titles, widths, () => ink.dim), ...lines].join("\n")
}

/** Without the columns for which there is no room. */
const readable = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  view: View
): ReadonlyArray<Column<Row>> => {
  const last = columns.findLastIndex(({ drops }) => drops === true)
  const wanted = wantedWidths(columns, cellsOf(columns, rows))
  const isCut = fitted(columns, wanted, view.width).some((width, index) => width < wanted[index]! && width < legible)
  return last === -1 || !isCut
    ? columns
    : readable(
        columns.filter((_, index) => index !== last),
        rows,
        view
      )
}

type Cells = ReadonlyArray<ReadonlyArray<string>>

const cellsOf = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): Cells =>
  rows.map((row) => columns.map(({ text }) => Width.visible(text(row))))

const wantedWidths = <Row>(columns: ReadonlyArray<Column<Row>>, cells: Cells): ReadonlyArray<number> =>
  columns.map(({ title }, index) =>
    cells.reduce((most, line) => Math.max(most, Width.width(line[index]!)), Width.width(title))
  )

const total = (widths: ReadonlyArray<number>): number =>
  widths.reduce((sum, width) => sum + width + gap.length, -gap.length)

const joined = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  cells: ReadonlyArray<string>,
  widths: ReadonlyArray<number>,
  color: (column: Column<Row>) => (text: string) => string
): string =>
  columns
    .map((column, index) => {
      const text = (column.cut ?? Width.truncate)(cells[index]!, widths[index]!)
      const pad = " ".repeat(Math.max(0, widths[index]! - Width.width(text)))
      const colored = text === "" ? "" : color(column)(text)
      const isLast = index === columns.length - 1
      return column.align === "right" ? pad + colored : isLast ? colored : colored + pad
    })
    .join(gap)
    .trimEnd()

/** Takes what is too much from the columns that shrink, always from the widest. */
const fitted = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  wanted: ReadonlyArray<number>,
  width: number
): ReadonlyArray<number> => {
  const widths = [...wanted]
  let excess = total(widths) - width
  for (; excess > 0; excess--) {
    let widest = -1
    for (const [index, column] of widths.entries()) {
      if (columns[index]!.shrinks === true && column > narrowest && column > (widths[widest] ?? 0)) widest = index
    }
    if (widest === -1) break
    widths[widest]!--
  }
  return widths
}

const gap = "  "
const narrowest = 8
const legible = 18
