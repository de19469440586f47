/** What a person and a pipe see, as pictures. */
import { assert, describe, it } from "@effect/vitest"
import * as AssetKey from "../../../runtime/definition/AssetKey.ts"
import * as PartitionSet from "../../../runtime/definition/PartitionSet.ts"
import type { Event } from "../../../runtime/event/Event.ts"
import * as Run from "../../../runtime/event/Run.ts"
import type { RunPlan } from "../../../runtime/plan/RunPlan.ts"
import * as ExpectedTime from "../../../runtime/read/ExpectedTime.ts"
import * as RunProgress from "../../../runtime/read/RunProgress.ts"
import * as RunSummary from "../../../runtime/read/RunSummary.ts"
import * as Amount from "../../../cli/render/Amount.ts"
import * as CheckLine from "../../../cli/render/CheckLine.ts"
import * as CommandText from "../../../cli/render/CommandText.ts"
import * as LogEntry from "../../../cli/render/LogEntry.ts"
import type { PartitionNames } from "../../../cli/render/PartitionNames.ts"
import * as PlanText from "../../../cli/render/PlanText.ts"
import * as PlanTree from "../../../cli/render/PlanTree.ts"
import * as ProgressJson from "../../../cli/render/ProgressJson.ts"
import * as ProgressText from "../../../cli/render/ProgressText.ts"
import * as Problem from "../../../cli/render/Problem.ts"
import * as QueryResult from "../../../cli/render/QueryResult.ts"
import * as RunList from "../../../cli/render/RunList.ts"
import * as RunReport from "../../../cli/render/RunReport.ts"
import * as RunRequest from "../../../cli/render/RunRequest.ts"
import * as Table from "../../../cli/render/Table.ts"
import type { View } from "../../../cli/render/View.ts"
import * as Width from "../../../cli/render/Width.ts"

const now = Date.UTC(2025, 5, 30, 12)
const person: View = { tty: true, width: 80, color: false, now }
const wide: View = { ...person, width: 200 }
const pipe: View = { tty: false, width: 80, color: false, now }

const parsed = AssetKey.make("postings/parsed")
const daily = AssetKey.make("postings/daily")

const names: PartitionNames = {
  text: (_, set) => `day ${PartitionSet.first(set)}…day ${PartitionSet.last(set)} (${PartitionSet.size(set)})`,
  brief: (_, set) =>
    PartitionSet.size(set) === 1 ? `day ${PartitionSet.first(set)}` : `${PartitionSet.size(set)} days`,
  json: (_, set) => ({ count: PartitionSet.size(set), ranges: [] })
}

const plan: RunPlan = {
  steps: [
    {
      index: 0,
      assets: [parsed],
      partitions: PartitionSet.range(1, 31),
      reasons: new Map([
        ["Failed", PartitionSet.of(4)],
        ["Missing", PartitionSet.difference(PartitionSet.range(1, 31), PartitionSet.of(4))]
      ]),
      after: []
    },
    {
      index: 1,
      assets: [daily],
      partitions: PartitionSet.range(1, 31),
      reasons: new Map([["Missing", PartitionSet.range(1, 31)]]),
      after: [0]
    }
  ],
  blocked: [
    {
      reason: "NotMade",
      asset: daily,
      partitions: PartitionSet.range(40, 42),
      input: parsed,
      absent: PartitionSet.of(41)
    }
  ],
  upToDate: new Map([[parsed, PartitionSet.range(31, 40)]]),
  causes: new Map()
}

const run: Run.Run = {
  id: Run.RunId.make("tou6ut-mpcmr"),
  environment: Run.main,
  request: "materialize +postings/daily --force",
  git: { commit: "4e57d3a9c2ef27beae1ba5530861193b38ab71c4", dirty: true },
  process: { pid: 1, bootId: "", startTicks: "", host: "here" },
  fencingToken: 1,
  status: "Failed",
  startedAt: now - 125_000,
  heartbeatAt: null,
  endedAt: now - 5_000
}

