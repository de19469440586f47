/**
 * A judge of blocks, made from plain data, so that a worker thread can make
 * one too.
 */
import * as DelimitedJudge from "./DelimitedJudge.ts"
import type { DelimitedRules } from "./DelimitedRules.ts"
import * as JsonLineJudge from "./JsonLineJudge.ts"
import type { LineBlock, Verdict } from "./LineBlock.ts"

export type Rules = JsonLineJudge.JsonLineRules | DelimitedRules | OwnRules

/** A judge of the author's own. */
export interface OwnRules {
  readonly _tag: "Own"
  /** The module that exports `judge`, for other threads. */
  readonly module: string
  readonly judge: () => LineJudge
}

/** Judges a block; the text is written into the scratch buffer if it is large enough. */
export type LineJudge = (block: LineBlock, scratch: Uint8Array | undefined) => Verdict

export const make = (rules: Rules): LineJudge => {
  switch (rules._tag) {
    case "JsonLines":
      return JsonLineJudge.make(rules)
    case "Delimited":
      return DelimitedJudge.make(rules)
    case "Own":
      return rules.judge()
  }
}
