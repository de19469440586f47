/**
 * When the steps of a run waited, ran and were tried again, as bars over time.
 *
 * The geometry is that of cells: a column of the terminal is a stretch of time.
 * Runs of many steps have one row for the assets that are made together, as high
 * as many of their steps ran at once.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type { Attempt, Run, StepRecord } from "../../runtime/event/Run.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import * as Names from "./Names.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export interface Chart {
  readonly run: Run
  readonly steps: ReadonlyArray<StepRecord>
  /** What an asset is made from, as far as it is known. */
  readonly inputs: (asset: AssetKey) => ReadonlyArray<AssetKey>
}

/** Nothing for a pipe, and where nothing was tried. */
export const text = ({ inputs, run, steps }: Chart, names: PartitionNames, view: View): string => {
  const tried = steps.filter(({ attempts }) => attempts.length > 0)
  if (!view.tty || tried.length === 0) return ""
  const to = Math.max(run.endedAt ?? view.now, run.startedAt + 1)
  const rows =
    tried.length > mostRows ? groupRows(tried, to) : stepRows(tried, names, readiness(steps, run, inputs), to)
  const shown = rows.slice(0, mostRows)
  const name = Math.min(Math.floor(view.width / 3), Math.max(8, ...shown.map((row) => Width.width(row.name))))
  const time = Math.max(...shown.map((row) => row.time.length))
  const width = Math.max(10, view.width - name - time - 4)
  const ink = Ink.make(view)
  const total = Amount.duration(to - run.startedAt)
  const lines = shown.map((row) => {
    const bar = drawn(cellsOf(row, { from: run.startedAt, to, width }), ink)
    return `${Width.padEnd(labelOf(row, shown, name), name)}  ${bar}  ${ink.dim(Width.padStart(row.time, time))}`
  })
  const more = rows.length - shown.length
  return [
    `${Width.padEnd(ink.dim("TIMELINE"), name)}  ${ink.dim(`0 s${Width.padStart(total, width - 3)}`)}`,
    ...lines,
    ...(more > 0 ? [ink.dim(`… and ${Amount.counted(more, "more row")}`)] : []),
    ...legend(shown, ink)
  ].join("\n")
}

/** Where there is no room for the partitions, the end of the name, if that alone says which row it is. */
const labelOf = ({ assets, isMany, name }: Row, rows: ReadonlyArray<Row>, columns: number): string =>
  !isMany && Width.width(name) > columns && rows.filter((row) => row.assets === assets).length === 1
    ? Width.truncateStart(assets, columns)
    : Width.truncate(name, columns)

const mostRows = 24

type Kind = "waiting" | "failed" | "made" | "canceled" | "running"

interface Span {
  readonly kind: Kind
  readonly from: number
  readonly to: number
}

interface Row {
  readonly name: string
  readonly assets: string
  readonly time: string
  /** Later ones are drawn over earlier ones. */
  readonly spans: ReadonlyArray<Span>
  /** Whether the height says how many spans overlap. */
  readonly isMany: boolean
}

const stepRows = (
  steps: ReadonlyArray<StepRecord>,
  names: PartitionNames,
  readyAt: (step: StepRecord) => number,
  end: number
): ReadonlyArray<Row> =>
  steps.map((step) => {
    const spans = step.attempts.map((attempt) => spanOf(attempt, end))
    const last = spans.at(-1)!
    return {
      name: Names.made(step.assets, step.partitions, names),
      assets: Names.assets(step.assets),
      time: Amount.duration(last.to - spans[0]!.from),
      spans: [{ kind: "waiting", from: Math.min(readyAt(step), last.to), to: last.to }, ...spans],
      isMany: false
    }
  })

const groupRows = (steps: ReadonlyArray<StepRecord>, end: number): ReadonlyArray<Row> =>
  [...Map.groupBy(steps, ({ assets }) => Names.assets(assets))].map(([assets, steps]) => {
    const spans = steps.flatMap(({ attempts }) => attempts.map((attempt) => spanOf(attempt, end)))
    const from = spans.reduce((least, span) => Math.min(least, span.from), Number.POSITIVE_INFINITY)
    const to = spans.reduce((most, span) => Math.max(most, span.to), 0)
    const name = `${assets} × ${Amount.count(steps.length)}`
    return { name, assets, time: Amount.duration(to - from), spans, isMany: true }
  })

