/**
 * Follows a run that another process performs: its steps and what they log, as
 * they come, until it has ended.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Run, RunId, StepRecord } from "../runtime/event/Run.ts"
import { EventLog } from "../runtime/record/EventLog.ts"
import { RunLedger } from "../runtime/record/RunLedger.ts"
import { type LogLine, StepLog } from "../runtime/record/StepLog.ts"
import * as DeadRuns from "./DeadRuns.ts"
import * as Progress from "./Progress.ts"
import * as LogText from "./render/LogText.ts"
import type { PartitionNames } from "./render/PartitionNames.ts"
import * as RunReport from "./render/RunReport.ts"
import { Screen } from "./Screen.ts"

export interface Following {
  readonly run: Run
  readonly steps: ReadonlyArray<StepRecord>
  readonly names: PartitionNames
  readonly json: boolean
  /** Whether a line of the log is wanted. */
  readonly isWanted: (line: LogLine) => boolean
}

/** Ends with the run. What happened before is told first. */
export const follow = Effect.fn("Following.follow")(
  function* ({ isWanted, json, names, run, steps }: Following) {
    const screen = yield* Screen
    const log = yield* StepLog
    const events = yield* EventLog
    const shown = { steps: steps.map((step) => ({ ...step, after: [] })), names, json }
    const { on } = yield* Progress.drawn(shown, run.startedAt)
    let [sequence, offset] = [0, 0]

    /** Everything there is now; logs come before the end of their step. */
    const drain = Effect.gen(function* () {
      const happened = yield* events.ofRun(run.id, sequence)
      const page = yield* log.read(run.id, offset)
      const lines = page.lines.filter(isWanted)
      offset = page.next
      sequence = happened.at(-1)?.sequence ?? sequence
      if (lines.length > 0) {
        yield* screen.print((view) => LogText.text(lines, { steps, names, json }, view))
      }
      yield* on(happened.map(({ event }) => event))
    })

    for (let round = 0; ; round++) {
      if (round % roundsBetweenLooks === 0) yield* DeadRuns.close
      // Asked before the rest is read: what is recorded with the end is then there.
      const now = yield* current(run.id)
      yield* drain
      if (now.status !== "Started") {
        yield* screen.show(() => "")
        if (!json) yield* screen.tell((view) => `${RunReport.status(now, view)}: run ${now.id}`)
        return now
      }
      yield* Effect.sleep("200 millis")
    }
  },
  Effect.scoped,
  Effect.ensuring(Screen.use((screen) => screen.show(() => "")))
)

/** A process that died is noticed every few seconds. */
const roundsBetweenLooks = 25

const current = (id: RunId) =>
  Effect.map(
    RunLedger.use((ledger) => ledger.find(id)),
    Option.getOrThrow
  )
