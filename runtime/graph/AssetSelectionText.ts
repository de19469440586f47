/**
 * Reads selections as people write them.
 *
 * The grammar is Dagster's:
 *
 *     list   = or { "," or }                          "," is "or"
 *     or     = and { "or" and }
 *     and    = not { "and" not }
 *     not    = "not" not | steps
 *     steps  = [ digits ] "+" atom | atom "+" [ digits ] | both
 *     atom   = "*" | attribute | word "(" list ")" | "(" list ")" | key
 *
 * with `roots(…)` and `sinks(…)`; `failed(…)` and the other statuses for `… and
 * status:failed`; and a key on its own for `key:…`. Quotes take any text, with `\`
 * before a `"` or `\` in it. `and`, `or` and `not` are also written in capitals.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AssetSelection from "./AssetSelection.ts"
import * as NearestName from "./NearestName.ts"
import * as SelectionToken from "./SelectionToken.ts"
import * as TextPlace from "./TextPlace.ts"

export class SelectionSyntaxError extends Schema.TaggedError<SelectionSyntaxError>()("SelectionSyntaxError", {
  text: Schema.String,
  /** Counted from 0. */
  at: Schema.Int,
  expected: Schema.String
}) {
  override get message() {
    return `the selection cannot be read: expected ${this.expected}\n${TextPlace.show(this.text, this.at)}`
  }
}

export const parse = (text: string): Result.Result<AssetSelection.AssetSelection, SelectionSyntaxError> => {
  const wrong = ({ at, expected }: SelectionToken.Unexpected) =>
    Result.fail(new SelectionSyntaxError({ text: text.slice(0, maxLength + 1), at, expected }))
  if (text.length > maxLength) return wrong({ at: maxLength, expected: `at most ${maxLength} characters` })
  const tokens = SelectionToken.read(text)
  if (Result.isFailure(tokens)) return wrong(tokens.failure)
  const reader: Reader = { tokens: tokens.success, next: 0, depth: 0 }
  const selection = Result.flatMap(list(reader), (selection) =>
    peek(reader)._tag === "End" ? Result.succeed(selection) : unexpected(reader, "and, or, a comma or the end")
  )
  return Result.isFailure(selection) ? wrong(selection.failure) : Result.succeed(selection.success)
}

const maxLength = 10_000

/** Deeper nesting is no selection that anybody means, and would use up the stack. */
const maxDepth = 100

interface Reader {
  readonly tokens: ReadonlyArray<SelectionToken.Token>
  next: number
  depth: number
}

type Read<A> = Result.Result<A, SelectionToken.Unexpected>

const peek = (reader: Reader, ahead = 0): SelectionToken.Token =>
  reader.tokens[Math.min(reader.next + ahead, reader.tokens.length - 1)]!

const unexpected = (reader: Reader, expected: string): Read<never> => Result.fail({ at: peek(reader).at, expected })

const takes = (reader: Reader, mark: string): boolean => {
  const token = peek(reader)
  if (token._tag !== "Mark" || token.text !== mark) return false
  reader.next++
  return true
}

const takesWord = (reader: Reader, word: string): boolean => {
  if (!isWord(peek(reader), word)) return false
  reader.next++
  return true
}

/** Words of the language are written small or in capitals, and without quotes. */
const isWord = (token: SelectionToken.Token, word: string): boolean =>
  token._tag === "Word" && (token.text === word || token.text === word.toUpperCase())

const isReserved = (token: SelectionToken.Token): boolean => ["and", "or", "not"].some((word) => isWord(token, word))

const list = (reader: Reader): Read<AssetSelection.AssetSelection> =>
  joined(reader, "Or", either, (reader) => takes(reader, ","))

const either = (reader: Reader): Read<AssetSelection.AssetSelection> =>
  joined(reader, "Or", both, (reader) => takesWord(reader, "or"))

const both = (reader: Reader): Read<AssetSelection.AssetSelection> =>
  joined(reader, "And", negated, (reader) => takesWord(reader, "and"))

const joined = (
  reader: Reader,
  _tag: "And" | "Or",
  part: (reader: Reader) => Read<AssetSelection.AssetSelection>,
  goesOn: (reader: Reader) => boolean
): Read<AssetSelection.AssetSelection> =>
  Result.gen(function* () {
    const parts = [yield* part(reader)]
    while (goesOn(reader)) parts.push(yield* part(reader))
    return parts.length === 1 ? parts[0]! : { _tag, of: parts }
  })

const negated = (reader: Reader): Read<AssetSelection.AssetSelection> =>
  takesWord(reader, "not") ? Result.map(deeper(reader, negated), (of) => ({ _tag: "Not", of })) : traversed(reader)

const deeper = <A>(reader: Reader, read: (reader: Reader) => Read<A>): Read<A> => {
  if (reader.depth === maxDepth) return unexpected(reader, `at most ${maxDepth} levels of parentheses and not`)
  reader.depth++
  const result = read(reader)
  reader.depth--
  return result
}

const traversed = (reader: Reader): Read<AssetSelection.AssetSelection> =>
  Result.gen(function* () {
    const up = yield* stepsBefore(reader)
    const of = yield* atom(reader)
    const down = yield* stepsAfter(reader)
    return up === undefined && down === undefined ? of : { _tag: "Traverse", of, up: up ?? 0, down: down ?? 0 }
  })

