/**
 * Where the data of an asset comes from: others write it, or a body makes it.
 */
import type * as Effect from "effect/Effect"
import type * as AssetKey from "./AssetKey.ts"
import * as BackfillPolicy from "./BackfillPolicy.ts"
import * as Dependency from "./Dependency.ts"
import * as Isolation from "./Isolation.ts"
import * as Needs from "./Needs.ts"
import type * as RetryPolicy from "./RetryPolicy.ts"

export type AssetSource = External | Computation

/** Others write it; it is observed. */
export interface External {
  readonly _tag: "External"
  readonly observe: Effect.Effect<ReadonlyArray<Observed<string>>, unknown, unknown>
}

/** A body makes it, alone or together with other assets. */
export interface Computation {
  readonly _tag: "Computation"
  /** The assets that the body makes, by the name under which it returns each; an asset alone is named "". */
  readonly outputs: ReadonlyMap<string, AssetKey.AssetKey>
  readonly dependencies: ReadonlyMap<string, Dependency.DependencyOn>
  readonly backfillPolicy: BackfillPolicy.BackfillPolicy
  /** By the tag of the body's error; empty: no attempt but the first. */
  readonly retry: RetryPolicy.RetryPolicy
  readonly limits: RetryPolicy.Limits
  /** What it takes of each pool while the body runs. */
  readonly needs: Needs.Permits
  /** Where the body runs. */
  readonly isolation: Isolation.Isolation
  /** Of the steps that could run, those of a higher priority come first. */
  readonly priority: number
  readonly materialize: (inputs: never) => Effect.Effect<unknown, unknown, unknown>
}

/** A partition of an external asset that was seen: by its files, or by a version that the author gives. */
export type Observed<K extends string> =
  | { readonly partitionKey: K; readonly files: ReadonlyArray<ObservedFile> }
  | { readonly partitionKey: K; readonly version: string }

/** A landed file. Its content is hashed again only when size or time change. */
export interface ObservedFile {
  /** Absolute. */
  readonly path: string
  readonly name: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/** How a body is performed. */
export interface Performance<T> extends RetryPolicy.Limits {
  /** Cores, memory and a pool that the body needs while it runs. */
  readonly needs?: Needs.Needs
  /**
   * Where the body runs: `"fiber"` by default; `"thread"` for long loops of JavaScript; `"process"`, or
   * `{ process: { memory: "512 MiB" } }`, for native code that may crash and input that may fill the memory.
   */
  readonly isolation?: Isolation.Input
  /** Higher comes first; 0 by default. */
  readonly priority?: number
  /** What follows each error of the body; without it the first failure is the last. */
  readonly retry?: T
}

export const computation = (
  outputs: Computation["outputs"],
  options: Performance<unknown> & {
    readonly deps?: Dependency.Dependencies
    readonly backfillPolicy?: BackfillPolicy.BackfillPolicy
    readonly materialize: (inputs: never) => Effect.Effect<unknown, unknown, unknown>
  }
): Computation => ({
  _tag: "Computation",
  outputs,
  dependencies: Dependency.byName(options.deps ?? {}),
  backfillPolicy: options.backfillPolicy ?? BackfillPolicy.perPartition,
  retry: (options.retry ?? {}) as RetryPolicy.RetryPolicy,
  limits: {
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.totalTimeout === undefined ? {} : { totalTimeout: options.totalTimeout }),
    ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    ...(options.dataErrors === undefined ? {} : { dataErrors: options.dataErrors })
  },
  needs: Needs.permits(options.needs ?? {}),
  isolation: Isolation.make(options.isolation ?? "fiber"),
  priority: options.priority ?? 0,
  materialize: options.materialize
})
