/**
 * The attempts at a step until its partitions are made or given up.
 *
 * The policy of the asset says what follows an error. When nothing does, and the
 * data of single partitions can be the reason, the partitions are tried in
 * halves, so that one bad day fails that day and not the quarter.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Asset from "../definition/Asset.ts"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { RunId, StepError } from "../event/Run.ts"
import * as Attempts from "./Attempts.ts"
import * as DataError from "./DataError.ts"
import type { RunRecorder } from "./RunRecorder.ts"
import * as StepFailure from "./StepFailure.ts"
import type * as StepRunner from "./StepRunner.ts"

/** What came of some of the step's partitions. */
export type Piece =
  | { readonly _tag: "Made"; readonly made: StepRunner.Made }
  | { readonly _tag: "Failed"; readonly partitions: PartitionSet.PartitionSet; readonly error: StepError }

export interface Trying<E, R> {
  readonly runId: RunId
  readonly step: number
  readonly source: Asset.Computation
  readonly recorder: RunRecorder
  /** One attempt, which says of itself that it has started. */
  readonly attempt: (partitions: PartitionSet.PartitionSet, number: number) => Effect.Effect<StepRunner.Made, E, R>
}

/** Every partition is in one piece, made or failed. */
export const perform = <E, R>(
  self: Trying<E, R>,
  partitions: PartitionSet.PartitionSet
): Effect.Effect<ReadonlyArray<Piece>, never, R> => {
  const ledger: Ledger = { number: 0, isMade: false, alike: new Map() }
  return Attempts.withinTotal(self.source, pieces(self, ledger, partitions), (timeout) =>
    Effect.map(note(self, ledger.number, Cause.fail(timeout), Option.none()), (error) => [
      { _tag: "Failed", partitions, error }
    ])
  )
}

/** What is known of the attempts at a step so far. */
interface Ledger {
  /** Of the last attempt. */
  number: number
  isMade: boolean
  /** How many single partitions failed with a message. */
  readonly alike: Map<string, number>
}

const pieces: <E, R>(
  self: Trying<E, R>,
  ledger: Ledger,
  partitions: PartitionSet.PartitionSet
) => Effect.Effect<ReadonlyArray<Piece>, never, R> = Effect.fnUntraced(function* (self, ledger, partitions) {
  let policy: Attempts.Attempts | undefined
  for (let count = 1; ; count++) {
    const number = ++ledger.number
    const exit = yield* Effect.exit(self.attempt(partitions, number))
    if (Exit.isSuccess(exit)) {
      ledger.isMade = true
      return [{ _tag: "Made", made: exit.value }]
    }
    policy ??= Attempts.make(self.source)
    const retry = yield* policy.next(count, exit.cause)
    const error = yield* note(self, number, exit.cause, retry)
    if (Option.isSome(retry)) {
      yield* Effect.sleep(retry.value)
      continue
    }
    const failed: Piece = { _tag: "Failed", partitions, error }
    if (!DataError.is(self.source, exit.cause)) return [failed]
    if (PartitionSet.size(partitions) > 1) return yield* halves(self, ledger, failed)
    ledger.alike.set(error.message, (ledger.alike.get(error.message) ?? 0) + 1)
    return [failed]
  }
})

const halves = Effect.fnUntraced(function* <E, R>(
  self: Trying<E, R>,
  ledger: Ledger,
  whole: Extract<Piece, { readonly _tag: "Failed" }>
) {
  const size = Math.ceil(PartitionSet.size(whole.partitions) / 2)
  const [first, second] = PartitionSet.chunks(whole.partitions, size)
  const before = yield* pieces(self, ledger, first!)
  const isHopeless = !ledger.isMade && (ledger.alike.get(whole.error.message) ?? 0) >= enough
  const after: ReadonlyArray<Piece> = isHopeless
    ? [{ ...whole, partitions: second! }]
    : yield* pieces(self, ledger, second!)
  return [...before, ...after]
})

/**
 * If nothing was made and so many single partitions failed with the words with
 * which all failed together, it is not the data of one: the others are not tried.
 */
const enough = 3

const note = Effect.fnUntraced(function* <E, R>(
  { recorder, runId, step }: Trying<E, R>,
  attempt: number,
  cause: Cause.Cause<unknown>,
  retry: Option.Option<Duration.Duration>
) {
  const at = yield* Clock.currentTimeMillis
  const error = StepFailure.fromCause(cause)
  const retryAt = Option.match(retry, { onNone: () => null, onSome: (delay) => at + Duration.toMillis(delay) })
  yield* recorder.note([{ _tag: "AttemptFailed", runId, at, step, attempt, error, retryAt }])
  return error
})
