/**
 * What a run was asked for, as a command line without its first word.
 */
import * as CommandText from "./CommandText.ts"

/** The words of a command, in the one order in which they are recorded. */
export const make = (words: ReadonlyArray<string>): string => CommandText.make(words).slice("strata ".length)

/**
 * The command that goes on with what a run left: the newest unfinished one, or
 * the one that is named. A command of the project is given again: it alone
 * knows the settings that it ran with.
 */
export const retry = (request: string, run?: string): string =>
  isOfProject(request)
    ? CommandText.make(wordsOf(request))
    : CommandText.make(["retry", ...(run === undefined ? [] : [run]), ...flag("-d", valuesOf(request, "-d").slice(-1))])

/** Whether another command than `materialize` and `retry` started the run. */
export const isOfProject = (request: string): boolean => !["materialize", "retry"].includes(wordsOf(request)[0] ?? "")

/** The parameters that a run was given. */
export const config = (request: string): ReadonlyArray<string> => valuesOf(request, "-c")

const flag = (name: string, values: ReadonlyArray<string>): ReadonlyArray<string> =>
  values.flatMap((value) => [name, value])

const valuesOf = (request: string, name: string): ReadonlyArray<string> => {
  const words = wordsOf(request)
  return words.filter((_, i) => words[i - 1] === name)
}

/** The words that were made into a request. */
const wordsOf = (request: string): ReadonlyArray<string> =>
  (request.match(/'(?:[^']|'\\'')*'|\S+/g) ?? []).map((word) =>
    word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word
  )
