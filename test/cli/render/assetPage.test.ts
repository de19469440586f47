/** How an asset stands, at a glance: a strip of its partitions, and charts of what runs recorded. */
import { assert, describe, it } from "@effect/vitest"
import * as MeasureText from "../../../cli/render/MeasureText.ts"
import * as PartitionStrip from "../../../cli/render/PartitionStrip.ts"
import * as Sparkline from "../../../cli/render/Sparkline.ts"
import type { View } from "../../../cli/render/View.ts"
import * as Width from "../../../cli/render/Width.ts"
import * as PartitionSet from "../../../runtime/definition/PartitionSet.ts"
import { RunId } from "../../../runtime/event/Run.ts"
import type { Measure } from "../../../runtime/read/Measures.ts"

const person: View = { tty: true, width: 40, color: false, now: 0 }
const pipe: View = { ...person, tty: false }
const { empty, of, range } = PartitionSet
const key = (ordinal: number) => `day ${ordinal}`
const lines = (text: string) => text.split("\n")

/** As an asset that is made of all that exists, but for these. */
const standing = (
  size: number,
  parts: { missing?: PartitionSet.PartitionSet; failed?: PartitionSet.PartitionSet; stale?: PartitionSet.PartitionSet }
) => ({
  existing: range(0, size),
  materialized: PartitionSet.difference(range(0, size), parts.missing ?? empty),
  missing: parts.missing ?? empty,
  failed: parts.failed ?? empty,
  stale: parts.stale ?? empty
})

describe("the strip of partitions", () => {
  it("has a cell a partition where there is room, and says how many stand how", () => {
    const self = standing(20, { missing: range(15, 20), failed: of(3), stale: range(8, 10) })
    assert.deepStrictEqual(lines(PartitionStrip.text(self, key, person)), [
      "███✗████▒▒█████·····",
      "day 0         day 19",
      "█ 12 made   ▒ 2 stale   · 5 missing   ✗ 1 failed"
    ])
  })

  it("shows the worst of what a cell holds, so that one bad day of a million is seen", () => {
    const self = standing(1_000_000, { failed: of(500_000), missing: range(999_999, 1_000_000) })
    const [strip, ends, legend] = lines(PartitionStrip.text(self, key, person))
    assert.strictEqual(strip, `${"█".repeat(20)}✗${"█".repeat(18)}·`)
    assert.strictEqual(ends, "day 0                         day 999999")
    assert.strictEqual(legend, "█ 999,998 made   · 1 missing   ✗ 1 failed")
  })

  it("counts each partition once, and says observed of what others write", () => {
    const both = standing(5, { failed: of(1), stale: range(1, 3) })
    assert.strictEqual(lines(PartitionStrip.text(both, key, person))[2], "█ 3 made   ▒ 1 stale   ✗ 1 failed")
    const external = { ...standing(5, {}), isExternal: true }
    assert.strictEqual(lines(PartitionStrip.text(external, key, person))[2], "█ 5 observed")
  })

  it("leaves gaps in the partitions that exist out", () => {
    const existing = PartitionSet.union(range(0, 2), range(1_000, 1_002))
    const self = { existing, materialized: existing, missing: empty, failed: of(1_001), stale: empty }
    assert.deepStrictEqual(PartitionStrip.cells(self, 40), ["made", "made", "made", "failed"])
  })

  it("looks at no partition of its own: half a million stretches are quick at any width", () => {
    const every = PartitionSet.fromOrdinals(Array.from({ length: 500_000 }, (_, n) => n * 2))
    const self = standing(1_000_000, { stale: every })
    const began = performance.now()
    assert.isTrue(PartitionStrip.cells(self, 200).every((kind) => kind === "stale"))
    assert.isBelow(performance.now() - began, 2_000)
  })

  it("is nothing for a pipe, and for an asset without partitions", () => {
    assert.strictEqual(PartitionStrip.text(standing(20, {}), key, pipe), "")
    assert.strictEqual(PartitionStrip.text(standing(1, {}), key, person), "")
  })
})

const measure = (name: string, unit: Measure["unit"], values: ReadonlyArray<number>): Measure => ({
  name,
  unit,
  points: values.map((value, index) => ({ runId: RunId.make(`t${index}-a`), at: index, value }))
})

describe("charts of what runs recorded", () => {
  const measures = [
    measure("rows", "Count", [5_580, 5_600, 5_590, 0, 5_600]),
    measure("seconds", "Millis", [1_200, 1_300, 900, 100, 1_250]),
    measure("share of rows without a title", "Number", [0.123456, 0.2]),
    measure("told once", "Count", [1])
  ]

  it("are a row of blocks for each number, with the last, the least and the most", () => {
    assert.deepStrictEqual(lines(MeasureText.text(measures, { ...person, width: 80 })), [
      "RECENT RUNS (5)",
      "rows                      ███▁█  5,600  (0 … 5,600)",
      "seconds                   ▇█▆▁█  1.3 s  (100 ms … 1.3 s)",
      "share of rows without a…  ▁█     0.2  (0.1235 … 0.2)"
    ])
  })

  it("fit any terminal, and are nothing for a pipe", () => {
    for (const width of [40, 60, 200]) {
      for (const line of lines(MeasureText.text(measures, { ...person, width })))
        assert.isAtMost(Width.width(line), width)
    }
    assert.strictEqual(MeasureText.text(measures, pipe), "")
  })

  it("show the last of many", () => {
    assert.strictEqual(Sparkline.of([9, 9, 1, 2, 3], 3), "▁▅█")
    assert.strictEqual(Sparkline.of([7, 7], 3), "▄▄")
  })
})
