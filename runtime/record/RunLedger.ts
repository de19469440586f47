/**
 * The runs, their steps, and which process holds each.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Event } from "../event/Event.ts"
import type { Environment, GitRevision, ProcessIdentity, Run, RunId, RunStatus, StepRecord } from "../event/Run.ts"
import type { StateError } from "./StateError.ts"

export interface NewRun {
  readonly id: RunId
  readonly environment: Environment
  readonly request: string
  readonly git: GitRevision | null
  readonly process: ProcessIdentity
  readonly at: number
  /** What the run begins with, its plan: recorded with it or not at all. */
  readonly events?: ReadonlyArray<Event>
}

export class RunLedger extends Context.Service<
  RunLedger,
  {
    /** Records a started run and gives it a fencing token higher than every one before. */
    readonly begin: (run: NewRun) => Effect.Effect<Run, StateError>
    /** Says that the run's process lives; false when the run was closed by another, and must stop. */
    readonly beat: (id: RunId, at: number) => Effect.Effect<boolean, StateError>
    /**
     * Ends a run that is still started, as an appended `RunEnded` does, and says whether it was: a run that has
     * ended never changes. Its steps and attempts that are unfinished are canceled.
     */
    readonly end: (id: RunId, status: RunStatus, at: number) => Effect.Effect<boolean, StateError>
    /** Ends the runs whose process is gone as lost, cancels their unfinished steps, and returns those runs. */
    readonly closeDead: (isAlive: (run: Run) => boolean, at: number) => Effect.Effect<ReadonlyArray<Run>, StateError>
    /** Newest first. */
    readonly list: (limit: number) => Effect.Effect<ReadonlyArray<Run>, StateError>
    /** The run whose id starts with the text, the newest one for `latest`; none where no run or several do. */
    readonly find: (text: string) => Effect.Effect<Option.Option<Run>, StateError>
    /** In the order of the plan. */
    readonly steps: (id: RunId) => Effect.Effect<ReadonlyArray<StepRecord>, StateError>
  }
>()("strata/record/RunLedger") {}
