/**
 * How fresh an asset is, in words and as data.
 */
import type * as FreshnessPolicy from "../../runtime/definition/FreshnessPolicy.ts"
import * as Amount from "./Amount.ts"
import type * as Ink from "./Ink.ts"
import type { View } from "./View.ts"

/** `overdue since 3 hours ago`. */
export const text = ({ due, last, status }: FreshnessPolicy.Freshness, view: View): string => {
  const word = words[status]
  if (due === null || last === null) return word
  const when = (at: number) => (view.tty && at <= view.now ? Amount.ago(at, view.now) : Amount.iso(at))
  return status === "Overdue" ? `${word} since ${when(due)}` : `${word} until ${when(due)}`
}

export const color = ({ status }: FreshnessPolicy.Freshness, ink: Ink.Ink): ((text: string) => string) =>
  ink[colors[status]]

export const json = ({ due, last, status }: FreshnessPolicy.Freshness): Record<string, unknown> => ({
  status,
  last: last === null ? null : Amount.iso(last),
  due: due === null ? null : Amount.iso(due)
})

const words: Readonly<Record<FreshnessPolicy.Status, string>> = {
  Fresh: "fresh",
  Warning: "fresh with a warning",
  Overdue: "overdue",
  Unknown: "unknown"
}

const colors: Readonly<Record<FreshnessPolicy.Status, "green" | "yellow" | "red" | "dim">> = {
  Fresh: "green",
  Warning: "yellow",
  Overdue: "red",
  Unknown: "dim"
}
