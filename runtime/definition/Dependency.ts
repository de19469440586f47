/**
 * What an asset is made from: other assets by name, each with the mapping of
 * its partitions where the default is not meant.
 */
import { hasProperty } from "effect/Predicate"
import type { Covariant } from "effect/Types"
import type * as Asset from "./Asset.ts"
import type { PartitionMapping } from "./PartitionMapping.ts"

const TypeId = "~strata/Dependency"

/** A dependency as the graph sees it. Without a mapping, the graph chooses the default. */
export interface DependencyOn {
  readonly asset: Asset.Any
  readonly mapping: PartitionMapping | undefined
  /** Waits until every mapped partition exists, instead of using those that do. */
  readonly complete: boolean
}

/** A dependency with a mapping of its own: `Asset.through(Parsed, PartitionMapping.all)`. */
export interface Dependency<out D extends Asset.Any, out Arity extends "One" | "Many"> extends DependencyOn {
  readonly [TypeId]: { readonly _D: Covariant<D>; readonly _Arity: Covariant<Arity> }
}

/** What an author names in `deps`. */
type Upstream = Asset.Any | Dependency<Asset.Any, "One" | "Many">
export type Dependencies = Readonly<Record<string, Upstream>>

/** A dependency through a mapping other than the default, or one that waits until its inputs are complete. */
export const through = <A extends Asset.Any, Arity extends "One" | "Many">(
  asset: A,
  mapping: PartitionMapping<Arity>,
  options?: { readonly complete?: boolean }
): Dependency<A, Arity> => ({
  [TypeId]: { _D: (_) => _, _Arity: (_) => _ },
  asset,
  mapping,
  complete: options?.complete ?? false
})

/** Assets by name as dependencies on them, without a mapping where they have none of their own. */
export const byName = (upstream: Dependencies): ReadonlyMap<string, DependencyOn> =>
  new Map(
    Object.entries(upstream).map(([name, of]) => [
      name,
      isDependency(of) ? of : { asset: of, mapping: undefined, complete: false }
    ])
  )

const isDependency = (upstream: Upstream): upstream is Dependency<Asset.Any, "One" | "Many"> =>
  hasProperty(upstream, TypeId)
