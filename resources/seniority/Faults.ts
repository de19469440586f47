/**
 * What a reference server does wrong on demand, such as
 * `latency=50ms:0.5,UNAVAILABLE:0.01,drop=0.1:0.2,reorder`.
 *
 * Each fault may be followed by its share of the calls, from 0 to 1; without
 * one it is there in every call.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What happens to one call. */
export const Fault = Schema.TaggedUnion({
  /** The reply comes later. */
  Latency: { millis: Schema.Finite },
  /** The call ends with this status, at once. */
  Status: { code: Schema.String, pushbackMillis: Schema.optionalKey(Schema.Finite) },
  /** This share of the answers is left out. */
  Drop: { share: Schema.Finite },
  /** The answers come in another order. */
  Reorder: {},
  /** An answer has the uuid of no role. */
  WrongUuid: {},
  /** The reply is larger than clients take. */
  Oversize: {},
  /** The reply is no message. */
  Garbage: {},
  /** All connections are told to go away once their calls are done. */
  GoAway: {}
})
export type Fault = typeof Fault.Type

/** A fault and its share of the calls. */
export interface Chance {
  readonly fault: Fault
  readonly share: number
}

/** No such fault is known. */
export class UnknownFault extends Schema.TaggedError<UnknownFault>()("UnknownFault", { text: Schema.String }) {
  override get message() {
    return `"${this.text}" is no fault: give latency=50ms, a status such as UNAVAILABLE or RESOURCE_EXHAUSTED=2s, drop=0.1, reorder, wrong-uuid, oversize, garbage or goaway, each with a share such as :0.05 if it is not for every call`
  }
}

/** The faults of a text; an empty one has none. */
export const parse = (text: string): Result.Result<ReadonlyArray<Chance>, UnknownFault> =>
  Result.all(
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(chance)
  )

/** The faults of a call; `random` gives numbers from 0 to 1. */
export const drawn = (chances: ReadonlyArray<Chance>, random: () => number): ReadonlyArray<Fault> =>
  chances.filter(({ share }) => random() < share).map(({ fault }) => fault)

const chance = (text: string): Result.Result<Chance, UnknownFault> => {
  const [, name, value, share] = /^([\w-]+)(?:=([^:]+))?(?::([\d.]+))?$/.exec(text) ?? []
  const fault = name === undefined ? undefined : faultOf(name, value)
  const of = share === undefined ? 1 : Number(share)
  return fault === undefined || !(of >= 0 && of <= 1)
    ? Result.fail(new UnknownFault({ text }))
    : Result.succeed({ fault, share: of })
}

const faultOf = (name: string, value: string | undefined): Fault | undefined => {
  const millis = value === undefined ? undefined : millisOf(value)
  if (name === "latency") return millis === undefined ? undefined : { _tag: "Latency", millis }
  if (statuses.has(name)) {
    if (value === undefined) return { _tag: "Status", code: name }
    return millis === undefined ? undefined : { _tag: "Status", code: name, pushbackMillis: millis }
  }
  if (name === "drop") {
    const share = Number(value ?? 0.5)
    return share >= 0 && share <= 1 ? { _tag: "Drop", share } : undefined
  }
  if (value !== undefined) return undefined
  return plain.get(name)
}

/** Of gRPC, without OK. */
const statuses: ReadonlySet<string> = new Set([
  ...["CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED"],
  ...["INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"]
])

const plain: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["reorder", { _tag: "Reorder" }],
  ["wrong-uuid", { _tag: "WrongUuid" }],
  ["oversize", { _tag: "Oversize" }],
  ["garbage", { _tag: "Garbage" }],
  ["goaway", { _tag: "GoAway" }]
])

/** `50ms`, `2s`, `1h`. */
const millisOf = (text: string): number | undefined => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|h)$/.exec(text) ?? []
  return amount === undefined ? undefined : Number(amount) * (unit === "ms" ? 1 : unit === "s" ? 1000 : 3_600_000)
}
