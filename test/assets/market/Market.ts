/** A project of the market whose files are given by name, such as `stocks/A.csv`. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import { Features } from "../../../assets/market/Features.ts"
import { Listings } from "../../../assets/market/Listings.ts"
import { Prices } from "../../../assets/market/Prices.ts"
import { Raw } from "../../../assets/market/Raw.ts"
import { RawSymbols } from "../../../assets/market/RawSymbols.ts"
import { Symbols } from "../../../assets/market/Symbols.ts"
import { columns } from "../../../assets/market/Listing.ts"
import type { Event } from "../../../runtime/event/Event.ts"
import { PartitionSet } from "../../../runtime/index.ts"
import * as Project from "../Project.ts"

export const assets = [Raw, RawSymbols, Symbols, Listings, Prices, Features]

export const make = Effect.gen(function* () {
  const project = yield* Project.make(assets, "STRATA_MARKET_SOURCE", Layer.empty)
  for (const folder of ["stocks", "etfs"]) mkdirSync(join(project.source, folder), { recursive: true })
  return {
    ...project,
    /** Lands the symbol table with these symbols, each an ETF or not. */
    list: (symbols: Readonly<Record<string, string>>, more: ReadonlyArray<string> = []) =>
      project.land("symbols_valid_meta.csv", [columns.join(","), ...Object.entries(symbols).map(listing), ...more])
  }
})

const listing = ([symbol, etf]: readonly [string, string]): string =>
  `Y,${symbol},"${symbol}, Inc.",N, ,${etf},100.0,N,,${symbol},${symbol},N`

export const header = "Date,Open,High,Low,Close,Adj Close,Volume"

export const test = <A, E>(name: string, body: Effect.Effect<A, E, Project.Runtime | Scope>) =>
  it.effect(name, () => body.pipe(Effect.provide(Project.layer)))

/** What the steps of an asset said of themselves under this name, added up. */
export const said = (heard: ReadonlyArray<Event>, asset: string, name: string): number =>
  heard
    .filter((event) => event._tag === "StepSucceeded")
    .filter(({ step }) => stepsOf(heard, asset).has(step))
    .map(({ metadata }) => metadata[name])
    .reduce((sum, value) => sum + (value?._tag === "Int" ? value.value : 0), 0)

const stepsOf = (heard: ReadonlyArray<Event>, asset: string): ReadonlySet<number> =>
  new Set(
    heard.flatMap((event) =>
      event._tag === "StepPlanned" && event.assets.some((key) => key === asset) ? [event.step] : []
    )
  )

/** `market/prices A` and so on: what a run made, without what turned out to be unchanged. */
export const made = (heard: ReadonlyArray<Event>): ReadonlyArray<string> => {
  const succeeded = new Set(heard.flatMap((event) => (event._tag === "StepSucceeded" ? [event.step] : [])))
  return heard
    .flatMap((event) => (event._tag === "StepPlanned" && succeeded.has(event.step) ? [event] : []))
    .flatMap(({ assets, partitions }) =>
      [...PartitionSet.ordinals(partitions)].map((letter) => `${assets[0]} ${letters[letter] ?? letter}`)
    )
    .sort()
}

/** In the order in which the definition lists them, which is that of their ordinals. */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
