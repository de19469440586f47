import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as PartitionDictionary from "../../runtime/definition/PartitionDictionary.ts"
import * as AssetGraphView from "../../runtime/event/AssetGraphView.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import * as Provenance from "../../runtime/event/Provenance.ts"
import * as Version from "../../runtime/event/Version.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import {
  Asset,
  AssetKey,
  BackfillPolicy,
  Files,
  PartitionSet,
  PartitionMapping,
  PartitionsDefinition,
  Value
} from "../../runtime/index.ts"
import * as RunPlan from "../../runtime/plan/RunPlan.ts"

const daily = PartitionsDefinition.daily({ start: "2025-04-01" })
const day = (key: string) => Result.getOrThrow(PartitionsDefinition.dayOrdinal(key))
const days = (from: string, to: string) => PartitionSet.range(day(from), day(to) + 1)
const output = Value.of(Schema.Int)
const body = () => Effect.succeed(0)

const Raw = Asset.external("raw", { partitions: daily, output: Files.files, observe: Effect.succeed([]) })
const Parsed = Asset.make("parsed", {
  partitions: daily,
  deps: { raw: Raw },
  output,
  backfillPolicy: BackfillPolicy.batches(2),
  materialize: body
})
const Counted = Asset.make("counted", { partitions: daily, deps: { parsed: Parsed }, output, materialize: body })
const Total = Asset.make("total", { deps: { counted: Counted }, output, materialize: body })
const Limits = Asset.make("limits", { output, materialize: body })
const Checked = Asset.make("checked", {
  partitions: daily,
  deps: { parsed: Parsed, limits: Limits },
  output,
  backfillPolicy: BackfillPolicy.singleRun,
  materialize: body
})

const quarterly = PartitionsDefinition.quarterly({ start: "2025Q2" })
const Quarter = Asset.make("quarter", { partitions: quarterly, deps: { parsed: Parsed }, output, materialize: body })
const WholeQuarter = Asset.make("whole_quarter", {
  partitions: quarterly,
  deps: { parsed: Asset.through(Parsed, PartitionMapping.timeWindow(), { complete: true }) },
  output,
  materialize: body
})

const graph = Result.getOrThrow(AssetGraph.make([Raw, Parsed, Counted, Total, Limits, Checked, Quarter, WholeQuarter]))
const key = AssetKey.make
const everything = [...graph.order].filter((key) => !key.includes("quarter"))

const observed = (partitions: PartitionSet.PartitionSet, version = "1") =>
  PartitionVersions.fromEntries(
    [...PartitionSet.ordinals(partitions)].map((ordinal) => ({
      ordinal,
      provenance: Version.zero,
      data: Version.seed(version, String(ordinal))
    }))
  )

interface State {
  readonly landed: PartitionVersions.PartitionVersions
  readonly made?: ReadonlyMap<AssetKey.AssetKey, PartitionVersions.PartitionVersions>
  readonly failed?: ReadonlyMap<AssetKey.AssetKey, PartitionSet.PartitionSet>
  readonly code?: Readonly<Record<string, string>>
}

const viewOf = (state: State) =>
  AssetGraphView.make(graph, {
    versions: new Map([...(state.made ?? []), [key("raw"), state.landed]]),
    failed: state.failed ?? new Map(),
    dictionary: PartitionDictionary.empty,
    configs: new Map(),
    codeVersions: new Map(Object.entries(state.code ?? {}) as never),
    now: Date.UTC(2025, 6, 1)
  })

/** The state after every step of the plan has succeeded with content that follows from `content`. */
const perform = (
  state: State,
  plan: RunPlan.RunPlan,
  content = (key: string, ordinal: number) => `${key} ${ordinal}`
): State => {
  let made = new Map(state.made)
  for (const step of plan.steps) {
    for (const asset of step.assets) {
      const view = viewOf({ ...state, made })
      const provenance = Provenance.make(view, asset)
      const fresh = [...PartitionSet.ordinals(step.partitions)].map((ordinal) => ({
        ordinal,
        provenance: provenance.of(ordinal),
        data: Version.seed(content(asset, ordinal))
      }))
      const kept = PartitionVersions.restrict(
        AssetGraphView.versions(view, asset),
        PartitionSet.difference(AssetGraphView.materialized(view, asset), step.partitions)
      )
      made = new Map(made).set(asset, PartitionVersions.merge([kept, PartitionVersions.fromEntries(fresh)]))
    }
  }
  return { ...state, made, failed: new Map() }
}

