/** The page of a run: bars over time, what checks found, errors with their causes, and what steps logged. */
import { assert, describe, it } from "@effect/vitest"
import * as Gantt from "../../../cli/render/Gantt.ts"
import * as LogText from "../../../cli/render/LogText.ts"
import type { PartitionNames } from "../../../cli/render/PartitionNames.ts"
import * as RunPage from "../../../cli/render/RunPage.ts"
import type { View } from "../../../cli/render/View.ts"
import * as Width from "../../../cli/render/Width.ts"
import * as AssetKey from "../../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../../runtime/definition/PartitionSet.ts"
import * as Run from "../../../runtime/event/Run.ts"
import * as RunSummary from "../../../runtime/read/RunSummary.ts"

const start = Date.UTC(2025, 5, 30, 12)
const now = start + 100_000
const person: View = { tty: true, width: 80, color: false, now }
const wide: View = { ...person, width: 200 }
const pipe: View = { ...person, tty: false }
const [raw, daily] = [AssetKey.make("postings/raw"), AssetKey.make("postings/daily")]

const names: PartitionNames = {
  text: (_, set) => `day ${PartitionSet.first(set)}`,
  brief: (_, set) =>
    PartitionSet.size(set) === 1 ? `day ${PartitionSet.first(set)}` : `${PartitionSet.size(set)} days`,
  json: (_, set) => ({ count: PartitionSet.size(set), ranges: [] })
}

const run: Run.Run = {
  id: Run.RunId.make("tou6ut-mpcmr"),
  environment: Run.main,
  request: "materialize",
  git: null,
  process: { pid: 1, bootId: "", startTicks: "", host: "here" },
  fencingToken: 1,
  status: "Failed",
  startedAt: start,
  heartbeatAt: null,
  endedAt: start + 40_000
}

const attempt = (number: number, from: number, to: number | null, parts: Partial<Run.Attempt> = {}): Run.Attempt => ({
  number,
  outcome: to === null ? "Started" : "Succeeded",
  error: null,
  startedAt: start + from * 1_000,
  endedAt: to === null ? null : start + to * 1_000,
  metadata: {
    "strata/rows": { _tag: "Int", value: 5_580 },
    "strata/bytes": { _tag: "Bytes", value: 120_000 },
    "strata/cpu": { _tag: "Duration", value: 1_500 },
    "strata/peak_memory": { _tag: "Bytes", value: 310_000_000 }
  },
  ...parts
})

const failed = (number: number, from: number, to: number): Run.Attempt =>
  attempt(number, from, to, {
    outcome: "Failed",
    metadata: {},
    error: {
      tag: "Offline",
      message: "the place redis://me:secret@host is not there",
      detail:
        "Offline: the place redis://me:secret@host is not there\n    at make (file:///p/assets.ts:3:1) {\n  [cause]: Error: connect ECONNREFUSED\n}"
    }
  })

const step = (index: number, asset: AssetKey.AssetKey, parts: Partial<Run.StepRecord>): Run.StepRecord => ({
  runId: run.id,
  index,
  assets: [asset],
  partitions: PartitionSet.of(index),
  made: PartitionSet.empty,
  reason: "Missing",
  status: "Succeeded",
  because: null,
  attempts: [],
  ...parts
})

const steps = [
  step(0, raw, { attempts: [attempt(1, 0, 10)] }),
  step(1, raw, { attempts: [failed(1, 4, 12), attempt(2, 20, 30)] }),
  step(2, daily, { attempts: [failed(1, 32, 40)], status: "Failed" }),
  step(3, daily, { status: "Skipped", because: raw })
]
const inputs = (key: AssetKey.AssetKey) => (key === daily ? [raw] : [])
const lines = (text: string) => text.split("\n")

