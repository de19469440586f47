/**
 * Closes runs whose process is gone, or has said nothing for longer than their
 * lease, and removes what they left.
 *
 * A living process that is late gets a second look: after a suspension of the
 * machine, or a step of its clock, everybody is late for a moment.
 */
import * as Clock from "effect/Clock"
import type * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Run, RunId } from "../event/Run.ts"
import * as Lease from "./Lease.ts"
import { ObjectStore } from "./ObjectStore.ts"
import * as ProcessLiveness from "./ProcessLiveness.ts"
import { RunLedger } from "./RunLedger.ts"
import type { StateError } from "./StateError.ts"

/** A run that was closed, and how its process stood. */
export interface Lost {
  readonly run: Run
  readonly liveness: ProcessLiveness.Liveness
}

type Closed = Effect.Effect<ReadonlyArray<Lost>, StateError | Config.ConfigError, RunLedger | ObjectStore>

/** Closes those that are lost now. */
export const close: Closed = Effect.gen(function* () {
  const lease = yield* Lease.duration
  const { late, lost } = yield* look(lease, isSure)
  if (late) yield* Effect.sleep(Duration.times(Lease.beat(lease), 2))
  const later = late ? (yield* look(lease, (liveness) => liveness !== "Alive")).lost : []
  yield* Effect.ignore(sweep)
  return [...lost, ...later]
}).pipe(Effect.withSpan("LostRuns.close"))

/** Closes, again and again, those that are lost by then. It does not end. */
export const watch = <R>(
  tell: (lost: ReadonlyArray<Lost>) => Effect.Effect<void, never, R>
): Effect.Effect<never, Config.ConfigError, R | RunLedger | ObjectStore> =>
  Effect.gen(function* () {
    const every = Lease.watch(yield* Lease.duration)
    // A state that cannot be written now fails the run itself, or can be written the next time.
    const once = Effect.ignore(Effect.flatMap(close, tell))
    return yield* Effect.andThen(
      Effect.sleep(every),
      Effect.andThen(Effect.repeat(once, Schedule.spaced(every)), Effect.never)
    )
  })

const isSure = (liveness: ProcessLiveness.Liveness): boolean => liveness === "Gone" || liveness === "Stopped"

const look = Effect.fnUntraced(function* (
  lease: Duration.Duration,
  isLost: (liveness: ProcessLiveness.Liveness) => boolean
) {
  const ledger = yield* RunLedger
  const judge = yield* ProcessLiveness.judge(lease)
  const seen = new Map<RunId, ProcessLiveness.Liveness>()
  const isAlive = (run: Run) => {
    const liveness = judge(run)
    seen.set(run.id, liveness)
    return !isLost(liveness)
  }
  const closed = yield* ledger.closeDead(isAlive, yield* Clock.currentTimeMillis)
  const lost = closed.map((run): Lost => ({ run, liveness: seen.get(run.id)! }))
  return { lost, late: [...seen.values()].includes("Late") }
})

/** Of runs that have ended: one that was closed may have written on, and been killed, since. */
const sweep = Effect.gen(function* () {
  const runs = yield* RunLedger.use((ledger) => ledger.list(swept))
  const ended = new Set(runs.flatMap(({ id, status }) => (status === "Started" ? [] : [id])))
  yield* ObjectStore.use((store) => store.sweep((id) => ended.has(id)))
})

/** How many of the newest runs may have left something. */
const swept = 100
