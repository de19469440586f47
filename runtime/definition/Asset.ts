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
import * as AssetSource from "./AssetSource.ts"
import type * as BackfillPolicy from "./BackfillPolicy.ts"
import type { BodyInputs } from "./BodyInputs.ts"
import type * as Dependency from "./Dependency.ts"
import type * as Files from "./Files.ts"
import type { FreshnessPolicy } from "./FreshnessPolicy.ts"
import type { Metadata } from "./Metadata.ts"
import type * as Output from "./Output.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"
import type { Partition } from "./Partition.ts"
import type { Quarantine } from "./Quarantine.ts"
import type * as RetryPolicy from "./RetryPolicy.ts"
import type * as RunConfig from "./RunConfig.ts"
import type * as Value from "./Value.ts"

export type { Computation, External, Observed, ObservedFile } from "./AssetSource.ts"
export { type Dependency, type DependencyOn, through } from "./Dependency.ts"

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
  readonly source: AssetSource.AssetSource
}

export type Handle<A> = A extends { readonly [TypeId]: { readonly _H: Covariant<infer H> } } ? H : never
export type Services<A> = A extends { readonly [TypeId]: { readonly _R: Covariant<infer R> } } ? R : never
export type Error<A> = A extends { readonly [TypeId]: { readonly _E: Covariant<infer E> } } ? E : never
export type Key<A> = A extends { readonly [TypeId]: { readonly _K: Covariant<infer K> } } ? K : never

type StreamError<A> = A extends Stream.Stream<infer _A, infer E, infer _R> ? E : never
type StreamServices<A> = A extends Stream.Stream<infer _A, infer _E, infer R> ? R : never
type BodyError<Made> = Made extends Effect.Effect<infer A, infer E, infer _R> ? E | StreamError<A> : never
type BodyServices<Made> =
  Made extends Effect.Effect<infer A, infer _E, infer R> ? Exclude<R | StreamServices<A>, Provided> : never

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
  const D extends Dependency.Dependencies = {},
  P extends PartitionsDefinition.Any = PartitionsDefinition.PartitionsDefinition<never>,
  const B extends BackfillPolicy.BackfillPolicy = { readonly _tag: "PerPartition" },
  C = never,
  const T extends RetryPolicy.RetryPolicy = {},
  const Cs extends Checks<O, P> = readonly []
>(
  key: string,
  options: Description &
    AssetSource.Performance<T> & {
      readonly output: O
      readonly checks?: Cs
      readonly deps?: D
      readonly partitions?: P
      readonly backfillPolicy?: B
      readonly config?: RunConfig.RunConfig<C>
      readonly materialize: (inputs: BodyInputs<D, P, B, C>) => Made
    }
): RetryPolicy.Checked<
  T,
  BodyError<Made>,
  Asset<Output.Handle<O>, BodyError<Made>, BodyServices<Made> | ServicesOfChecks<Cs>, PartitionsDefinition.Key<P>>
> => {
  const assetKey = AssetKey.make(key)
  return fromParts(
    assetKey,
    options,
    options.output,
    AssetSource.computation(new Map([["", assetKey]]), options)
  ) as never
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
  const D extends Dependency.Dependencies = {},
  P extends PartitionsDefinition.Any = PartitionsDefinition.PartitionsDefinition<never>,
  const B extends BackfillPolicy.BackfillPolicy = { readonly _tag: "PerPartition" },
  C = never,
  const T extends RetryPolicy.RetryPolicy = {}
>(
  options: AssetSource.Performance<T> & {
    readonly outputs: Os & { readonly [N in keyof Os]: { readonly checks?: Checks<Os[N]["output"], P> } }
    readonly deps?: D
    readonly partitions?: P
    readonly backfillPolicy?: B
    readonly config?: RunConfig.RunConfig<C>
    readonly codeVersion?: string
    readonly materialize: (inputs: BodyInputs<D, P, B, C>) => Made
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
  const shared = AssetSource.computation(keys, options)
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
    readonly observe: Effect.Effect<ReadonlyArray<AssetSource.Observed<ExternalKey<P>>>, E, R>
  }
): Asset<Files.Files, E, Exclude<R, Provided>, PartitionsDefinition.Key<P>> =>
  fromParts(AssetKey.make(key), options, options.output, { _tag: "External", observe: options.observe })

/** The key of the one partition of an external asset without partitions is the empty text. */
type ExternalKey<P> = [PartitionsDefinition.Key<P>] extends [never] ? "" : PartitionsDefinition.Key<P>

export const isAsset = (u: unknown): u is Any => hasProperty(u, TypeId)

/** The inputs of an asset by name; an external asset has none. */
export const dependencies = (self: Any): ReadonlyMap<string, Dependency.DependencyOn> =>
  self.source._tag === "Computation" ? self.source.dependencies : new Map()

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
  source: AssetSource.AssetSource
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
