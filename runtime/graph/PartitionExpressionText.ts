/**
 * Reads expressions of partitions as people write them.
 *
 *     expression = item { "," item }
 *     item       = "missing" | "failed" | "stale" | part { "|" part }
 *     part       = "*" | "latest" | key | [ key ] "..." [ key ]
 *
 * A part stands for each dimension. A key is any text, as it is printed elsewhere;
 * one that holds `,`, `*` or `...`, or is one of the words, stands in quotes. In a
 * text without quotes, too, `\` takes the next character as it is.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionExpression from "./PartitionExpression.ts"
import * as TextPlace from "./TextPlace.ts"

export class PartitionSyntaxError extends Schema.TaggedError<PartitionSyntaxError>()("PartitionSyntaxError", {
  text: Schema.String,
  /** Counted from 0. */
  at: Schema.Int,
  expected: Schema.String
}) {
  override get message() {
    return `the partitions cannot be read: expected ${this.expected}\n${TextPlace.show(this.text, this.at)}`
  }
}

export const parse = (text: string): Result.Result<PartitionExpression.PartitionExpression, PartitionSyntaxError> => {
  const wrong = (at: number, expected: string) =>
    Result.fail(new PartitionSyntaxError({ text: text.slice(0, maxLength + 1), at, expected }))
  if (text.length > maxLength) return wrong(maxLength, `at most ${maxLength} characters`)
  const reader: Reader = { text, at: 0 }
  const read = Result.gen(function* () {
    const items = [yield* item(reader)]
    while (takes(reader, ",")) items.push(yield* item(reader))
    if (reader.at < text.length) return yield* expected(reader, "a comma, |, ... or the end")
    return items.length === 1 ? items[0]! : PartitionExpression.PartitionExpression.cases.Union.make({ of: items })
  })
  return Result.isFailure(read) ? wrong(read.failure.at, read.failure.expected) : Result.succeed(read.success)
}

const maxLength = 10_000

interface Reader {
  readonly text: string
  at: number
}

interface Unexpected {
  readonly at: number
  readonly expected: string
}

type Read<A> = Result.Result<A, Unexpected>

const expected = (reader: Reader, expected: string): Read<never> => Result.fail({ at: reader.at, expected })

const match = (reader: Reader, pattern: RegExp): string | undefined => {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)?.[0]
  reader.at += found?.length ?? 0
  return found
}

/** Takes a mark and the space around it. */
const takes = (reader: Reader, mark: string): boolean => {
  match(reader, /\s*/y)
  if (!reader.text.startsWith(mark, reader.at)) return false
  reader.at += mark.length
  match(reader, /\s*/y)
  return true
}

const item = (reader: Reader): Read<PartitionExpression.Item> =>
  Result.gen(function* () {
    const status = statusAlone(reader)
    if (status !== undefined) return { _tag: "Status", status }
    const parts = [yield* part(reader)]
    while (takes(reader, "|")) parts.push(yield* part(reader))
    return parts.length === 1 ? parts[0]! : { _tag: "Product", of: parts }
  })

const statusAlone = (reader: Reader): PartitionExpression.Status | undefined => {
  match(reader, /\s*/y)
  const word = match(reader, /(missing|failed|stale)(?=\s*(,|$))/y)
  return PartitionExpression.Status.literals.find((status) => status === word)
}

const part = (reader: Reader): Read<PartitionExpression.Part> =>
  Result.gen(function* () {
    if (takes(reader, "*")) return { _tag: "Every" }
    const start = reader.at
    const from = yield* operand(reader)
    if (takes(reader, "...")) {
      const to = yield* operand(reader)
      return { _tag: "Range", from: from ?? null, to: to ?? null }
    }
    if (from === undefined) return yield* expected(reader, aKey)
    const written = reader.text.slice(start, reader.at).trim()
    if (written === "latest") return { _tag: "Latest" }
    if (PartitionExpression.reserved.includes(written)) {
      return yield* Result.fail({ at: start, expected: `${written} to stand alone, between commas` })
    }
    return { _tag: "Key", text: from }
  })

const aKey = "a partition such as 2025-06-01, 2025-06, 2025-06-01...2025-06-30, latest, missing, failed, stale or *"

const operand = (reader: Reader): Read<string | undefined> => {
  if (reader.text[reader.at] === '"') {
    const quoted = match(reader, /"(?:[^"\\]|\\.)*"/sy)
    return quoted === undefined
      ? expected(reader, 'a closing ", with \\ before each " and \\ of the text')
      : Result.succeed(unescaped(quoted.slice(1, -1)))
  }
  const plain = match(reader, /(?:(?!\.\.\.)[^,|"*\\]|\\.)+/sy)?.trimEnd()
  return Result.succeed(plain === undefined || plain === "" ? undefined : unescaped(plain))
}

const unescaped = (text: string): string => text.replaceAll(/\\(.)/gs, "$1")
