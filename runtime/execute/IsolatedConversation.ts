/**
 * One step, told to a side: what it logs and waits for on the way is passed on
 * as if the body ran here.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as References from "effect/References"
import type { AssetKey } from "../definition/AssetKey.ts"
import { Waiting } from "../definition/Waiting.ts"
import { type Answer, type FromSide, isAnswer, type Logged } from "./IsolatedMessage.ts"
import type { IsolatedSide } from "./IsolatedSide.ts"
import * as PortableCause from "./PortableCause.ts"
import { StepCrashed } from "./StepCrashed.ts"
import type { StepRequest } from "./StepRequest.ts"
import type { Performed } from "./StepWork.ts"

export interface IsolatedConversation {
  /** Waits until the side is ready, unless it is warm, and for what comes of the step. */
  readonly perform: (request: StepRequest, isReady: boolean) => Effect.Effect<Performed, unknown>
  /** Whether the side said how the step ended: then it can take another one. */
  readonly isAnswered: () => boolean
  /** Interrupts the body and waits for its finalizers, for a second at most. */
  readonly stop: Effect.Effect<void>
}

export const make = Effect.fnUntraced(function* (side: IsolatedSide, asset: AssetKey) {
  const waiting = yield* Waiting
  const waits = new Map<number, Deferred.Deferred<void>>()
  let hasBegun = false
  let isAnswered = false

  /** What it says next that is not only passed on. */
  const next: Effect.Effect<Exclude<FromSide, Passed>, StepCrashed> = Effect.gen(function* () {
    for (;;) {
      const message = yield* Effect.mapError(
        Queue.take(side.messages),
        ({ code, reason, signal }) => new StepCrashed({ asset, side: side.kind, reason, code, signal })
      )
      switch (message._tag) {
        case "Logged":
          yield* relog(message)
          break
        case "Waits":
          yield* wait(message.wait, message.what)
          break
        case "WaitEnded":
          yield* Deferred.succeed(waits.get(message.wait)!, undefined)
          break
        case "Ready":
        case "Unready":
        case "Stopping":
        case "Done":
        case "Failed":
          return message
      }
    }
  })

  const wait = Effect.fnUntraced(function* (number: number, what: string) {
    const over = yield* Deferred.make<void>()
    waits.set(number, over)
    yield* waiting
      .during(what)(Deferred.await(over))
      .pipe(Effect.andThen(side.send({ _tag: "Resumed", wait: number })), Effect.forkChild({ startImmediately: true }))
  })

  const answer: Effect.Effect<Answer, StepCrashed> = Effect.gen(function* () {
    for (;;) {
      const message = yield* next
      if (!isAnswer(message)) continue
      isAnswered = true
      return message
    }
  })

  const becomeReady = Effect.gen(function* () {
    const message = yield* next
    if (message._tag === "Unready") return yield* Effect.failCause(PortableCause.toCause(message.cause))
  })

  const perform = Effect.fnUntraced(function* (request: StepRequest, isReady: boolean) {
    if (isReady) yield* Effect.ignore(Queue.clear(side.messages))
    else yield* waiting.during(`a ${side.kind} of its own`)(becomeReady)
    hasBegun = true
    yield* side.send({ _tag: "Perform", request, logLevel: yield* References.MinimumLogLevel })
    const message = yield* answer
    return message._tag === "Done" ? message.performed : yield* Effect.failCause(PortableCause.toCause(message.cause))
  })

  const stop = Effect.gen(function* () {
    if (!hasBegun) return
    yield* side.send({ _tag: "Interrupt" })
    const heard = yield* within("500 millis", next)
    if (Option.isSome(heard) && !isAnswer(heard.value)) yield* within("500 millis", answer)
  })

  return { perform, stop, isAnswered: () => isAnswered } satisfies IsolatedConversation as IsolatedConversation
})

/** What is only passed on. */
type Passed = Extract<FromSide, { readonly _tag: "Logged" | "Waits" | "WaitEnded" }>

const within = <A>(
  millis: `${number} millis`,
  effect: Effect.Effect<A, StepCrashed>
): Effect.Effect<Option.Option<A>> =>
  Effect.option(Effect.timeoutOption(Effect.interruptible(effect), millis)).pipe(Effect.map(Option.flatten))

const relog = ({ annotations, cause, level, words }: Logged): Effect.Effect<void> => {
  const reasons = cause.length === 0 ? [] : [PortableCause.toCause(cause)]
  return Effect.annotateLogs(Effect.logWithLevel(level)(...words.map(PortableCause.revived), ...reasons), annotations)
}