const step = (
  index: number,
  assets: ReadonlyArray<AssetKey.AssetKey>,
  parts: Partial<Run.StepRecord>
): Run.StepRecord => ({
  runId: run.id,
  index,
  assets,
  partitions: PartitionSet.of(index),
  made: PartitionSet.empty,
  reason: "Missing",
  status: "Succeeded",
  because: null,
  attempts: [],
  ...parts
})

const attempt = (parts: Partial<Run.Attempt>): Run.Attempt => ({
  number: 1,
  outcome: "Succeeded",
  error: null,
  startedAt: now - 100_000,
  endedAt: now - 98_800,
  metadata: {},
  ...parts
})

const summary = RunSummary.make(run, [
  step(1, [parsed], {
    attempts: [
      attempt({
        metadata: {
          "strata/rows": { _tag: "Int", value: 19_972 },
          "strata/quarantined": { _tag: "Int", value: 28 },
          "strata/bytes": { _tag: "Bytes", value: 560_067 }
        }
      })
    ]
  }),
  step(2, [parsed], {
    status: "Failed",
    attempts: [
      attempt({ outcome: "Failed", error: { tag: "RateLimited", message: "slow down", detail: "" } }),
      attempt({
        number: 2,
        outcome: "Failed",
        error: { tag: "BadReply", message: "the reply of redis://me:secret@host/0\nis not JSON", detail: "" }
      })
    ]
  }),
  step(3, [daily], { status: "Skipped", because: parsed })
])

const lines = (text: string): ReadonlyArray<string> => text.split("\n")

describe("a plan", () => {
  it("is a line for each asset, below what it is made from, with why", () => {
    assert.deepStrictEqual(lines(PlanText.text({ plan }, names, person)), [
      "ASSET             PARTITIONS         STEPS  WHY",
      "postings/parsed   day 1…day 30 (30)      1  1 failed, 29 missing",
      "└ postings/daily  day 1…day 30 (30)      1  missing"
    ])
    assert.deepStrictEqual(lines(PlanText.text({ plan }, names, pipe)), [
      "postings/parsed\tday 1…day 30 (30)\t30\t1\t1 failed, 29 missing",
      "postings/daily\tday 1…day 30 (30)\t30\t1\tmissing"
    ])
    assert.strictEqual(PlanText.summary({ plan }), "2 steps for 60 partitions; 9 partitions up to date")
  })

  it("draws every asset once, the last of those below another with a corner", () => {
    const step = (index: number, asset: string, ...after: ReadonlyArray<number>): RunPlan["steps"][number] => ({
      index,
      assets: [AssetKey.make(asset)],
      partitions: PartitionSet.of(0),
      reasons: new Map([["Missing", PartitionSet.of(0)]]),
      after
    })
    const steps = [step(0, "a"), step(1, "b", 0), step(2, "c", 1), step(3, "d", 0, 1), step(4, "e", 0), step(5, "f")]
    assert.deepStrictEqual(
      PlanTree.make({ ...plan, steps }).map(({ assets, branch }) => branch + assets[0]),
      ["a", "├ b", "│ ├ c", "│ └ d", "└ e", "f"]
    )
  })

  it("says what made partitions stale, and how long it may take", () => {
    const [first] = plan.steps
    const stale = {
      ...plan,
      steps: [{ ...first!, reasons: new Map([["Stale", PartitionSet.range(1, 31)]] as const) }],
      causes: new Map([
        [
          parsed,
          new Map([
            ["Code", PartitionSet.range(1, 31)],
            ["Input", PartitionSet.of(1)]
          ] as const)
        ]
      ])
    }
    const pace = ExpectedTime.pace([
      { partitions: 10, millis: 1000 },
      { partitions: 30, millis: 6000 },
      { partitions: 1, millis: 400 }
    ])!
    const expected = ExpectedTime.make(stale, new Map([[parsed, pace]]), 2)
    assert.deepStrictEqual(lines(PlanText.text({ plan: stale, expected }, names, wide)), [
      "ASSET            PARTITIONS         STEPS  ABOUT  WHY",
      "postings/parsed  day 1…day 30 (30)      1  6.0 s  stale (code, 1 input)"
    ])
    assert.strictEqual(
      PlanText.summary({ plan: stale, expected }),
      "1 step for 30 partitions; 9 partitions up to date; about 6.0 s"
    )
    const both = ExpectedTime.make(plan, new Map([[parsed, pace]]), 2)
    assert.match(PlanText.summary({ plan, expected: both }), /; about 6\.0 s and postings\/daily, never made before$/)
    assert.notInclude(PlanText.summary({ plan, expected: ExpectedTime.make(plan, new Map(), 2) }), "about")
  })

  it("says how to make what cannot be made, and what waits", () => {
    assert.strictEqual(
      PlanText.blocked(plan, names, person),
      "! postings/daily 2 days cannot be made before postings/parsed day 41, which it is made from: strata materialize +postings/daily makes both"
    )
    const [blocked] = plan.blocked
    const top = AssetKey.make("postings/top")
    const waiting: RunPlan = {
      ...plan,
      steps: [],
      blocked: [
        { ...blocked!, reason: "Incomplete" },
        { reason: "NotMade", asset: top, partitions: PartitionSet.of(40), input: daily, absent: PartitionSet.of(40) }
      ]
    }
    assert.deepStrictEqual(lines(PlanText.blocked(waiting, names, person)), [
      "! postings/daily 2 days is made from all of postings/parsed and waits for postings/parsed day 41",
      "! postings/top day 40 waits for postings/daily day 40, which is not made either"
    ])
    assert.strictEqual(PlanText.summary({ plan: waiting }), "there is nothing to make yet")
    assert.isFalse(PlanText.isWaiting(plan))
  })

  it("of nothing says which sources are empty, and does not call that done", () => {
    const none: RunPlan = { ...plan, steps: [], blocked: [], upToDate: new Map() }
    const nothing = (sources: ReadonlyArray<AssetKey.AssetKey>) =>
      PlanText.nothing({ planned: { plan: none }, sources }, person)
    assert.strictEqual(nothing([]), "there is nothing to make")
    assert.strictEqual(
      nothing([AssetKey.make("market/raw"), AssetKey.make("market/raw_symbols")]),
      "there is nothing to make: nothing is there yet of market/raw and market/raw_symbols"
    )
  })
})

