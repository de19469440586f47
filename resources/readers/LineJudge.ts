/**
 * A judge of blocks, made from plain data, so that a worker thread can make
 * one too.
 */
import * as JsonLineJudge from "./JsonLineJudge.ts"
import type { LineBlock, Verdict } from "./LineBlock.ts"
import type { Struct } from "./RowShape.ts"

export type Rules = { readonly _tag: "JsonLines"; readonly row: Struct; readonly ordinalKey: string }

/** Judges a block; the text is written into the scratch buffer if it is large enough. */
export type LineJudge = (block: LineBlock, scratch: Uint8Array | undefined) => Verdict

export const make = (rules: Rules): LineJudge => JsonLineJudge.make(rules.row, rules.ordinalKey)
