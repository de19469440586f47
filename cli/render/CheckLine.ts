/**
 * What a check found, in a line.
 */
import type { AssetKey } from "../../runtime/definition/AssetKey.ts"
import type * as CheckResult from "../../runtime/event/CheckResult.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import type { PartitionNames } from "./PartitionNames.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

type Found = Pick<
  CheckResult.CheckResult,
  "asset" | "check" | "outcome" | "severity" | "blocking" | "partitions" | "reason"
>

/** `! shop/numbers 2025-06-01 between(n) failed: …`, or with tabs for a pipe. */
export const text = (self: Found, names: PartitionNames, view: View): string => {
  const what = [nameOf(self, names), self.check].filter((word) => word !== "").join(" ")
  const reason = Width.visible(Secrets.withoutUserInfo(self.reason))
  if (!view.tty) return [Amount.iso(view.now), `check ${self.outcome.toLowerCase()}`, what, reason].join("\t")
  const { color, symbol } = signOf(self)
  const words = self.outcome === "Errored" ? "could not be evaluated" : self.outcome.toLowerCase()
  return `${Ink.make(view)[color](symbol)} ${what} ${words}: ${reason}`
}

/** How a result is shown: what fails nothing is a warning. */
export const signOf = (
  self: Pick<Found, "outcome" | "severity">
): { readonly symbol: string; readonly color: "green" | "yellow" | "red" } => {
  if (self.outcome === "Passed") return { symbol: "✓", color: "green" }
  return self.severity === "warn" ? { symbol: "!", color: "yellow" } : { symbol: "✗", color: "red" }
}

const nameOf = ({ asset, partitions }: Found, names: PartitionNames): string =>
  asset === null ? "" : `${asset as AssetKey} ${names.brief(asset, partitions)}`.trimEnd()
