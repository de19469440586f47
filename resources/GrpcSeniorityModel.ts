/**
 * The seniority model of a server, asked by gRPC in batches.
 *
 * It is asked no faster than its limit, over all processes that share a store
 * of limits. Nothing is connected before the first role is asked.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { RateLimiter } from "effect/persistence/RateLimiter"
import type { Role } from "./Role.ts"
import type { Seniority } from "./Seniority.ts"
import * as RateLimit from "./RateLimit.ts"
import * as SeniorityModel from "./SeniorityModel.ts"
import * as Calls from "./seniority/Calls.ts"
import * as Channel from "./seniority/Channel.ts"
import * as Protocol from "./seniority/Protocol.ts"
import * as Replies from "./seniority/Replies.ts"
import * as RetryBudget from "./seniority/RetryBudget.ts"
import * as Settings from "./seniority/Settings.ts"

export interface Options extends Settings.Settings {
  readonly keepalive?: Channel.Options["keepalive"]
}

export const layer = (options: Options): Layer.Layer<SeniorityModel.SeniorityModel, never, RateLimiter> =>
  Layer.effect(SeniorityModel.SeniorityModel, make(options))

/** A connection that ends with the scope. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const calls: Calls.Calls = {
    channel: yield* Channel.make(options),
    limit: yield* RateLimit.make({ name: "seniority model", limit: options.rate, per: options.per }),
    budget: RetryBudget.make()
  }
  const atOnce = yield* Semaphore.make(options.calls)

  const ask = Effect.fnUntraced(function* (asked: ReadonlyArray<Protocol.Asked>, time: Calls.TimeLeft) {
    const request = Protocol.encodeRequest(asked)
    if (request.length > Protocol.largest) {
      return yield* new SeniorityModel.MessageTooLarge({ reason: `${request.length} bytes for ${asked.length} roles` })
    }
    const tokens = options.unit === "roles" ? asked.length : 1
    const reply = yield* Calls.perform(calls, request, tokens, time)
    return yield* Effect.fromResult(read(asked, reply))
  })

  const infer = Effect.fnUntraced(function* (asked: ReadonlyArray<Protocol.Asked>) {
    const time = { millis: options.timeoutMillis }
    const retries = yield* SeniorityModel.Retries
    const answers = new Map<number, Seniority>()
    let open = asked
    let fruitless = 0
    while (open.length > 0) {
      if (fruitless === rounds) {
        const reason = `${open.length} of ${asked.length} roles were left out ${rounds} times in a row`
        return yield* new SeniorityModel.BadReply({ reason })
      }
      if (open !== asked || fruitless > 0) retries.count()
      const matched = yield* ask(open, time)
      fruitless = matched.answers.size === 0 ? fruitless + 1 : 0
      for (const [uuid, seniority] of matched.answers) answers.set(uuid, seniority)
      open = matched.missing
    }
    return asked.map(({ uuid }) => answers.get(uuid)!)
  })

  return SeniorityModel.SeniorityModel.of({
    version: options.version,
    batch: Settings.batch(options),
    infer: Effect.fn("SeniorityModel.infer")(function* (roles) {
      const parts = messages(roles, options.batch)
      const answers = yield* Effect.forEach(parts, (part) => atOnce.withPermit(infer(part)))
      return answers.flat()
    })
  })
})

/** How often in a row nothing may be answered of what is asked. */
const rounds = 3

const read = (asked: ReadonlyArray<Protocol.Asked>, bytes: Uint8Array) =>
  Result.try({ try: () => Protocol.decodeReply(bytes), catch: (error) => `bytes that are no reply: ${error}` }).pipe(
    Result.flatMap((reply) => Replies.match(asked, reply)),
    Result.mapError((reason) => new SeniorityModel.BadReply({ reason }))
  )

/** The roles in batches whose messages are small enough; one that is too large by itself stays alone. */
const messages = (roles: ReadonlyArray<Role>, most: number): ReadonlyArray<ReadonlyArray<Protocol.Asked>> => {
  const parts: Array<Array<Protocol.Asked>> = []
  let size = 0
  for (const [uuid, { company, title }] of roles.entries()) {
    const bytes = Buffer.byteLength(company) + Buffer.byteLength(title) + overhead
    const last = parts.at(-1)
    if (last === undefined || last.length === most || size + bytes > Protocol.largest) {
      parts.push([{ uuid, company, title }])
      size = bytes
    } else {
      last.push({ uuid, company, title })
      size += bytes
    }
  }
  return parts
}

/** The most bytes that a role takes beside its texts. */
const overhead = 32