describe("the end of a run", () => {
  it("is a table of what was made", () => {
    assert.deepStrictEqual(lines(RunReport.made(summary, names, wide)), [
      "MADE             PARTITIONS         ROWS  SET ASIDE    SIZE   TIME",
      "postings/parsed  day 1…day 1 (1)  19,972         28  560 kB  1.2 s"
    ])
  })

  it("says what failed and why, what was skipped because of it, and the command that goes on", () => {
    const graph = { assets: new Map() } as never
    assert.deepStrictEqual(lines(RunReport.closing(summary, { names, graph, place: ".strata/objects" }, person)), [
      "✗ postings/parsed day 2 failed after 2 attempts: BadReply",
      "  the reply of redis://…@host/0",
      "  is not JSON",
      "– postings/daily day 3 skipped, because postings/parsed failed",
      "✗ failed in 2 m 00 s: 1 succeeded, 1 failed, 1 skipped; run tou6ut-mpcmr, objects in .strata/objects",
      "  strata retry  goes on with what is left",
      "  strata run tou6ut-mpcmr  shows this run again"
    ])
  })
})

describe("what was skipped", () => {
  const outcome = (asset: string, because: string) => ({
    assets: [AssetKey.make(asset)],
    partitions: new Map([["Skipped", PartitionSet.of(3)]]),
    because: [because]
  })

  it("is told together where the cause is the same", () => {
    const summary = {
      outcomes: [outcome("shop/a", "shop/raw"), outcome("shop/b", "shop/other"), outcome("shop/c", "shop/raw")]
    } as unknown as RunSummary.RunSummary
    assert.deepStrictEqual(lines(RunReport.skipped(summary, names, person)), [
      "– 2 assets skipped, because shop/raw failed:",
      "  shop/a day 3",
      "  shop/c day 3",
      "– shop/b day 3 skipped, because shop/other failed"
    ])
  })
})

