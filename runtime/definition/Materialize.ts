/**
 * Makes assets, for the commands that a project adds: `yield* Materialize` in a
 * handler. It is a run like any other, told on stderr as it goes.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export interface MaterializeRequest {
  /** As on the command line, such as `+installs/loaded`. */
  readonly selection: ReadonlyArray<string>
  /** Parameters, such as `installs/loaded.idfa=127.0.0.1:33013`. */
  readonly config?: ReadonlyArray<string>
  /** The words of the command that goes on with what failed, where `strata retry` does not find it again. */
  readonly resume?: ReadonlyArray<string>
}

export class Materialize extends Context.Service<
  Materialize,
  {
    /** Makes what is missing, failed or stale. Where something failed, all is said when it fails. */
    readonly run: (request: MaterializeRequest) => Effect.Effect<void, unknown>
  }
>()("strata/definition/Materialize") {}
