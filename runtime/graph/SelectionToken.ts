/**
 * The words and marks of a selection, with their places in its text.
 */
import * as Result from "effect/Result"

export interface Token {
  /** `Quoted` holds its text without quotes, `Null` is `<null>`. */
  readonly _tag: "Word" | "Quoted" | "Null" | "Mark" | "End"
  readonly text: string
  /** Counted from 0. */
  readonly at: number
}

/** Something else stands at a place than can stand there. */
export interface Unexpected {
  readonly at: number
  readonly expected: string
}

export const read = (text: string): Result.Result<ReadonlyArray<Token>, Unexpected> => {
  const tokens: Array<Token> = []
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const match = matchAt(token, text, at)?.groups
    const [_tag, found] = Object.entries(match ?? {}).find(([, found]) => found !== undefined) ?? []
    if (_tag === undefined || found === undefined) {
      return Result.fail(
        text[at] === '"'
          ? { at, expected: 'a closing ", with \\ before each " and \\ of the text' }
          : { at, expected: "text with other characters than letters, digits, _, /, *, ., @ and - in quotes" }
      )
    }
    const isQuoted = _tag === "Quoted"
    tokens.push({
      _tag: _tag as Token["_tag"],
      text: isQuoted ? found.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : found,
      at
    })
    at += found.length
  }
  return Result.succeed([...tokens, { _tag: "End", text: "", at: text.length }])
}

const token = /(?<Word>[A-Za-z0-9_/*.@-]+)|(?<Quoted>"(?:[^"\\]|\\["\\])*")|(?<Null><null>)|(?<Mark>[(),:=+])/y

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const skipSpace = (text: string, at: number): number => at + matchAt(/\s*/y, text, at)![0].length