describe("a narrow terminal", () => {
  const person: View = { tty: true, width: 60, color: false, now }
  const named = { text: (row: Named) => row.name, shrinks: true, cut: Width.truncateStart, title: "ASSET" }
  const described = { text: (row: Named) => row.description, shrinks: true, drops: true, title: "DESCRIPTION" }
  interface Named {
    readonly name: string
    readonly description: string
  }

  it("keeps the ends of names, by which those of one group differ", () => {
    assert.strictEqual(Width.truncateStart("postings/attributes/skills_onet", 14), "…s/skills_onet")
    assert.strictEqual(Width.truncateStart("postings/daily", 14), "postings/daily")
    assert.strictEqual(Width.truncateStart("日本語の表", 6), "…の表")
    const rows = ["postings/attributes/skills_onet", "postings/attributes/skills_acronym"].map((name) => ({
      name,
      description: ""
    }))
    assert.deepStrictEqual(lines(Table.make([named], rows, { ...person, width: 20 })), [
      "ASSET",
      "…ributes/skills_onet",
      "…utes/skills_acronym"
    ])
  })

  it("leaves out columns that could not be read, and keeps them where there is room", () => {
    const rows = [{ name: "postings/attributes/skills_onet", description: "The skills that each posting names" }]
    assert.deepStrictEqual(lines(Table.make([named, described], rows, person)), [
      "ASSET                          DESCRIPTION",
      "…tings/attributes/skills_onet  The skills that each posting…"
    ])
    assert.deepStrictEqual(lines(Table.make([named, described], rows, { ...person, width: 34 })), [
      "ASSET",
      "postings/attributes/skills_onet"
    ])
  })

  it("keeps the branches of a plan", () => {
    const key = AssetKey.make("postings/attributes/a_long_name_of_one_that_is_made_of_postings")
    const step = (index: number, asset: AssetKey.AssetKey, ...after: ReadonlyArray<number>) => ({
      index,
      assets: [asset],
      partitions: PartitionSet.of(0),
      reasons: new Map([["Missing" as const, PartitionSet.of(0)]]),
      after
    })
    const two = { ...plan, steps: [step(0, AssetKey.make("postings/parsed")), step(1, key, 0)] }
    assert.match(lines(PlanText.text({ plan: two }, names, person))[2]!, /^└ ….*that_is_made_of_postings {2}/)
  })
})

describe("what is logged while a command runs", () => {
  const entry = {
    structured: {
      level: "WARN",
      fiberId: "#1",
      timestamp: "2025-06-30T12:00:01.234Z",
      message: ["the server is\u001b[31m slow", { tries: 2 }],
      cause: "Error: no answer\n  at a line",
      annotations: { asset: "postings/enriched", run: "tou6ut-mpcmr" },
      spans: {}
    },
    logfmt: "level=WARN"
  } as never

  it("is a line with the time of day and the asset for a person, and logfmt for a pipe", () => {
    assert.deepStrictEqual(lines(LogEntry.text(entry, person)), [
      '12:00:01.234 WARN  postings/enriched the server is\\u001b[31m slow {"tries":2}',
      "  Error: no answer",
      "    at a line"
    ])
    assert.strictEqual(LogEntry.text(entry, pipe), "level=WARN")
  })
})

describe("runs", () => {
  it("have a symbol and their age for a person, words and ISO times for a pipe", () => {
    assert.deepStrictEqual(
      lines(RunList.text([run], person)),
      [
        "RUN           STATUS    STARTED            TIME  COMMIT     REQUEST",
        "tou6ut-mpcmr  ✗ failed  2 minutes ago  2 m 00 s  4e57d3a9*  materialize +postin…"
      ].map((line) => line)
    )
    assert.strictEqual(
      RunList.text([run], pipe),
      "tou6ut-mpcmr\tfailed\t2025-06-30T11:57:55.000Z\t120000\t4e57d3a9*\tmaterialize +postings/daily --force"
    )
  })
})

