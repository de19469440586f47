/**
 * Checks that stand beside the assets in the definitions.
 *
 * One over several assets is evaluated when some of them were published, over the
 * partitions that it has itself; it keeps nothing from being published, and a
 * blocking one that fails makes the run fail. Checks of one asset may also stand
 * here instead of in its module, so that changing them leaves its code version as
 * it was.
 */
import type * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import type { Covariant } from "effect/Types"
import type * as Asset from "./Asset.ts"
import type * as AssetCheck from "./AssetCheck.ts"
import type { BodyInputs } from "./BodyInputs.ts"
import type { Verdict } from "./CheckRule.ts"
import * as Dependency from "./Dependency.ts"
import type * as Output from "./Output.ts"
import * as PartitionsDefinition from "./PartitionsDefinition.ts"
import type { Sql } from "./Sql.ts"

const TypeId = "~strata/StandaloneCheck"

/** A check over several assets, which asks for `R`. */
export interface AcrossAssets<out R> extends AnyAcrossAssets {
  readonly [TypeId]: { readonly _R: Covariant<R> }
}

export interface AnyAcrossAssets {
  readonly _tag: "AcrossAssets"
  readonly [TypeId]: { readonly _R: Covariant<unknown> }
  /** Among the checks that stand beside the assets. */
  readonly name: string
  readonly description: string
  readonly severity: AssetCheck.Severity
  readonly blocking: boolean
  readonly partitions: PartitionsDefinition.Any
  readonly assets: ReadonlyMap<string, Asset.DependencyOn>
  readonly evaluate: (inputs: never) => Effect.Effect<Verdict | Sql, unknown, unknown>
}

/** Checks of one asset that do not stand in its module. */
export interface OnAsset<out R> extends AnyOnAsset {
  readonly [TypeId]: { readonly _R: Covariant<R> }
}

export interface AnyOnAsset {
  readonly _tag: "OnAsset"
  readonly [TypeId]: { readonly _R: Covariant<unknown> }
  readonly asset: Asset.Any
  readonly checks: ReadonlyArray<AssetCheck.Any>
}

export type Any = AnyAcrossAssets | AnyOnAsset

export type Services<C> = C extends { readonly [TypeId]: { readonly _R: Covariant<infer R> } } ? R : never

/**
 * A check over several assets. `evaluate` gets the partitions of each that its own
 * partitions are mapped to, and gives a verdict, or a query whose rows are
 * violations; those with a `partition_key` fail that partition alone.
 */
export const make = <
  const D extends Dependency.Dependencies,
  R = never,
  P extends PartitionsDefinition.Any = PartitionsDefinition.PartitionsDefinition<never>
>(
  name: string,
  options: Omit<AssetCheck.Options, "name"> & {
    readonly assets: D
    readonly partitions?: P
    readonly evaluate: (
      inputs: BodyInputs<D, P, { readonly _tag: "SingleRun" }, never>
    ) => Effect.Effect<Verdict | Sql, unknown, R>
  }
): AcrossAssets<Exclude<R, Scope>> => ({
  _tag: "AcrossAssets",
  [TypeId]: { _R: (_) => _ },
  name,
  description: options.description ?? "",
  severity: options.severity ?? "error",
  blocking: options.blocking ?? true,
  partitions: options.partitions ?? PartitionsDefinition.unpartitioned,
  assets: Dependency.byName(options.assets),
  evaluate: options.evaluate
})

/** Checks of an asset, as if they stood among its own. */
export const on = <
  A extends Asset.Any,
  const Cs extends ReadonlyArray<AssetCheck.AssetCheck<Output.ColumnsOf<Asset.Handle<A>>, Checked<A>, unknown>>
>(
  asset: A,
  ...checks: Cs
): OnAsset<AssetCheck.Services<Cs[number]>> => ({ _tag: "OnAsset", [TypeId]: { _R: (_) => _ }, asset, checks })

type Checked<A> = Asset.VersionHandle<Asset.Handle<A>, Extract<Asset.Key<A>, string>>
