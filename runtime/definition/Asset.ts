/**
 * Defines an asset: a thing in storage, and the effect that produces it.
 *
 * Assets are values. The dependencies of an asset are assets, so the types of
 * its inputs follow from them; the services that its body asks for are its `R`,
 * so there are no resource keys.
 */
import type * as Effect from "effect/Effect"
import { type Pipeable, pipeArguments } from "effect/Pipeable"
import { hasProperty } from "effect/Predicate"
import type { Scope } from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Covariant } from "effect/Types"
import type * as AssetCheck from "./AssetCheck.ts"
import * as AssetKey from "./AssetKey.ts"
import * as BackfillPolicy from "./BackfillPolicy.ts"
import type * as Files from "./Files.ts"
import type { FreshnessPolicy } from "./FreshnessPolicy.ts"
import * as Isolation from "./Isolation.ts"
import type { Metadata } from "./Metadata.ts"
import * as Needs from "./Needs.ts"
import type * as Output from "./Output.ts"
import type { PartitionMapping } from "./PartitionMapping.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"
import type { Partition } from "./Partition.ts"
import type { Quarantine } from "./Quarantine.ts"
import type * as RetryPolicy from "./RetryPolicy.ts"
import type * as RunConfig from "./RunConfig.ts"
import type * as Value from "./Value.ts"

const TypeId = "~strata/Asset"

/** What the runtime gives to every body. */
export type Provided = Metadata | Quarantine | Partition | Scope

/**
 * An asset whose handle downstream is `H`, whose body fails with `E` and needs
 * `R`, and whose partition keys are `K` (`never` without partitions).
 */
export interface Asset<out H, out E = never, out R = never, out K extends string = never> extends Any {
  readonly [TypeId]: {
    readonly _H: Covariant<H>
    readonly _E: Covariant<E>
    readonly _R: Covariant<R>
    readonly _K: Covariant<K>
  }
}

/** Any asset: what the graph and the planner look at. */
export interface Any extends Pipeable {
  readonly [TypeId]: {
    readonly _H: Covariant<unknown>
    readonly _E: Covariant<unknown>
    readonly _R: Covariant<unknown>
    readonly _K: Covariant<string>
  }
  readonly key: AssetKey.AssetKey
  readonly description: string
  readonly group: string
  readonly kinds: ReadonlyArray<string>
  readonly owners: ReadonlyArray<string>
  readonly tags: Readonly<Record<string, string>>
  readonly partitions: PartitionsDefinition.Any
  readonly output: Output.Spec
  /** Parameters of the body; part of the provenance. */
  readonly config: RunConfig.Any | undefined
  /** Declared by the author; otherwise the runtime hashes the asset's modules. */
  readonly codeVersion: string | undefined
  /** What every new version is held to before it is published. */
  readonly checks: ReadonlyArray<AssetCheck.Any>
  /** How new its data has to be. */
  readonly freshnessPolicy: FreshnessPolicy | undefined
  readonly source: Source
}

/** Where the data of an asset comes from. */
export type Source = External | Computation

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
  readonly dependencies: ReadonlyMap<string, DependencyOn>
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

/** A dependency as the graph sees it. Without a mapping, the graph chooses the default. */
export interface DependencyOn {
  readonly asset: Any
  readonly mapping: PartitionMapping | undefined
  /** Waits until every mapped partition exists, instead of using those that do. */
  readonly complete: boolean
}