describe("progress", () => {
  const ended: RunProgress.Ended = {
    at: now,
    assets: [parsed],
    partitions: PartitionSet.range(1, 31),
    status: "Succeeded",
    rows: 19_972,
    millis: 1234,
    error: undefined,
    failures: [],
    because: undefined
  }
  const raw = AssetKey.make("postings/raw")
  const long = AssetKey.make(`postings/${"very_".repeat(20)}long`)
  const slowDown = { tag: "RateLimited", message: "slow down\nplease", detail: "" }
  const steps: ReadonlyArray<RunProgress.Step> = [
    { index: 0, assets: [raw], partitions: PartitionSet.of(0), after: [] },
    ...Array.from({ length: 90 }, (_, n) => ({
      index: n + 1,
      assets: [parsed],
      partitions: PartitionSet.of(n),
      after: []
    })),
    { index: 91, assets: [long], partitions: PartitionSet.range(0, 90), after: [0] },
    { index: 92, assets: [daily], partitions: PartitionSet.range(0, 90), after: [1, 91] }
  ]
  const runId = Run.RunId.make("tou6ut-mpcmr")
  const begun = () => {
    const progress = RunProgress.make(steps, now - 65_000)
    const of = { runId, at: now - 61_000 }
    progress.on({ _tag: "AttemptStarted", ...of, step: 0, attempt: 1 })
    for (let step = 1; step <= 40; step++) {
      progress.on({ _tag: "AttemptStarted", ...of, step, attempt: 1 })
      const metadata = { "strata/rows": { _tag: "Int" as const, value: 5_580 } }
      progress.on({ _tag: "StepSucceeded", ...of, at: now, step, attempt: 1, metadata })
    }
    progress.on({ _tag: "AttemptStarted", ...of, at: now - 1_000, step: 41, attempt: 1 })
    progress.on({ _tag: "AttemptStarted", ...of, at: now - 4_000, step: 42, attempt: 1 })
    progress.on({ _tag: "AttemptFailed", ...of, step: 42, attempt: 1, error: slowDown, retryAt: now - 3_000 })
    progress.on({ _tag: "AttemptStarted", ...of, at: now - 3_000, step: 42, attempt: 2 })
    progress.on({ _tag: "AttemptStarted", ...of, step: 43, attempt: 1 })
    progress.on({ _tag: "AttemptFailed", ...of, at: now, step: 43, attempt: 1, error: slowDown, retryAt: now + 2_500 })
    progress.on({ _tag: "StepFailed", ...of, step: 44, assets: [parsed], partitions: PartitionSet.of(43) })
    progress.waiting(45, ["memory"])
    progress.waiting(46, ["memory", "gpu"])
    return progress
  }

  it("shows what runs, what is tried again, and what waits for what", () => {
    assert.deepStrictEqual(lines(ProgressText.now(begun(), names, person)), [
      "● postings/raw day 0  1 m 01 s",
      "● postings/parsed  ━━╌╌╌╌  41 of 90  1 failed  223,200 rows, 3.66k/s  1 m 01 s",
      "  ● day 41  attempt 2  3.0 s",
      "  ● day 40  1.0 s",
      "  ↻ day 42  retrying in 3 s: slow down",
      "  ○ 2 steps wait for free memory and gpu",
      "○ postings/very_very_very_very_very_very_very_very_very_very_very_very_very_v…",
      "○ postings/daily  waits for postings/parsed, postings/very_very_very_very_ver…",
      "41 of 93 steps done, 1 failed, 1 m 05 s"
    ])
  })

  it("has room for everything on a wide terminal", () => {
    const [first, group, , , , , , last] = lines(ProgressText.now(begun(), names, wide))
    assert.deepStrictEqual(
      [first, group, last],
      [
        "● postings/raw day 0  1 m 01 s",
        "● postings/parsed  ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌  41 of 90  1 failed  223,200 rows, 3.66k/s  1 m 01 s",
        `○ postings/daily  waits for postings/parsed, ${long}`
      ]
    )
  })

  it("is never wider than the terminal, nor taller than half of it", () => {
    for (const width of [40, 80, 120, 200]) {
      for (const height of [8, 24, 60]) {
        const shown = lines(ProgressText.now(begun(), names, { ...person, width, height }))
        assert.isAtMost(shown.length, Math.max(4, height / 2))
        for (const line of shown) assert.isBelow(Width.width(line), width, line)
      }
    }
  })

  it("folds ten thousand steps into as many lines", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      index,
      assets: [AssetKey.make(`asset/${index % 1_000}`)],
      partitions: PartitionSet.of(index),
      after: []
    }))
    const progress = RunProgress.make(many, now - 1_000)
    for (let step = 0; step < 5_000; step++) {
      progress.on({ _tag: "AttemptStarted", runId, at: now, step, attempt: 1 })
    }
    const shown = lines(ProgressText.now(progress, names, person))
    assert.strictEqual(shown.length, 12)
    assert.deepStrictEqual(shown.slice(-2), ["  … and 997 more assets", "0 of 10,000 steps done, 1.0 s"])
  })

  it("folds what is done for a person, and is a line of tabs for a pipe", () => {
    assert.strictEqual(ProgressText.ended(ended, names, person), "✓ postings/parsed 30 days  19,972 rows, 1.2 s")
    assert.strictEqual(
      ProgressText.ended(ended, names, pipe),
      "2025-06-30T12:00:00.000Z\tsucceeded\tpostings/parsed 30 days\t19972 rows\t1.2 s"
    )
    const failed = { ...ended, status: "Failed" as const, error: { tag: "E", message: "no\nway", detail: "" } }
    assert.strictEqual(ProgressText.ended(failed, names, person), "✗ postings/parsed 30 days  no")
  })

  it("says on a terminal that cannot be redrawn, and in a pipe, when a step is tried again", () => {
    const retrying = begun().retryingOf(43)!
    assert.strictEqual(
      ProgressText.retrying(retrying, names, person),
      "↻ postings/parsed day 42  retrying in 3 s: slow down"
    )
    assert.strictEqual(
      ProgressText.retrying(retrying, names, pipe),
      "2025-06-30T12:00:00.000Z\tretrying\tpostings/parsed day 42\tin 3 s\tslow down"
    )
  })

  it("is a line of JSON an event for a program, without what the plan says", () => {
    const progress = begun()
    const line = (event: Event) => ProgressJson.line(event, progress, names)
    assert.strictEqual(
      line({ _tag: "AttemptFailed", runId, at: now, step: 1, attempt: 2, error: slowDown, retryAt: now }),
      '{"at":"2025-06-30T12:00:00.000Z","event":"AttemptFailed","run":"tou6ut-mpcmr","step":1,"assets":["postings/parsed"],"partitions":{"count":1,"ranges":[]},"attempt":2,"error":{"tag":"RateLimited","message":"slow down\\nplease"},"retryAt":"2025-06-30T12:00:00.000Z"}'
    )
    assert.strictEqual(
      line({ _tag: "RunEnded", runId, at: now, status: "Failed" }),
      '{"at":"2025-06-30T12:00:00.000Z","event":"RunEnded","run":"tou6ut-mpcmr","status":"Failed"}'
    )
    const planned = { assets: [raw], partitions: PartitionSet.of(0), reason: "Missing" }
    assert.strictEqual(line({ _tag: "StepPlanned", runId, at: now, step: 0, ...planned }), "")
  })

  it("says what a check found", () => {
    const found = {
      asset: parsed,
      check: "not_null(title)",
      outcome: "Failed" as const,
      severity: "warn" as const,
      blocking: false,
      partitions: PartitionSet.of(3),
      reason: "2 of 5,580 rows have no title"
    }
    assert.strictEqual(
      CheckLine.text(found, names, person),
      "! postings/parsed day 3 not_null(title) failed: 2 of 5,580 rows have no title"
    )
    assert.strictEqual(
      CheckLine.text(found, names, pipe),
      "2025-06-30T12:00:00.000Z\tcheck failed\tpostings/parsed day 3 not_null(title)\t2 of 5,580 rows have no title"
    )
  })
})

