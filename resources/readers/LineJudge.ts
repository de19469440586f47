/**
 * A judge of blocks, made from plain data, so that a worker thread can make
 * one too.
 */
import * as DelimitedJudge from "./DelimitedJudge.ts"
import type { DelimitedRules } from "./DelimitedRules.ts"
import * as JsonLineJudge from "./JsonLineJudge.ts"
import type { LineBlock, Verdict } from "./LineBlock.ts"

export type Rules = JsonLineJudge.JsonLineRules | DelimitedRules

/** Judges a block; the text is written into the scratch buffer if it is large enough. */
export type LineJudge = (block: LineBlock, scratch: Uint8Array | undefined) => Verdict

export const make = (rules: Rules): LineJudge =>
  rules._tag === "JsonLines" ? JsonLineJudge.make(rules) : DelimitedJudge.make(rules)
