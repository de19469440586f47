/**
 * The end of steps: what their attempts made is published, together with what is
 * to be recorded of them.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Event, PartitionFailure } from "../event/Event.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { Run, RunId, StepError } from "../event/Run.ts"
import type { Step } from "../plan/RunPlan.ts"
import type { LeaseLost, Publication, StoredObject } from "../record/Catalog.ts"
import type { StateError } from "../record/StateError.ts"
import type { Without } from "./NotMade.ts"
import type { RunRecorder } from "./RunRecorder.ts"
import type { RunState } from "./RunState.ts"
import type { Piece } from "./StepAttempts.ts"
import * as StepFailure from "./StepFailure.ts"
import * as StepMetadata from "./StepMetadata.ts"
import * as StepRunner from "./StepRunner.ts"

export interface StepEnd {
  readonly step: Step
  /** What came of its partitions; nothing where it had none to make. */
  readonly pieces: ReadonlyArray<Piece>
  /** What was left out. */
  readonly without: Without | undefined
}

export interface Recording {
  readonly recorder: RunRecorder
  readonly run: Run
  readonly state: RunState
}

/**
 * Publishes and records steps as one; returns, of each, the partitions that failed. If another run has overtaken one
 * of them, each is recorded alone. Not interrupted, it ends as a whole.
 */
export const record: (
  self: Recording,
  ends: ReadonlyArray<StepEnd>
) => Effect.Effect<ReadonlyArray<PartitionSet.PartitionSet>, LeaseLost | StateError> = Effect.fnUntraced(function* (
  self,
  ends
) {
  const at = yield* Clock.currentTimeMillis
  const all = ends.map((end) => conclude(self, at, end))
  const candidates = all.flatMap((each) => each.candidates)
  const events = all.flatMap((each) => each.events)
  const failed = all.map((each) => failedOf(each.failures))
  if (candidates.length === 0) {
    yield* self.recorder.record(events)
    return failed
  }
  return yield* self.recorder.publish(publication(self, candidates, events)).pipe(
    Effect.map(() => {
      for (const { object, partitions, versions } of candidates) {
        self.state.published(object, PartitionVersions.restrict(versions, partitions))
      }
      return failed
    }),
    Effect.catchTag("PublicationConflict", (conflict) =>
      ends.length > 1
        ? Effect.map(
            Effect.forEach(ends, (end) => record(self, [end]), { concurrency: "unbounded" }),
            (failed) => failed.flat()
          )
        : Effect.map(refused(self, at, all[0]!, StepFailure.fromError(conflict)), (failed) => [failed])
    )
  )
}, Effect.uninterruptible)

/** An object, and the partitions of it that are published. */
interface Candidate {
  readonly object: StoredObject
  readonly versions: PartitionVersions.PartitionVersions
  readonly partitions: PartitionSet.PartitionSet
}

/** What is to be published and recorded of a step. */
interface Conclusion {
  readonly end: StepEnd
  readonly made: ReadonlyArray<StepRunner.Made>
  readonly failures: ReadonlyArray<PartitionFailure>
  readonly candidates: ReadonlyArray<Candidate>
  readonly events: ReadonlyArray<Event>
}

const conclude = ({ run }: Recording, at: number, end: StepEnd): Conclusion => {
  const made = end.pieces.flatMap((piece) => (piece._tag === "Made" ? [piece.made] : []))
  const failures = end.pieces.flatMap(failuresOf)
  const of = { runId: run.id, at, step: end.step.index }
  const events = end.pieces.length === 0 ? [nothingToDo(end, of)] : eventsOf(end, of, made, failures)
  return { end, made, failures, candidates: made.flatMap(candidatesOf), events }
}

const candidatesOf = (made: StepRunner.Made): ReadonlyArray<Candidate> =>
  made.outputs.map((output) => {
    const partitions = StepRunner.publishable(made, output)
    if (partitions === output.object.partitions) return { ...output, partitions }
    const rejected = PartitionSet.difference(output.object.partitions, partitions)
    return { object: { ...output.object, rejected }, partitions, versions: output.versions }
  })