describe("the result of a query", () => {
  const columns = [
    { name: "title", type: "VARCHAR" },
    { name: "n", type: "BIGINT" }
  ]

  it("is aligned, with nothing in it that could move the cursor", () => {
    const rows = [
      { title: "日本 \u001b[31mred\ttab", n: "12345678901234567890" },
      { title: null, n: "1" }
    ]
    assert.deepStrictEqual(lines(QueryResult.text(columns, rows, person)), [
      "title                                       n",
      "日本 \\u001b[31mred\\ttab  12345678901234567890",
      "NULL                                        1",
      "2 rows"
    ])
  })

  it("is cut to the terminal, and stands row by row where it cannot be cut", () => {
    const rows = [{ title: "x".repeat(100), n: "1" }]
    for (const line of lines(QueryResult.text(columns, rows, person))) assert.isAtMost(Width.width(line), 80)
    const many = Array.from({ length: 12 }, (_, i) => ({ name: `column_${i}`, type: "VARCHAR" }))
    const row = Object.fromEntries(many.map(({ name }) => [name, `value of ${name}`]))
    assert.deepStrictEqual(lines(QueryResult.text(many, [row], person)).slice(0, 2), [
      "column_0   value of column_0",
      "column_1   value of column_1"
    ])
    assert.strictEqual(lines(QueryResult.text(many, [row], wide)).length, 3)
  })

  it("is JSON with all the digits of its integers", () => {
    const rows = [
      { day: new Date("2025-06-01"), n: 9007199254740993n, at: new Date(0), list: [1n, null], no: Number.NaN }
    ]
    assert.strictEqual(
      QueryResult.json([{ name: "day", type: "DATE" }], rows),
      `\n  {"day":"2025-06-01","n":9007199254740993,"at":"1970-01-01T00:00:00.000Z","list":[1,null],"no":"NaN"}`
    )
  })
})