/** A dependency with a mapping of its own: `Asset.through(Parsed, PartitionMapping.all)`. */
export interface Dependency<out D extends Any, out Arity extends "One" | "Many"> extends DependencyOn {
  readonly "~strata/Dependency": { readonly _D: Covariant<D>; readonly _Arity: Covariant<Arity> }
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

type Upstream = Any | Dependency<Any, "One" | "Many">
type Dependencies = Readonly<Record<string, Upstream>>

export type Handle<A> = A extends { readonly [TypeId]: { readonly _H: Covariant<infer H> } } ? H : never
export type Services<A> = A extends { readonly [TypeId]: { readonly _R: Covariant<infer R> } } ? R : never
export type Error<A> = A extends { readonly [TypeId]: { readonly _E: Covariant<infer E> } } ? E : never
export type Key<A> = A extends { readonly [TypeId]: { readonly _K: Covariant<infer K> } } ? K : never

type UpstreamAsset<D> = D extends Dependency<infer A, "One" | "Many"> ? A : D

/**
 * Whether the body gets one partition of an input or many. Without a mapping of
 * its own, an input of the same keys is mapped one to one, any other to many.
 */
type UpstreamArity<D, P, B> = [Key<UpstreamAsset<D>>] extends [never]
  ? "One"
  : IsMany<P, B> extends true
    ? "Many"
    : D extends Dependency<Any, infer Arity>
      ? Arity
      : [PartitionsDefinition.Key<P>] extends [Key<D>]
        ? "One"
        : "Many"

/** A value comes as itself or as a map by partition key; every other handle stands for one or many partitions alike. */
type Input<D, P, B> =
  Handle<UpstreamAsset<D>> extends Value.Value<infer A>
    ? UpstreamArity<D, P, B> extends "One"
      ? A
      : ReadonlyMap<Key<UpstreamAsset<D>>, A>
    : Handle<UpstreamAsset<D>>

/** Conditions on `B` are not distributive: while a body's type is inferred, a policy left out is `never`. */
type IsMany<P, B> = [PartitionsDefinition.Key<P>] extends [never]
  ? true
  : [B] extends [{ readonly _tag: "PerPartition" }]
    ? false
    : true

type PartitionInput<P, B> = [PartitionsDefinition.Key<P>] extends [never]
  ? {}
  : [B] extends [{ readonly _tag: "PerPartition" }]
    ? { readonly partition: PartitionsDefinition.Partition<PartitionsDefinition.Key<P>> }
    : { readonly partitions: ReadonlyArray<PartitionsDefinition.Partition<PartitionsDefinition.Key<P>>> }

type ConfigInput<C> = [C] extends [never] ? {} : { readonly config: C }

/** What a body gets: its inputs by the names of `deps`, the partition or partitions that it makes, and its `config`. */
export type Inputs<D, P, B, C> = ConfigInput<C> & { readonly [N in keyof D]: Input<D[N], P, B> } & PartitionInput<P, B>

type StreamError<A> = A extends Stream.Stream<infer _A, infer E, infer _R> ? E : never
type StreamServices<A> = A extends Stream.Stream<infer _A, infer _E, infer R> ? R : never
type BodyError<Made> = Made extends Effect.Effect<infer A, infer E, infer _R> ? E | StreamError<A> : never
type BodyServices<Made> =
  Made extends Effect.Effect<infer A, infer _E, infer R> ? Exclude<R | StreamServices<A>, Provided> : never

interface Performance<T> extends RetryPolicy.Limits {
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

interface Description {
  readonly description?: string
  /** Defaults to the first word of the key. */
  readonly group?: string
  readonly kinds?: ReadonlyArray<string>
  readonly owners?: ReadonlyArray<string>
  readonly tags?: Readonly<Record<string, string>>
  readonly codeVersion?: string
  /** How new its data has to be: no part of how it is made. */
  readonly freshnessPolicy?: FreshnessPolicy
}

/** What a check of one's own gets of a version: values by partition key, and every other handle as an asset downstream would. */
export type VersionHandle<H, K extends string> =
  H extends Value.Value<infer A> ? ([K] extends [never] ? A : ReadonlyMap<K, A>) : H

type Checks<O, P> = ReadonlyArray<
  AssetCheck.AssetCheck<
    Output.ColumnsOf<Output.Handle<O>>,
    VersionHandle<Output.Handle<O>, PartitionsDefinition.Key<P>>,
    unknown
  >
>

type ServicesOfChecks<Cs> = Cs extends ReadonlyArray<infer C> ? AssetCheck.Services<C> : never

/**
 * An asset that its body makes.
 *
 * `materialize` gets the inputs named in `deps` and returns what `output`
 * declares: SQL, rows or a stream for a table, a value, files, or a sink's
 * report.
 */
export const make = <
  O extends Output.Constraint,
  Made extends Effect.Effect<Output.Body<O>, unknown, unknown>,
  const D extends Dependencies = {},
  P extends PartitionsDefinition.Any = PartitionsDefinition.PartitionsDefinition<never>,
  const B extends BackfillPolicy.BackfillPolicy = { readonly _tag: "PerPartition" },
  C = never,
  const T extends RetryPolicy.RetryPolicy = {},
  const Cs extends Checks<O, P> = readonly []
>(
  key: string,
  options: Description &
    Performance<T> & {
      readonly output: O
      readonly checks?: Cs
      readonly deps?: D
      readonly partitions?: P
      readonly backfillPolicy?: B
      readonly config?: RunConfig.RunConfig<C>
      readonly materialize: (inputs: Inputs<D, P, B, C>) => Made
    }
): RetryPolicy.Checked<
  T,
  BodyError<Made>,
  Asset<Output.Handle<O>, BodyError<Made>, BodyServices<Made> | ServicesOfChecks<Cs>, PartitionsDefinition.Key<P>>
> => {
  const assetKey = AssetKey.make(key)
  return fromParts(assetKey, options, options.output, computation(new Map([["", assetKey]]), options)) as never
}

type ChecksIn<O> = O extends { readonly checks: infer Cs } ? Cs : readonly []

/**
 * Several assets that one body makes together: it returns each under its name.
 *
 * All of them share partitions and dependencies and are always made in one step.
 */
export const multi = <
  const Os extends Readonly<Record<string, { readonly key: string; readonly output: Output.Constraint } & Description>>,
  Made extends Effect.Effect<{ readonly [N in keyof Os]: Output.Body<Os[N]["output"]> }, unknown, unknown>,
  const D extends Dependencies = {},
  P extends PartitionsDefinition.Any = PartitionsDefinition.PartitionsDefinition<never>,
  const B extends BackfillPolicy.BackfillPolicy = { readonly _tag: "PerPartition" },
  C = never,
  const T extends RetryPolicy.RetryPolicy = {}
>(
  options: Performance<T> & {
    readonly outputs: Os & { readonly [N in keyof Os]: { readonly checks?: Checks<Os[N]["output"], P> } }
    readonly deps?: D
    readonly partitions?: P
    readonly backfillPolicy?: B
    readonly config?: RunConfig.RunConfig<C>
    readonly codeVersion?: string
    readonly materialize: (inputs: Inputs<D, P, B, C>) => Made
  }
): {
  readonly [N in keyof Os]: RetryPolicy.Checked<
    T,
    BodyError<Made>,
    Asset<
      Output.Handle<Os[N]["output"]>,
      BodyError<Made>,
      BodyServices<Made> | ServicesOfChecks<ChecksIn<Os[N]>>,
      PartitionsDefinition.Key<P>
    >
  >
} => {
  const keys = new Map(Object.entries(options.outputs).map(([name, output]) => [name, AssetKey.make(output.key)]))
  const shared = computation(keys, options)
  const assets = Object.entries(options.outputs).map(([name, output]) => [
    name,
    fromParts(keys.get(name)!, { ...options, ...output }, output.output, shared)
  ])
  return Object.fromEntries(assets) as never
}

/**
 * An asset that others write, such as landed files: it is observed, never made.
 *
 * `observe` returns each partition that is there, with its files or a version;
 * the runtime hashes new and changed files and gives the partition its version.
 */
export const external = <E, R, P extends PartitionsDefinition.Any = PartitionsDefinition.PartitionsDefinition<never>>(
  key: string,
  options: Description & {
    readonly partitions?: P
    readonly output: Output.Output<Files.Files, never> & Output.Spec
    readonly observe: Effect.Effect<ReadonlyArray<Observed<ExternalKey<P>>>, E, R>
  }
): Asset<Files.Files, E, Exclude<R, Provided>, PartitionsDefinition.Key<P>> =>
  fromParts(AssetKey.make(key), options, options.output, { _tag: "External", observe: options.observe })

/** The key of the one partition of an external asset without partitions is the empty text. */
type ExternalKey<P> = [PartitionsDefinition.Key<P>] extends [never] ? "" : PartitionsDefinition.Key<P>

/** A dependency through a mapping other than the default, or one that waits until its inputs are complete. */
export const through = <A extends Any, Arity extends "One" | "Many">(
  asset: A,
  mapping: PartitionMapping<Arity>,
  options?: { readonly complete?: boolean }
): Dependency<A, Arity> => ({
  "~strata/Dependency": { _D: (_) => _, _Arity: (_) => _ },
  asset,
  mapping,
  complete: options?.complete ?? false
})

export const isAsset = (u: unknown): u is Any => hasProperty(u, TypeId)

/** The inputs of an asset by name; an external asset has none. */
export const dependencies = (self: Any): ReadonlyMap<string, DependencyOn> =>
  self.source._tag === "Computation" ? self.source.dependencies : new Map()

/** Assets by name as dependencies on them, without a mapping where they have none of their own. */
export const dependenciesOf = (upstream: Dependencies): ReadonlyMap<string, DependencyOn> =>
  new Map(
    Object.entries(upstream).map(([name, of]) => [
      name,
      isAsset(of) ? { asset: of, mapping: undefined, complete: false } : of
    ])
  )

const Proto = {
  [TypeId]: { _H: (_: never) => _, _E: (_: never) => _, _R: (_: never) => _, _K: (_: never) => _ },
  pipe() {
    // biome-ignore lint/complexity/noArguments: pipeArguments reads them
    return pipeArguments(this, arguments)
  }
}

const fromParts = (
  key: AssetKey.AssetKey,
  options: Description & {
    readonly partitions?: PartitionsDefinition.Any
    readonly config?: RunConfig.Any
    readonly checks?: ReadonlyArray<AssetCheck.Any>
  },
  output: Output.Spec,
  source: Source
): Asset<never, never, never, never> =>
  Object.assign(Object.create(Proto), {
    key,
    description: options.description ?? "",
    group: options.group ?? AssetKey.prefix(key),
    kinds: options.kinds ?? [],
    owners: options.owners ?? [],
    tags: options.tags ?? {},
    partitions: options.partitions ?? PartitionsDefinition.unpartitioned,
    output,
    config: options.config,
    codeVersion: options.codeVersion,
    checks: options.checks ?? [],
    freshnessPolicy: options.freshnessPolicy,
    source
  })

const computation = (
  outputs: Computation["outputs"],
  options: RetryPolicy.Limits & {
    readonly needs?: Needs.Needs
    readonly isolation?: Isolation.Input
    readonly priority?: number
    readonly retry?: unknown
    readonly deps?: Dependencies
    readonly backfillPolicy?: BackfillPolicy.BackfillPolicy
    readonly materialize: (inputs: never) => Effect.Effect<unknown, unknown, unknown>
  }
): Computation => ({
  _tag: "Computation",
  outputs,
  dependencies: dependenciesOf(options.deps ?? {}),
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