const spanOf = ({ endedAt, outcome, startedAt }: Attempt, end: number): Span => ({
  kind: kinds[outcome],
  from: startedAt,
  to: endedAt ?? end
})

const kinds: Readonly<Record<Attempt["outcome"], Kind>> = {
  Started: "running",
  Succeeded: "made",
  Failed: "failed",
  Canceled: "canceled"
}

/** When the last of the steps ended that a step is made from; the start of the run where there is none. */
const readiness = (steps: ReadonlyArray<StepRecord>, run: Run, inputs: Chart["inputs"]) => {
  const ends = new Map<AssetKey, ReadonlyArray<number>>()
  for (const { assets, attempts } of steps) {
    const ended = attempts.at(-1)?.endedAt ?? undefined
    if (ended !== undefined) for (const key of assets) ends.set(key, [...(ends.get(key) ?? []), ended])
  }
  return ({ assets, attempts }: StepRecord): number => {
    const begun = attempts[0]!.startedAt
    const before = assets.flatMap(inputs).flatMap((key) => (ends.get(key) ?? []).filter((at) => at <= begun))
    return Math.max(run.startedAt, ...before)
  }
}

interface Scale {
  readonly from: number
  readonly to: number
  readonly width: number
}

interface Cell {
  readonly kind: Kind | undefined
  readonly character: string
}

/** The cells of a row; every span has at least one. */
const cellsOf = ({ isMany, spans }: Row, scale: Scale): ReadonlyArray<Cell> => {
  const kinds: Array<Kind | undefined> = Array.from({ length: scale.width }, () => undefined)
  const counts = new Array<number>(scale.width).fill(0)
  const columnOf = (at: number) => ((at - scale.from) / (scale.to - scale.from)) * scale.width
  for (const { from, kind, to } of spans) {
    const first = Math.min(scale.width - 1, Math.max(0, Math.floor(columnOf(from))))
    const last = Math.min(scale.width - 1, Math.max(first, Math.ceil(columnOf(to)) - 1))
    for (let column = first; column <= last; column++) {
      // What failed among many is not hidden by what went well.
      if (!isMany || kinds[column] !== "failed") kinds[column] = kind
      counts[column]!++
    }
  }
  const most = Math.max(...counts)
  return kinds.map((kind, column) => ({
    kind,
    character:
      kind === undefined ? " " : isMany ? heights[Math.ceil((counts[column]! / most) * 8) - 1]! : signs[kind].sign
  }))
}

const heights = "▁▂▃▄▅▆▇█"

const signs: Readonly<Record<Kind, { readonly sign: string; readonly color: keyof Ink.Ink; readonly word: string }>> = {
  waiting: { sign: "·", color: "dim", word: "waiting" },
  failed: { sign: "▒", color: "red", word: "failed" },
  made: { sign: "█", color: "green", word: "made" },
  canceled: { sign: "░", color: "yellow", word: "canceled" },
  running: { sign: "█", color: "cyan", word: "running" }
}

/** Neighbours of a kind are colored together. */
const drawn = (cells: ReadonlyArray<Cell>, ink: Ink.Ink): string => {
  let text = ""
  for (let start = 0; start < cells.length; ) {
    const { kind } = cells[start]!
    let end = start + 1
    while (end < cells.length && cells[end]!.kind === kind) end++
    const part = cells
      .slice(start, end)
      .map(({ character }) => character)
      .join("")
    text += kind === undefined ? part : ink[signs[kind].color](part)
    start = end
  }
  return text
}

const legend = (rows: ReadonlyArray<Row>, ink: Ink.Ink): ReadonlyArray<string> => {
  const used = new Set(rows.flatMap(({ isMany, spans }) => (isMany ? [] : spans.map(({ kind }) => kind))))
  const words = Object.entries(signs).filter(([kind]) => used.has(kind as Kind) && kind !== "made")
  return words.length === 0
    ? []
    : [words.map(([, { color, sign, word }]) => `${ink[color](sign)} ${ink.dim(word)}`).join("   ")]
}