/** `+` or `2+`, where something follows that it can be for. */
const stepsBefore = (reader: Reader): Read<AssetSelection.Steps | undefined> => {
  if (takes(reader, "+")) return Result.succeed("All")
  const [count, plus, then] = [peek(reader), peek(reader, 1), peek(reader, 2)]
  if (!isCount(count) || plus._tag !== "Mark" || plus.text !== "+" || !startsAtom(then))
    return Result.succeed(undefined)
  const steps = stepsOf(reader, count)
  reader.next += 2
  return steps
}

const stepsAfter = (reader: Reader): Read<AssetSelection.Steps | undefined> => {
  if (!takes(reader, "+")) return Result.succeed(undefined)
  const count = peek(reader)
  if (!isCount(count)) return Result.succeed("All")
  const steps = stepsOf(reader, count)
  reader.next++
  return steps
}

const isCount = (token: SelectionToken.Token): boolean => token._tag === "Word" && /^\d+$/.test(token.text)

const stepsOf = (reader: Reader, { text }: SelectionToken.Token): Read<AssetSelection.Steps> =>
  Number(text) <= 1_000_000 ? Result.succeed(Number(text)) : unexpected(reader, "at most 1000000 steps")

const startsAtom = (token: SelectionToken.Token): boolean =>
  token._tag === "Mark" ? token.text === "(" : token._tag !== "End" && !isReserved(token)

const atom = (reader: Reader): Read<AssetSelection.AssetSelection> => {
  const token = peek(reader)
  if (!startsAtom(token) || token._tag === "Null") return unexpected(reader, anAtom)
  if (takes(reader, "(")) return closed(reader)
  reader.next++
  if (token._tag === "Word" && takes(reader, ":")) return attribute(reader, token)
  if (token._tag === "Word" && takes(reader, "(")) return called(reader, token)
  return Result.succeed(token._tag === "Word" && token.text === "*" ? AssetSelection.all : keyOf(token.text))
}

const anAtom =
  "an asset such as postings/daily, or one of key:, group:, kind:, owner:, tag:, status:, roots( and sinks("

const keyOf = (pattern: string): AssetSelection.AssetSelection => ({ _tag: "Key", pattern })

/** What stands in parentheses, of which the first is read. */
const closed = (reader: Reader): Read<AssetSelection.AssetSelection> =>
  Result.flatMap(deeper(reader, list), (selection) =>
    takes(reader, ")") ? Result.succeed(selection) : unexpected(reader, "and, or, a comma or )")
  )

const functions = ["roots", "sinks", ...AssetSelection.Status.literals]

/** `roots()` is of all assets. */
const called = (reader: Reader, { at, text }: SelectionToken.Token): Read<AssetSelection.AssetSelection> => {
  const name = functions.find((name) => name === text)
  if (name === undefined) return Result.fail({ at, expected: oneOf(text, functions, (name) => `${name}(`) })
  const of = takes(reader, ")") ? Result.succeed(AssetSelection.all) : closed(reader)
  return Result.map(of, (of): AssetSelection.AssetSelection => {
    if (name === "roots") return { _tag: "Roots", of }
    if (name === "sinks") return { _tag: "Sinks", of }
    return { _tag: "And", of: [of, { _tag: "Status", status: name as AssetSelection.Status }] }
  })
}

const attribute = (reader: Reader, { at, text }: SelectionToken.Token): Read<AssetSelection.AssetSelection> => {
  const read = Object.hasOwn(attributes, text) ? attributes[text as keyof typeof attributes] : undefined
  return read?.(reader) ?? Result.fail({ at, expected: oneOf(text, Object.keys(attributes), (name) => `${name}:`) })
}

type Attribute = (reader: Reader) => Read<AssetSelection.AssetSelection>

const named =
  (_tag: "Group" | "Kind" | "Owner"): Attribute =>
  (reader) =>
    Result.map(value(reader, `a ${_tag.toLowerCase()}`), (value) => ({ _tag, value }))

const attributes = {
  key: (reader) =>
    Result.flatMap(value(reader, "a key, in which * stands for any text"), (pattern) =>
      pattern === null ? unexpected(reader, "a key instead of <null>") : Result.succeed(keyOf(pattern))
    ),
  group: named("Group"),
  kind: named("Kind"),
  owner: named("Owner"),
  tag: (reader) =>
    Result.gen(function* () {
      const key = yield* value(reader, "a tag, such as tag:tier=gold")
      return { _tag: "Tag", key, value: takes(reader, "=") ? yield* value(reader, "the value of the tag") : null }
    }),
  status: (reader) => {
    const { text } = peek(reader)
    const status = AssetSelection.Status.literals.find((status) => status === text)
    if (status === undefined)
      return unexpected(
        reader,
        oneOf(text, AssetSelection.Status.literals, (name) => name)
      )
    reader.next++
    return Result.succeed({ _tag: "Status", status })
  }
} satisfies Readonly<Record<string, Attribute>>

const value = (reader: Reader, expected: string): Read<string | null> => {
  const token = peek(reader)
  if (token._tag === "Mark" || token._tag === "End") return unexpected(reader, expected)
  reader.next++
  return Result.succeed(token._tag === "Null" ? null : token.text)
}

const oneOf = (text: string, names: ReadonlyArray<string>, written: (name: string) => string): string =>
  `one of ${names.map(written).join(", ")}${NearestName.hint(NearestName.find(text, names).map(written))}`
