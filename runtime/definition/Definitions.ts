/**
 * What a project defines: its assets, the layers that give their bodies what
 * they ask for, and commands of its own.
 */
import type * as Command from "effect/cli/Command"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { type Pipeable, pipeArguments } from "effect/Pipeable"
import { hasProperty } from "effect/Predicate"
import type { Covariant } from "effect/Types"
import type * as Asset from "./Asset.ts"
import type { ResourceDescription } from "./ResourceDescription.ts"
import type * as RunConfig from "./RunConfig.ts"
import type * as StandaloneCheck from "./StandaloneCheck.ts"

const TypeId = "~strata/Definitions"

/** Definitions that still need the services `R`. */
export interface Definitions<out R> extends Pipeable {
  readonly [TypeId]: { readonly _R: Covariant<R> }
  readonly assets: ReadonlyArray<Asset.Any>
  /** Checks that stand beside the assets. */
  readonly checks: ReadonlyArray<StandaloneCheck.Any>
  readonly commands: ReadonlyArray<Command.Command.Any>
  /** Parameters by asset key, over the assets' own defaults. */
  readonly config: Readonly<Record<string, RunConfig.Values>>
  /** Permits of the pools that assets name in their `needs`, by name. */
  readonly pools: Readonly<Record<string, number>>
  /** Gives every service that the assets ask for; absent until provided. */
  readonly resources: Layer.Layer<never, unknown> | undefined
  /** What the resources of an asset are, by its key. */
  readonly descriptions: Descriptions
}

export type Descriptions = Readonly<Record<string, Effect.Effect<ReadonlyArray<ResourceDescription>>>>

/** Stands in the error of the compiler when a resource is missing. */
export interface MissingResources<R> {
  readonly "these resources are asked for by assets and not provided": R
}

/** The definitions of a project. Commands are values of effect/cli and appear beside Strata's own. */
export const make = <
  const Assets extends ReadonlyArray<Asset.Any>,
  const Checks extends ReadonlyArray<StandaloneCheck.Any> = readonly []
>(options: {
  readonly assets: Assets
  readonly checks?: Checks
  readonly commands?: ReadonlyArray<Command.Command.Any>
  readonly config?: Readonly<Record<string, RunConfig.Values>>
  readonly pools?: Readonly<Record<string, number>>
}): Definitions<Asset.Services<Assets[number]> | StandaloneCheck.Services<Checks[number]>> =>
  fromParts({
    assets: options.assets,
    checks: options.checks ?? [],
    commands: options.commands ?? [],
    config: options.config ?? {},
    pools: options.pools ?? {},
    resources: undefined,
    descriptions: {}
  })

/** Provides all resources at once. It does not compile when an asset asks for one that the layer does not give. */
export const provide =
  <ROut, E>(layer: Layer.Layer<ROut, E>) =>
  <R>(
    self: Definitions<R> & ([Exclude<R, ROut>] extends [never] ? unknown : MissingResources<Exclude<R, ROut>>)
  ): Definitions<never> =>
    fromParts({ ...self, resources: layer as Layer.Layer<never, unknown> })

/** Says of assets, by their keys, what resources they use at the moment: what `strata show` prints. */
export const describe =
  (descriptions: Descriptions) =>
  <R>(self: Definitions<R>): Definitions<R> =>
    fromParts({ ...self, descriptions: { ...self.descriptions, ...descriptions } })

export const isDefinitions = (u: unknown): u is Definitions<never> => hasProperty(u, TypeId)

const fromParts = <R>(
  parts: Pick<Definitions<R>, "assets" | "checks" | "commands" | "config" | "descriptions" | "pools" | "resources">
): Definitions<R> => ({
  ...parts,
  [TypeId]: { _R: (_) => _ },
  pipe() {
    // biome-ignore lint/complexity/noArguments: pipeArguments reads them
    return pipeArguments(this, arguments)
  }
})
