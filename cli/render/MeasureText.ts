/**
 * The numbers that runs recorded of an asset, a small chart for each.
 */
import type * as Measures from "../../runtime/read/Measures.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as Sparkline from "./Sparkline.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

/** For a person, as soon as there are two runs to compare. */
export const text = (measures: ReadonlyArray<Measures.Measure>, view: View): string => {
  const shown = measures.filter(({ points }) => points.length > 1).slice(0, mostCharts)
  if (!view.tty || shown.length === 0) return ""
  const ink = Ink.make(view)
  const left = Math.min(24, Math.max(...shown.map(({ name }) => Width.width(name)))) + 2
  const room = Math.max(4, Math.min(40, Math.floor((view.width - left) / 2)))
  const wide = Math.min(room, Math.max(...shown.map(({ points }) => points.length)))
  const lines = shown.map((measure) => {
    const values = measure.points.map(({ value }) => value)
    const chart = Width.padEnd(Sparkline.of(values, wide), wide)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    const range = least === most ? "" : `  (${amount(measure, least)} … ${amount(measure, most)})`
    const name = Width.padEnd(Width.truncate(measure.name, left - 2), left)
    const last = amount(measure, values.at(-1)!)
    const rest = Width.truncate(range, view.width - left - wide - 2 - Width.width(last))
    return `${ink.dim(name)}${ink.cyan(chart)}  ${last}${ink.dim(rest)}`
  })
  const runs = Math.min(wide, Math.max(...shown.map(({ points }) => points.length)))
  return [ink.dim(`RECENT RUNS (${runs})`), ...lines].join("\n")
}

const mostCharts = 8

/** The numbers as data, oldest first; the form is kept. */
export const json = (measures: ReadonlyArray<Measures.Measure>): unknown =>
  measures.map(({ name, points, unit }) => ({
    name,
    unit,
    points: points.map(({ at, runId, value }) => ({ at: Amount.iso(at), run: runId, value }))
  }))

const amount = ({ unit }: Measures.Measure, value: number): string => {
  switch (unit) {
    case "Count":
      return Amount.count(Math.round(value))
    case "Number":
      return String(Number(value.toPrecision(4)))
    case "Bytes":
      return Amount.bytes(Math.round(value))
    case "Millis":
      return Amount.duration(value)
  }
}
