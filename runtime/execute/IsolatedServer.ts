/**
 * Performs steps for a run that is elsewhere, one at a time: in the thread or
 * process that has the definitions and their resources warm.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import type { Severity } from "effect/LogLevel"
import * as Queue from "effect/Queue"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as ErrorMessage from "../definition/ErrorMessage.ts"
import type * as Asset from "../definition/Asset.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import type { IOManager } from "../definition/IOManager.ts"
import { Waiting } from "../definition/Waiting.ts"
import type { FromSide, ToSide } from "./IsolatedMessage.ts"
import * as PortableCause from "./PortableCause.ts"
import * as ResourceUsage from "./ResourceUsage.ts"
import * as StepRequest from "./StepRequest.ts"
import * as StepWork from "./StepWork.ts"

/** The code of an asset was changed after the run began. */
export class CodeChanged extends Schema.TaggedError<CodeChanged>()("CodeChanged", { asset: AssetKey }) {
  override get message() {
    return `the code of ${this.asset} changed while the run went on: run strata retry`
  }
}

/** What a body said of its step, such as metadata, is no data. */
export class AnswerNotSent extends Schema.TaggedError<AnswerNotSent>()("AnswerNotSent", {
  asset: AssetKey,
  cause: Schema.Defect()
}) {
  override get message() {
    const reason = ErrorMessage.of(this.cause)
    return `what the body of ${this.asset} said of its step cannot be sent to the run, ${reason}: its metadata may hold only data`
  }
}

/** The way to the run. */
export interface Port {
  readonly send: (message: FromSide) => void
  readonly receive: (listener: (message: ToSide) => void) => void
}

export interface Served {
  readonly assets: ReadonlyMap<AssetKey, Asset.Any>
  /** The code that was loaded, as far as it is known. */
  readonly codeVersions: ReadonlyMap<AssetKey, string>
  readonly resources: Context.Context<never>
  /** What reads and writes objects. */
  readonly engine: Context.Context<IOManager>
  /** Whether nothing else runs in this process, so that what it costs is what the step costs. */
  readonly isAlone: boolean
}

/** Makes ready, and performs what it is asked to until no step comes any more. */
export const serve = Effect.fnUntraced(function* <E, R>(port: Port, load: Effect.Effect<Served, E, R>) {
  const inbox = yield* Queue.unbounded<ToSide>()
  port.receive((message) => void Queue.offerUnsafe(inbox, message))
  const loaded = yield* Effect.exit(load)
  if (Exit.isFailure(loaded)) {
    return port.send({ _tag: "Unready", cause: PortableCause.fromCause(loaded.cause) })
  }
  port.send({ _tag: "Ready" })
  yield* Effect.scoped(answerAll(port, inbox, loaded.value))
})

/** No step goes on when it is over: resources are closed then. */
const answerAll = Effect.fnUntraced(function* (port: Port, inbox: Queue.Dequeue<ToSide>, served: Served) {
  const waits = waitsOf(port)
  const scope = yield* Effect.scope
  let step: Fiber.Fiber<void> | undefined
  for (;;) {
    const message = yield* Queue.take(inbox)
    switch (message._tag) {
      case "Perform":
        step = yield* performStep(port, served, message).pipe(
          Effect.provideService(Waiting, waits.waiting),
          Effect.forkIn(scope)
        )
        break
      case "Interrupt":
        port.send({ _tag: "Stopping" })
        if (step !== undefined) yield* Effect.forkIn(Fiber.interrupt(step), scope)
        break
      case "End":
        return
      case "Resumed":
        yield* waits.resume(message.wait)
        break
    }
  }
})

/** Interrupted, it answers when the finalizers of the body have run. */
const performStep = (
  port: Port,
  served: Served,
  { logLevel, request }: Extract<ToSide, { readonly _tag: "Perform" }>
) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.scoped(restore(perform(served, request))).pipe(
      Effect.provideService(Logger.CurrentLoggers, new Set([logger(port)])),
      Effect.provideService(References.MinimumLogLevel, logLevel),
      Effect.exit,
      Effect.flatMap((exit) => answer(port, request.asset, exit))
    )
  )

const perform = Effect.fnUntraced(function* (served: Served, request: StepRequest.StepRequest) {
  const known = served.codeVersions.get(request.asset)
  if (known !== undefined && known !== request.codeVersion) return yield* new CodeChanged({ asset: request.asset })
  const clock = yield* Clock.Clock
  const started = ResourceUsage.start(clock)
  const work = StepRequest.toWork(request, (key) => served.assets.get(key)!)
  const performed = yield* Effect.scoped(Effect.provideContext(StepWork.perform(work, served.resources), served.engine))
  if (!served.isAlone) return performed
  const { "strata/wall": _, ...usage } = ResourceUsage.since(started, clock)
  return { ...performed, usage } satisfies StepWork.Performed
})

const answer = (port: Port, asset: AssetKey, exit: Exit.Exit<StepWork.Performed, unknown>) =>
  Effect.try({
    try: () =>
      port.send(
        Exit.isSuccess(exit)
          ? { _tag: "Done", performed: exit.value }
          : { _tag: "Failed", cause: PortableCause.fromCause(exit.cause) }
      ),
    catch: (cause) => new AnswerNotSent({ asset, cause })
  }).pipe(
    Effect.catch((error) =>
      Effect.sync(() => port.send({ _tag: "Failed", cause: PortableCause.fromCause(Cause.fail(error)) }))
    )
  )

/** Sends every entry before the body goes on. */
const logger = (port: Port) =>
  Logger.make<unknown, void>(({ cause, fiber, logLevel, message }) =>
    port.send({
      _tag: "Logged",
      level: logLevel as Severity,
      words: (Array.isArray(message) ? message : [message]).map((word) => PortableCause.portable(word)),
      annotations: PortableCause.portable(fiber.getRef(References.CurrentLogAnnotations)) as Readonly<
        Record<string, unknown>
      >,
      cause: PortableCause.fromCause(cause)
    })
  )

/** Lets the run know what the body waits for, and go on when the run says so. */
const waitsOf = (port: Port) => {
  const resumed = new Map<number, Deferred.Deferred<void>>()
  let count = 0
  const begin = (what: string) =>
    Effect.map(Deferred.make<void>(), (deferred) => {
      const wait = count++
      resumed.set(wait, deferred)
      port.send({ _tag: "Waits", wait, what })
      return { wait, deferred }
    })
  const waiting: Waiting = {
    during: (what) => (self) =>
      Effect.acquireUseRelease(
        begin(what),
        ({ deferred, wait }) =>
          Effect.flatMap(self, (value) => {
            port.send({ _tag: "WaitEnded", wait })
            return Effect.as(Deferred.await(deferred), value)
          }),
        ({ wait }, exit) =>
          Effect.sync(() => {
            resumed.delete(wait)
            if (Exit.isFailure(exit)) port.send({ _tag: "WaitEnded", wait })
          })
      )
  }
  const resume = (wait: number) => {
    const deferred = resumed.get(wait)
    return deferred === undefined ? Effect.void : Deferred.succeed(deferred, undefined)
  }
  return { waiting, resume }
}
