/**
 * The type of what a body gets: its inputs by the names of `deps`, the partition
 * or partitions that it makes, and its `config`.
 */
import type * as Asset from "./Asset.ts"
import type { Dependency } from "./Dependency.ts"
import type * as PartitionsDefinition from "./PartitionsDefinition.ts"
import type * as Value from "./Value.ts"

export type BodyInputs<D, P, B, C> = ConfigInput<C> & { readonly [N in keyof D]: Input<D[N], P, B> } & PartitionInput<
    P,
    B
  >

type UpstreamAsset<D> = D extends Dependency<infer A, "One" | "Many"> ? A : D

/**
 * Whether the body gets one partition of an input or many. Without a mapping of
 * its own, an input of the same keys is mapped one to one, any other to many.
 */
type UpstreamArity<D, P, B> = [Asset.Key<UpstreamAsset<D>>] extends [never]
  ? "One"
  : IsMany<P, B> extends true
    ? "Many"
    : D extends Dependency<Asset.Any, infer Arity>
      ? Arity
      : [PartitionsDefinition.Key<P>] extends [Asset.Key<D>]
        ? "One"
        : "Many"

/** A value comes as itself or as a map by partition key; every other handle stands for one or many partitions alike. */
type Input<D, P, B> =
  Asset.Handle<UpstreamAsset<D>> extends Value.Value<infer A>
    ? UpstreamArity<D, P, B> extends "One"
      ? A
      : ReadonlyMap<Asset.Key<UpstreamAsset<D>>, A>
    : Asset.Handle<UpstreamAsset<D>>

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
