/**
 * Performs isolated steps on threads and in processes that are kept warm.
 *
 * A side performs one step at a time. One that is idle for half a minute is
 * ended, as are all at the end of the scope. What was interrupted is not used
 * again: its finalizers get a second, then it is ended by force.
 */
import { totalmem } from "node:os"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { Isolated } from "../definition/Isolation.ts"
import * as ChildSide from "./ChildSide.ts"
import * as Guardian from "./Guardian.ts"
import * as IsolatedConversation from "./IsolatedConversation.ts"
import type { IsolatedSide, Launch } from "./IsolatedSide.ts"
import * as ProcessFolder from "../record/ProcessFolder.ts"
import * as ProcessGroup from "./ProcessGroup.ts"
import { type Hosted, StepHost } from "./StepHost.ts"
import * as StepRequest from "./StepRequest.ts"
import * as ThreadSide from "./ThreadSide.ts"

/** Sides are started as the launch says, with the first step that needs one. */
export const layer = (launch: Launch): Layer.Layer<never, never, FileSystem.FileSystem> =>
  Layer.effect(StepHost, make(launch))

const make = Effect.fnUntraced(function* (launch: Launch) {
  const scope = yield* Effect.scope
  const fs = yield* FileSystem.FileSystem
  const folder = yield* ProcessFolder.name
  const marked = `${process.pid}.${(yield* Random.nextIntBetween(0, 36 ** 6)).toString(36)}`
  const guardian = yield* Guardian.make(`${marked}.`)
  const living = new Set<Warm>()
  const idle = new Map<string, Array<Warm>>()
  let count = 0

  const start = Effect.fnUntraced(function* (isolation: Isolated) {
    const name = `${marked}.${count++}`
    const scratch = `${launch.scratch}/${folder}-${name}`
    const limits = {
      memory: memoryOf(isolation),
      env: { ...engineSettings(launch, memoryOf(isolation)), STRATA_DUCKDB_TEMP: scratch, [ProcessGroup.mark]: name }
    }
    const side = yield* isolation._tag === "Process"
      ? ChildSide.start(launch, limits, guardian)
      : ThreadSide.start(launch, limits)
    const warm: Warm = { side, scratch, kind: kindOf(isolation), isReady: false, expiry: undefined }
    living.add(warm)
    return warm
  })

  const end = Effect.fnUntraced(function* (warm: Warm, patience: number) {
    living.delete(warm)
    yield* warm.side.end(patience)
    yield* Effect.ignore(fs.remove(warm.scratch, { recursive: true, force: true }))
  }, Effect.uninterruptible)

  const take = (isolation: Isolated): Effect.Effect<Warm> => {
    const warm = idle.get(kindOf(isolation))?.pop()
    if (warm === undefined) return start(isolation)
    const unused = warm.expiry === undefined ? Effect.void : Fiber.interrupt(warm.expiry)
    return Effect.andThen(
      unused,
      warm.side.isOver()
        ? Effect.andThen(
            end(warm, 0),
            Effect.suspend(() => take(isolation))
          )
        : Effect.succeed(warm)
    )
  }

  const expire = (warm: Warm) =>
    Effect.andThen(
      Effect.sleep(idleFor),
      Effect.suspend(() => {
        const waiting = idle.get(warm.kind) ?? []
        const index = waiting.indexOf(warm)
        if (index < 0) return Effect.void
        waiting.splice(index, 1)
        return end(warm, patience)
      })
    )

  const giveBack = Effect.fnUntraced(function* (warm: Warm) {
    const waiting = idle.get(warm.kind) ?? []
    idle.set(warm.kind, waiting)
    waiting.push(warm)
    warm.expiry = yield* Effect.forkIn(expire(warm), scope)
  })

  const perform = Effect.fnUntraced(function* (isolation: Isolated, hosted: Hosted) {
    const request = yield* StepRequest.make(hosted)
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const warm = yield* take(isolation)
        const conversation = yield* IsolatedConversation.make(warm.side, request.asset)
        const exit = yield* Effect.exit(restore(conversation.perform(request, warm.isReady)))
        if (conversation.isAnswered()) {
          warm.isReady = true
          yield* giveBack(warm)
        } else {
          if (Exit.hasInterrupts(exit)) yield* conversation.stop
          yield* end(warm, conversation.isAnswered() ? patience : 0)
        }
        return yield* exit
      })
    )
  })

  yield* Effect.addFinalizer(() =>
    Effect.forEach([...living], (warm) => end(warm, patience), { concurrency: "unbounded", discard: true })
  )
  return { perform }
})

/** A side between its steps. */
interface Warm {
  readonly side: IsolatedSide
  readonly scratch: string
  readonly kind: string
  isReady: boolean
  expiry: Fiber.Fiber<void> | undefined
}

const idleFor = "30 seconds"

/** How many milliseconds a side that has nothing to do may take to end. */
const patience = 300

/** Steps of one kind can be performed by one side after the other. */
const kindOf = (isolation: Isolated): string => `${isolation._tag} ${memoryOf(isolation) ?? ""}`

const memoryOf = (isolation: Isolated): number | undefined =>
  isolation._tag === "Process" ? isolation.memory : undefined

/** The engine gets half of what the body may use, or of the machine's memory; never more than the run's own. */
const engineSettings = ({ env }: Launch, memory: number | undefined): Readonly<Record<string, string>> => {
  const machine = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())
  const ofRun = Option.map(ByteSize.fromString(env.STRATA_DUCKDB_MEMORY ?? ""), Number)
  const bytes = Math.min(
    (memory ?? machine / 2) / 2,
    Option.getOrElse(ofRun, () => Number.POSITIVE_INFINITY)
  )
  return { STRATA_DUCKDB_MEMORY: `${Math.max(16, Math.floor(bytes / 2 ** 20))} MiB` }
}