describe("words", () => {
  it("amounts", () => {
    assert.deepStrictEqual([0, 999, 999_999, 1_420_000, 1e15].map(Amount.bytes), [
      "0 B",
      "999 B",
      "1.00 MB",
      "1.42 MB",
      "1.00 PB"
    ])
    assert.deepStrictEqual([0, 340.4, 1200, 59_949, 59_950, 125_000, 3_600_000 * 3 + 7 * 60_000].map(Amount.duration), [
      "0 ms",
      "340 ms",
      "1.2 s",
      "59.9 s",
      "1 m 00 s",
      "2 m 05 s",
      "3 h 07 m"
    ])
    assert.deepStrictEqual(
      [0, 30, 60, 7200, 86_400 * 2, 86_400 * 100].map((seconds) => Amount.ago(now - seconds * 1000, now)),
      ["just now", "30 seconds ago", "1 minute ago", "2 hours ago", "2 days ago", "on 2025-03-22"]
    )
    assert.strictEqual(Amount.counted(1_234_567, "row"), "1,234,567 rows")
  })

  it("commands can be typed again", () => {
    assert.strictEqual(CommandText.make(["query", `it's "a/b"`]), `strata query 'it'\\''s "a/b"'`)
    const request = RunRequest.make(["materialize", "key:a/*", "-p", "latest", "--force"])
    assert.strictEqual(request, "materialize 'key:a/*' -p latest --force")
  })

  it("a retry has the definitions and the parameters of what was asked for", () => {
    const request = RunRequest.make(["materialize", "a", "-c", "a.name=it's b", "-c", "a.n=1", "-d", "my defs.ts"])
    assert.strictEqual(RunRequest.retry(request), "strata retry -d 'my defs.ts'")
    assert.strictEqual(RunRequest.retry("materialize a", "t1-a"), "strata retry t1-a")
    assert.deepStrictEqual(RunRequest.config(request), ["a.name=it's b", "a.n=1"])
  })

  it("passwords of URLs are not printed", () => {
    assert.strictEqual(
      Problem.text("could not reach postgres://me:secret@db:5432/x and https://example.org/a@b", person),
      "error: could not reach postgres://…@db:5432/x and https://example.org/a@b"
    )
  })
})
