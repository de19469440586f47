/**
 * What a run was asked for, as a command line without its first word.
 */
import * as CommandText from "./CommandText.ts"

/** The words of `materialize`, in the one order in which they are recorded. */
export const make = (words: ReadonlyArray<string>): string => CommandText.make(words).slice("strata ".length)

/** Goes on with what a run left: the same again, without what would make done things again. */
export const resume = (request: string): string => `strata ${request.replace(/ --force\b/, "")}`