const planOf = (state: State, assets = everything, options?: { readonly force?: boolean }) => {
  const view = viewOf(state)
  const partitions = new Map(assets.map((asset) => [asset, view.existing.get(asset)!]))
  return RunPlan.make(view, { partitions, force: options?.force ?? false })
}

const shown = (plan: RunPlan.RunPlan) =>
  plan.steps.map(({ after, assets, index, partitions, reasons }) => {
    const size = PartitionSet.size(partitions)
    return `${index} ${assets.join("+")} ${size} ${[...reasons.keys()].join(",")} <${after.join(",")}>`
  })

const threeDays = { landed: observed(days("2025-06-01", "2025-06-03")) }

describe("a plan", () => {
  it("makes what exists and is missing, in topological order, coalesced by backfill policy", () => {
    assert.deepStrictEqual(shown(planOf(threeDays)), [
      "0 limits 1 Missing <>",
      "1 parsed 2 Missing <>",
      "2 parsed 1 Missing <>",
      "3 checked 3 Missing <0,1,2>",
      "4 counted 1 Missing <1>",
      "5 counted 1 Missing <1>",
      "6 counted 1 Missing <2>",
      "7 total 1 Missing <4,5,6>"
    ])
  })

  it("is empty when everything is up to date, and says what is", () => {
    const plan = planOf(perform(threeDays, planOf(threeDays)))
    assert.deepStrictEqual(shown(plan), [])
    assert.strictEqual(PartitionSet.size(plan.upToDate.get(key("parsed"))!), 3)
  })

  it("does not count days that did not land as missing", () => {
    const gap = {
      landed: observed(PartitionSet.union(days("2025-06-01", "2025-06-01"), days("2025-06-05", "2025-06-05")))
    }
    assert.strictEqual(PartitionSet.size(planOf(gap, [key("parsed")]).steps[0]!.partitions), 2)
  })

  it("makes the chain of a day that landed late, and what is made from all days", () => {
    const before = perform(threeDays, planOf(threeDays))
    const late = { ...before, landed: observed(days("2025-06-01", "2025-06-04")) }
    assert.deepStrictEqual(shown(planOf(late)), [
      "0 parsed 1 Missing <>",
      "1 checked 1 Missing <0>",
      "2 counted 1 Missing <0>",
      "3 total 1 InputPending <2>"
    ])
  })

  it("makes what is stale because an input changed, and its descendants as far as they may change", () => {
    const before = perform(threeDays, planOf(threeDays))
    const corrected = PartitionVersions.merge([
      observed(days("2025-06-01", "2025-06-02")),
      observed(days("2025-06-03", "2025-06-03"), "2")
    ])
    assert.deepStrictEqual(shown(planOf({ ...before, landed: corrected })), [
      "0 parsed 1 Stale <>",
      "1 checked 1 InputPending <0>",
      "2 counted 1 InputPending <0>",
      "3 total 1 InputPending <2>"
    ])
  })

  it("makes an asset whose code changed, all of its partitions", () => {
    const before = perform(threeDays, planOf(threeDays))
    assert.deepStrictEqual(shown(planOf({ ...before, code: { counted: "2" } })), [
      "0 counted 1 Stale <>",
      "1 counted 1 Stale <>",
      "2 counted 1 Stale <>",
      "3 total 1 InputPending <0,1,2>"
    ])
  })

  it("makes again exactly what failed", () => {
    const before = perform(threeDays, planOf(threeDays))
    const failed = new Map([[key("counted"), days("2025-06-02", "2025-06-02")]])
    assert.deepStrictEqual(shown(planOf({ ...before, failed }, [key("counted")])), ["0 counted 1 Failed <>"])
  })

  it("replaces what is up to date when forced", () => {
    const before = perform(threeDays, planOf(threeDays))
    assert.deepStrictEqual(shown(planOf(before, [key("limits")], { force: true })), ["0 limits 1 Forced <>"])
    assert.deepStrictEqual(shown(planOf(before, [key("limits"), key("checked")], { force: true })), [
      "0 limits 1 Forced <>",
      "1 checked 3 Forced <0>"
    ])
  })

  it("says which partitions cannot be made because an input is neither there nor planned", () => {
    const plan = planOf(threeDays, [key("counted")])
    assert.deepStrictEqual(shown(plan), [])
    assert.deepStrictEqual(plan.blocked, [
      {
        reason: "NotMade",
        asset: key("counted"),
        partitions: days("2025-06-01", "2025-06-03"),
        input: key("parsed"),
        absent: days("2025-06-01", "2025-06-03")
      }
    ])
  })

  it("waits with an input that waits, and is no failure then", () => {
    const after = Asset.make("z_after", {
      partitions: quarterly,
      deps: { whole: WholeQuarter },
      output,
      materialize: body
    })
    const graph = Result.getOrThrow(AssetGraph.make([Raw, Parsed, WholeQuarter, after]))
    const view = AssetGraphView.make(graph, {
      ...viewOf(threeDays),
      versions: new Map([[key("raw"), threeDays.landed]])
    })
    const of = (keys: ReadonlyArray<AssetKey.AssetKey>) =>
      RunPlan.make(view, { partitions: new Map(keys.map((key) => [key, view.existing.get(key)!])), force: false })
    const all = of(graph.order)
    assert.deepStrictEqual(
      all.blocked.map((blocked) => [blocked.asset, blocked.reason, RunPlan.isWaiting(all, blocked)]),
      [
        [key("whole_quarter"), "Incomplete", true],
        [key("z_after"), "NotMade", true]
      ]
    )
    const alone = of([key("z_after")])
    assert.isFalse(RunPlan.isWaiting(alone, alone.blocked[0]!))
  })

  it("is the same for the same inputs", () => {
    assert.deepStrictEqual(planOf(threeDays), planOf(threeDays))
  })
})