const publication = (
  { run, state }: Recording,
  outputs: ReadonlyArray<Candidate>,
  events: ReadonlyArray<Event>
): Publication => ({
  runId: run.id,
  fencingToken: run.fencingToken,
  environment: run.environment,
  candidates: outputs.map(({ object }) => object),
  objects: outputs.map(({ object: { asset, id }, partitions }) => ({
    id,
    asset,
    partitions,
    replaces: state.pieces(asset, partitions).map(({ live, object }) => ({ object: object.id, partitions: live }))
  })),
  events
})

/**
 * Nothing of what was made can be published. Its partitions have not failed: how they stand says the run that
 * published some of them.
 */
const refused = Effect.fnUntraced(function* (
  { recorder, run }: Recording,
  at: number,
  { end: { pieces, step }, failures, made }: Conclusion,
  error: StepError
) {
  const of = { runId: run.id, at, step: step.index }
  const partitions = failedOf(failures)
  yield* recorder.record([
    ...made.map(({ number }): Event => ({ _tag: "AttemptFailed", ...of, attempt: number, error, retryAt: null })),
    { _tag: "StepFailed", ...of, assets: step.assets, partitions }
  ])
  return PartitionSet.unionAll(pieces.map(partitionsOf))
})

const partitionsOf = (piece: Piece): PartitionSet.PartitionSet =>
  piece._tag === "Failed"
    ? piece.partitions
    : PartitionSet.unionAll([
        ...piece.made.outputs.slice(0, 1).map(({ object }) => object.partitions),
        PartitionSet.fromOrdinals(piece.made.failed.keys())
      ])

/** The partitions that failed in a piece; those that failed with the same words together. */
const failuresOf = (piece: Piece): ReadonlyArray<PartitionFailure> => {
  if (piece._tag === "Failed") return [piece]
  if (piece.made.failed.size === 0) return []
  const byMessage = Map.groupBy(piece.made.failed, ([, { message, tag }]) => `${tag} ${message}`)
  return [...byMessage.values()].map((failures) => ({
    partitions: PartitionSet.fromOrdinals(failures.map(([ordinal]) => ordinal)),
    error: failures[0]![1]
  }))
}

const failedOf = (failures: ReadonlyArray<PartitionFailure>): PartitionSet.PartitionSet =>
  PartitionSet.unionAll(failures.map(({ partitions }) => partitions))

/** What every event of a step says. */
interface OfStep {
  readonly runId: RunId
  readonly at: number
  readonly step: number
}

/** All its partitions are up to date after all, or need some that were not made. */
const nothingToDo = ({ without }: StepEnd, of: OfStep): Event =>
  without === undefined ? { _tag: "StepUnchanged", ...of } : { _tag: "StepSkipped", ...of, because: without.because }

/** An attempt that gave some partitions up has failed, and what it made of the others is kept. */
const eventsOf = (
  { step, without }: StepEnd,
  of: OfStep,
  made: ReadonlyArray<StepRunner.Made>,
  failures: ReadonlyArray<PartitionFailure>
): ReadonlyArray<Event> => {
  const checked = made.flatMap(({ checks, number }): ReadonlyArray<Event> => {
    return checks.length === 0 ? [] : [{ _tag: "ChecksEvaluated", ...of, attempt: number, results: checks }]
  })
  const whole = made.filter(({ failed }) => failed.size === 0)
  const parts = whole.map(({ metadata, number }) => ({ attempt: number, metadata }))
  const last = parts.at(-1)
  if (failures.length === 0 && last !== undefined) {
    const metadata = parts.length === 1 ? last.metadata : StepMetadata.sum(parts.map(({ metadata }) => metadata))
    return [
      ...checked,
      {
        _tag: "StepSucceeded",
        ...of,
        attempt: last.attempt,
        metadata,
        ...(parts.length === 1 ? {} : { parts: parts.slice(0, -1) }),
        ...(without === undefined ? {} : { without })
      }
    ]
  }
  const inPart = made.flatMap(({ failed, metadata, number }): ReadonlyArray<Event> => {
    const error = failed.values().next().value
    return error === undefined
      ? []
      : [{ _tag: "AttemptFailed", ...of, attempt: number, error, retryAt: null, metadata }]
  })
  const partitions = failedOf(failures)
  const end: Event = {
    _tag: "StepFailed",
    ...of,
    assets: step.assets,
    partitions,
    errors: failures.map(({ error, partitions }) => ({ error, partitions })),
    ...(parts.length === 0 ? {} : { parts })
  }
  return [...checked, ...inPart, end]
}
