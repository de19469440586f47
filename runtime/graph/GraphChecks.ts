/**
 * The checks of a graph: of each asset those of its own, those that stand beside
 * it and what every table is held to; and those over several assets.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import * as AssetCheck from "../definition/AssetCheck.ts"
import type { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionMapping from "../definition/PartitionMapping.ts"
import type * as StandaloneCheck from "../definition/StandaloneCheck.ts"

/** A check cannot be evaluated as it is defined, or has the name of another. */
export class InvalidCheck extends Schema.TaggedError<InvalidCheck>()("InvalidCheck", {
  check: Schema.String,
  /** Of the asset that it belongs to; empty for a check that stands by itself. */
  asset: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the check ${this.check}${this.asset === "" ? "" : ` of ${this.asset}`} cannot be defined: ${this.reason}`
  }
}

export interface GraphChecks {
  /** Of every asset. */
  readonly ofAsset: ReadonlyMap<AssetKey, ReadonlyArray<AssetCheck.Any>>
  /** By name. */
  readonly acrossAssets: ReadonlyMap<string, AcrossAssets>
}

/** A check over several assets with the mapping of each. */
export interface AcrossAssets {
  readonly check: StandaloneCheck.AnyAcrossAssets
  readonly inputs: ReadonlyArray<{
    readonly name: string
    readonly asset: AssetKey
    readonly mapping: PartitionMapping.PartitionMapping
  }>
}

/** What every table is held to whose checks do not say otherwise. */
export const byDefault: AssetCheck.Any = AssetCheck.becameEmpty()

type Assets = ReadonlyMap<AssetKey, Asset.Any>

export const make = (
  assets: Assets,
  upstream: ReadonlyMap<AssetKey, ReadonlyArray<AssetKey>>,
  standalone: ReadonlyArray<StandaloneCheck.Any>
): Result.Result<GraphChecks, InvalidCheck> =>
  Result.gen(function* () {
    const ofAsset = new Map<AssetKey, ReadonlyArray<AssetCheck.Any>>()
    for (const asset of assets.values()) {
      const beside = standalone.flatMap((each) => (each._tag === "OnAsset" && each.asset === asset ? each.checks : []))
      ofAsset.set(asset.key, yield* checksOf(asset, [...asset.checks, ...beside], upstream))
    }
    const acrossAssets = new Map<string, AcrossAssets>()
    for (const each of standalone) {
      if (each._tag === "OnAsset") {
        if (assets.get(each.asset.key) !== each.asset) return yield* notDefined(each.asset, each.checks[0]?.name ?? "")
        continue
      }
      if (acrossAssets.has(each.name)) return yield* invalid(each.name, "", "another one has the same name: rename it")
      acrossAssets.set(each.name, yield* resolved(each, assets))
    }
    return { ofAsset, acrossAssets }
  })

/** The checks of a table begin with that it has not become empty, unless they say themselves what holds. */
const checksOf = (
  asset: Asset.Any,
  own: ReadonlyArray<AssetCheck.Any>,
  upstream: ReadonlyMap<AssetKey, ReadonlyArray<AssetKey>>
): Result.Result<ReadonlyArray<AssetCheck.Any>, InvalidCheck> =>
  Result.gen(function* () {
    const names = new Set<string>()
    for (const { name, rule } of own) {
      if (names.has(name)) {
        return yield* invalid(name, asset.key, "the asset has another one of that name: give one of the two a name")
      }
      names.add(name)
      if (rule._tag === "SameRowCount" && !isMadeFrom(asset.key, rule.asset.key, upstream)) {
        const reason = `the asset is not made from ${rule.asset.key}: compare the two with AssetCheck.make`
        return yield* invalid(name, asset.key, reason)
      }
    }
    const saysOfEmpty = own.some(({ rule }) => rule._tag === "BecameEmpty")
    const isTable = asset.output._tag === "Table" && asset.source._tag === "Computation"
    return [...(isTable && !saysOfEmpty ? [byDefault] : []), ...own].filter(
      ({ rule }) => rule._tag !== "BecameEmpty" || !rule.isAllowed
    )
  })

const isMadeFrom = (
  key: AssetKey,
  from: AssetKey,
  upstream: ReadonlyMap<AssetKey, ReadonlyArray<AssetKey>>,
  seen: Set<AssetKey> = new Set()
): boolean =>
  (upstream.get(key) ?? []).some((input) => {
    if (input === from) return true
    if (seen.has(input)) return false
    seen.add(input)
    return isMadeFrom(input, from, upstream, seen)
  })

const resolved = (check: StandaloneCheck.AnyAcrossAssets, assets: Assets): Result.Result<AcrossAssets, InvalidCheck> =>
  Result.gen(function* () {
    const inputs: Array<AcrossAssets["inputs"][number]> = []
    for (const [name, { asset, mapping }] of check.assets) {
      if (assets.get(asset.key) !== asset) return yield* notDefined(asset, check.name)
      const chosen: Result.Result<PartitionMapping.PartitionMapping, { readonly message: string }> =
        mapping === undefined
          ? PartitionMapping.defaultFor(asset.partitions, check.partitions)
          : PartitionMapping.check(mapping, asset.partitions, check.partitions)
      if (chosen._tag === "Failure") {
        return yield* invalid(check.name, "", `${chosen.failure.message}: say how with Asset.through`)
      }
      inputs.push({ name, asset: asset.key, mapping: chosen.success })
    }
    return { check, inputs }
  })

const notDefined = (asset: Asset.Any, check: string) =>
  invalid(check, "", `${asset.key} is not among the definitions: add it to Definitions.make`)

const invalid = (check: string, asset: string, reason: string) =>
  Result.fail(new InvalidCheck({ check, asset, reason }))