describe("a quarter made from days", () => {
  const quarters = [key("parsed"), key("quarter"), key("whole_quarter")]

  it("is made from the days that landed, and again when one lands late", () => {
    const first = planOf(threeDays, quarters)
    assert.deepStrictEqual(shown(first).slice(2), ["2 quarter 1 Missing <0,1>"])
    const late = { ...perform(threeDays, first), landed: observed(days("2025-06-01", "2025-06-04")) }
    assert.deepStrictEqual(shown(planOf(late, quarters)), ["0 parsed 1 Missing <>", "1 quarter 1 InputPending <0>"])
  })

  it("waits for all of its days where it says complete", () => {
    const plan = planOf(threeDays, quarters)
    const april = days("2025-04-01", "2025-05-31")
    assert.deepStrictEqual(
      plan.blocked.map(({ absent, asset, input, reason }) => ({ absent, asset, input, reason })),
      [
        {
          reason: "Incomplete",
          asset: key("whole_quarter"),
          input: key("parsed"),
          absent: PartitionSet.union(april, days("2025-06-04", "2025-06-30"))
        }
      ]
    )
    assert.isTrue(RunPlan.isWaiting(plan, plan.blocked[0]!))
    const whole = { landed: observed(days("2025-04-01", "2025-06-30")) }
    assert.include(shown(planOf(whole, quarters)).join(), "whole_quarter 1 Missing")
  })
})

describe("a window that looks back", () => {
  const Window = Asset.make("window", {
    partitions: daily,
    deps: { parsed: Asset.through(Parsed, PartitionMapping.lookback(6)) },
    output,
    materialize: body
  })
  const lookingBack = Result.getOrThrow(AssetGraph.make([Raw, Parsed, Window]))
  const existing = (landed: PartitionSet.PartitionSet) =>
    AssetGraphView.make(lookingBack, {
      versions: new Map([[key("raw"), observed(landed)]]),
      failed: new Map(),
      dictionary: PartitionDictionary.empty,
      codeVersions: new Map(),
      configs: new Map(),
      now: Date.UTC(2025, 6, 1)
    }).existing.get(key("window"))

  it("exists over gaps of its input, and ends with its last input", () => {
    const landed = PartitionSet.union(days("2025-06-01", "2025-06-01"), days("2025-06-05", "2025-06-05"))
    assert.deepStrictEqual(existing(landed), days("2025-06-01", "2025-06-05"))
  })
})

describe("early cutoff", () => {
  it("leaves descendants up to date when an input was made again with the same content", () => {
    const same = () => "same"
    const before = perform(threeDays, planOf(threeDays), same)
    const corrected = { ...before, landed: observed(days("2025-06-01", "2025-06-03"), "2") }
    const parsed = perform(corrected, planOf(corrected, [key("parsed")]), same)
    assert.deepStrictEqual(shown(planOf(parsed)), [])
  })
})
