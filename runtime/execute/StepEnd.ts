/**
 * The end of a step: what its attempts made is published, together with what is
 * to be recorded of them.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as PartitionSet from "../definition/PartitionSet.ts"
import type { Event, PartitionFailure } from "../event/Event.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { Run, StepError } from "../event/Run.ts"
import type { Step } from "../plan/RunPlan.ts"
import type { Publication, StoredObject } from "../record/Catalog.ts"
import type { Without } from "./NotMade.ts"
import type { RunRecorder } from "./RunRecorder.ts"
import type { RunState } from "./RunState.ts"
import type { Piece } from "./StepAttempts.ts"
import * as StepFailure from "./StepFailure.ts"
import * as StepMetadata from "./StepMetadata.ts"
import * as StepRunner from "./StepRunner.ts"

export interface StepEnd {
  readonly recorder: RunRecorder
  readonly run: Run
  readonly state: RunState
  readonly step: Step
  readonly pieces: ReadonlyArray<Piece>
  /** What was left out. */
  readonly without: Without | undefined
}

/** Publishes and records; returns the partitions that failed. Not interrupted, it ends as a whole. */
export const record = Effect.fnUntraced(function* (self: StepEnd) {
  const { recorder, state } = self
  const at = yield* Clock.currentTimeMillis
  const made = self.pieces.flatMap((piece) => (piece._tag === "Made" ? [piece.made] : []))
  const failures = self.pieces.flatMap(failuresOf)
  const events = eventsOf(self, at, made, failures)
  const candidates = made.flatMap(candidatesOf)
  if (candidates.length === 0) {
    yield* recorder.record(events)
    return failedOf(failures)
  }
  return yield* recorder.publish(publication(self, candidates, events)).pipe(
    Effect.tap(() =>
      Effect.sync(() => {
        for (const { object, partitions, versions } of candidates) {
          state.published(object, PartitionVersions.restrict(versions, partitions))
        }
      })
    ),
    Effect.as(failedOf(failures)),
    Effect.catchTag("PublicationConflict", (conflict) =>
      refused(self, at, made, failures, StepFailure.fromError(conflict))
    )
  )
}, Effect.uninterruptible)

/** An object, and the partitions of it that are published. */
interface Candidate {
  readonly object: StoredObject
  readonly versions: PartitionVersions.PartitionVersions
  readonly partitions: PartitionSet.PartitionSet
}

const candidatesOf = (made: StepRunner.Made): ReadonlyArray<Candidate> =>
  made.outputs.map((output) => {
    const partitions = StepRunner.publishable(made, output)
    const rejected = PartitionSet.difference(output.object.partitions, partitions)
    const object = PartitionSet.isEmpty(rejected) ? output.object : { ...output.object, rejected }
    return { object, partitions, versions: output.versions }
  })

const publication = (
  { run, state }: StepEnd,
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
  { pieces, recorder, run, step }: StepEnd,
  at: number,
  made: ReadonlyArray<StepRunner.Made>,
  failures: ReadonlyArray<PartitionFailure>,
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
  const byMessage = Map.groupBy(piece.made.failed, ([, { message, tag }]) => `${tag} ${message}`)
  return [...byMessage.values()].map((failures) => ({
    partitions: PartitionSet.fromOrdinals(failures.map(([ordinal]) => ordinal)),
    error: failures[0]![1]
  }))
}

const failedOf = (failures: ReadonlyArray<PartitionFailure>): PartitionSet.PartitionSet =>
  PartitionSet.unionAll(failures.map(({ partitions }) => partitions))

/** An attempt that gave some partitions up has failed, and what it made of the others is kept. */
const eventsOf = (
  { run, step, without }: StepEnd,
  at: number,
  made: ReadonlyArray<StepRunner.Made>,
  failures: ReadonlyArray<PartitionFailure>
): ReadonlyArray<Event> => {
  const of = { runId: run.id, at, step: step.index }
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
