/**
 * Performs the work of assets that ask for isolation, away from everything else.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { IOManager } from "../definition/IOManager.ts"
import type { Isolated } from "../definition/Isolation.ts"
import type { Scope } from "effect/Scope"
import * as StepWork from "./StepWork.ts"

export interface Hosted {
  readonly work: StepWork.StepWork
  /** The code that the work is recorded with. */
  readonly codeVersion: string
  /** The services of this process. */
  readonly resources: Context.Context<never>
}

export interface Hosting {
  /** Fails as the body does, or with `StepCrashed`. Interrupted, nothing of it runs any more when that is done. */
  readonly perform: (
    isolation: Isolated,
    hosted: Hosted
  ) => Effect.Effect<StepWork.Performed, unknown, IOManager | Scope>
}

/** Without a host the work is done in a fiber of this process. */
export const StepHost = Context.Reference<Hosting>("strata/execute/StepHost", {
  defaultValue: () => ({ perform: (_, { resources, work }) => StepWork.perform(work, resources) })
})
