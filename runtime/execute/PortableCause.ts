/**
 * A cause as data that another thread or process can be sent, and back.
 *
 * Errors keep name, message, stack, tag, cause and their own fields, so that
 * retries, schedules and what is recorded read the same of them; their class is
 * lost, and functions in them are.
 */
import * as Cause from "effect/Cause"
import { hasProperty, isDate, isError, isUint8Array } from "effect/Predicate"

export type PortableCause = ReadonlyArray<Reason>

type Reason =
  | { readonly _tag: "Fail"; readonly error: unknown }
  | { readonly _tag: "Die"; readonly defect: unknown }
  | { readonly _tag: "Interrupt" }

export const fromCause = ({ reasons }: Cause.Cause<unknown>): PortableCause =>
  reasons.map((reason): Reason => {
    if (Cause.isFailReason(reason)) return { _tag: "Fail", error: portable(reason.error) }
    return Cause.isDieReason(reason) ? { _tag: "Die", defect: portable(reason.defect) } : { _tag: "Interrupt" }
  })

export const toCause = (self: PortableCause): Cause.Cause<unknown> => Cause.fromReasons(self.map(toReason))

const toReason = (reason: Reason): Cause.Reason<unknown> => {
  switch (reason._tag) {
    case "Fail":
      return Cause.makeFailReason(revived(reason.error))
    case "Die":
      return Cause.makeDieReason(revived(reason.defect))
    case "Interrupt":
      return Cause.makeInterruptReason()
  }
}

/** The value as far as it can be sent; what lies too deep, or refers to itself, as text. */
export const portable = (value: unknown, depth = 0): unknown => {
  if (typeof value === "function" || typeof value === "symbol") return String(value)
  if (typeof value === "string") return cut(value)
  if (typeof value !== "object" || value === null || isDate(value) || isUint8Array(value)) return value
  if (depth === deepest) return `${value}`
  if (Array.isArray(value)) return value.slice(0, longest).map((one) => portable(one, depth + 1))
  const own = Object.entries(value).map(([name, field]) => [name, portable(field, depth + 1)])
  return { ...Object.fromEntries(own), ...(isError(value) ? { [mark]: errorFields(value, depth) } : {}) }
}

const errorFields = (error: Error, depth: number): ErrorFields => ({
  name: String(error.name),
  message: cut(String(error.message)),
  stack: cut(String(error.stack ?? "")),
  ...(hasProperty(error, "_tag") ? { _tag: String(error._tag) } : {}),
  ...(error.cause === undefined ? {} : { cause: portable(error.cause, depth + 1) })
})

interface ErrorFields {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly _tag?: string
  readonly cause?: unknown
}

/** What `portable` made, with errors that are errors again. */
export const revived = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || isDate(value) || isUint8Array(value)) return value
  if (Array.isArray(value)) return value.map(revived)
  const { [mark]: error, ...rest } = value as { readonly [mark]?: ErrorFields }
  const own = Object.fromEntries(Object.entries(rest).map(([name, field]) => [name, revived(field)]))
  if (error === undefined) return own
  const { cause, message, ...fields } = error
  const made = new Error(message, cause === undefined ? undefined : { cause: revived(cause) })
  return Object.assign(made, own, fields)
}

const mark = "~strata/error"

const deepest = 6
const longest = 1_000

const cut = (text: string): string => (text.length > mostText ? `${text.slice(0, mostText)}… (cut)` : text)

const mostText = 65_536