describe("the time line of a run", () => {
  it("shows when each step waited, ran and was tried again", () => {
    assert.deepStrictEqual(lines(Gantt.text({ run, steps, inputs }, names, person)), [
      "TIMELINE              0 s                                         40.0 s",
      "postings/raw day 0    █████████████                                       10.0 s",
      "postings/raw day 1    ·····▒▒▒▒▒▒▒▒▒▒··········█████████████              26.0 s",
      "postings/daily day 2                                       ···▒▒▒▒▒▒▒▒▒▒   8.0 s",
      "· waiting   ▒ failed"
    ])
  })

  it("is as wide as the terminal at any width, and nothing in a pipe", () => {
    for (const view of [person, wide, { ...person, width: 40 }]) {
      for (const line of lines(Gantt.text({ run, steps, inputs }, names, view))) {
        assert.isAtMost(Width.width(line), view.width)
      }
    }
    assert.strictEqual(Gantt.text({ run, steps, inputs }, names, pipe), "")
  })

  it("names a row by the end of its asset where there is no room for partitions, if that is enough", () => {
    const long = AssetKey.make("postings/attributes/skills_of_a_long_name")
    const one = step(0, long, { attempts: [attempt(1, 0, 10)] })
    const label = (steps: ReadonlyArray<typeof one>) =>
      lines(Gantt.text({ run, steps, inputs }, names, person))[1]!.split("  ")[0]
    assert.strictEqual(label([one]), "…tes/skills_of_a_long_name")
    assert.strictEqual(label([one, step(1, long, { attempts: [attempt(1, 0, 10)] })]), "postings/attributes/skill…")
  })

  it("folds ten thousand steps into a row an asset, as high as many ran at once", () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      step(index, raw, { attempts: [attempt(1, index < 9_000 ? 0 : 20, index < 9_000 ? 20 : 40)] })
    )
    assert.deepStrictEqual(lines(Gantt.text({ run, steps: many, inputs }, names, { ...person, width: 60 })), [
      "TIMELINE              0 s                     40.0 s",
      "postings/raw × 10,0…  ███████████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  40.0 s"
    ])
  })

  it("goes on to now while the run does", () => {
    const going = { ...run, status: "Started" as const, endedAt: null }
    const text = Gantt.text(
      { run: going, steps: [step(0, raw, { attempts: [attempt(1, 50, null)] })], inputs },
      names,
      person
    )
    assert.match(lines(text)[1]!, /^postings\/raw day 0 {2}·+█+ {2}50\.0 s$/)
  })
})

describe("the page of a run", () => {
  const summary = RunSummary.make(run, steps)
  const finding = {
    asset: raw,
    check: "not_null(title)",
    outcome: "Failed" as const,
    severity: "warn" as const,
    blocking: false,
    partitions: PartitionSet.of(0),
    reason: "2 rows have no title",
    metadata: {},
    objects: []
  }
  const page = { summary, steps, inputs, findings: [finding], logged: 12 }

  it("says what was made and what it took, what checks found, and errors with their causes", () => {
    const text = lines(RunPage.text(page, names, wide))
    assert.include(text, "logs     12 lines: strata run tou6ut-mpcmr --logs")
    assert.include(text, "postings/raw    ✓ succeeded  day 0       11,160  30.0 s  240 kB  3.0 s  310 MB")
    assert.include(text, "! postings/raw day 0 not_null(title) failed: 2 rows have no title")
    assert.deepStrictEqual(text.slice(-5), [
      "✗ postings/daily day 2 failed: Offline",
      "  the place redis://…@host is not there",
      "      at make (file:///p/assets.ts:3:1) {",
      "    [cause]: Error: connect ECONNREFUSED",
      "  }"
    ])
  })

  it("fits a narrow terminal", () => {
    const cells = lines(RunPage.text({ ...page, summary: { ...summary, failures: [] } }, names, person))
    for (const line of cells) assert.isAtMost(Width.width(line), 80, line)
  })
})

describe("a line of a log", () => {
  const line = { at: start + 1_234, step: 1, attempt: 2, level: "WARN", text: "slow\nvery \u001b[31mslow" }

  it("has the time of day, level, step and attempt for a person, further lines below", () => {
    assert.deepStrictEqual(lines(LogText.line(line, steps[1], names, person)), [
      "12:00:01.234 WARN  postings/raw day 1 attempt 2  slow",
      "  very \\u001b[31mslow"
    ])
  })

  it("is one line of tabs for a pipe, and of JSON for a program", () => {
    assert.strictEqual(
      LogText.line(line, steps[1], names, pipe),
      "2025-06-30T12:00:01.234Z\tWARN\tpostings/raw day 1\t2\tslow\\nvery \\u001b[31mslow"
    )
    assert.deepStrictEqual(JSON.parse(LogText.json(line, steps[1], names)), {
      at: "2025-06-30T12:00:01.234Z",
      event: "Log",
      step: 1,
      assets: ["postings/raw"],
      partitions: { count: 1, ranges: [] },
      attempt: 2,
      level: "WARN",
      text: "slow\nvery \u001b[31mslow"
    })
    assert.strictEqual(
      LogText.line(line, undefined, names, person).split("\n")[0],
      "12:00:01.234 WARN  step 1 attempt 2  slow"
    )
  })
})
