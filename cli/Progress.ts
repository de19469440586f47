/**
 * Shows a run while it goes on: hears its events and draws them.
 *
 * On a terminal the steps of an asset are folded into one line when the last
 * of them has ended, and what goes on is redrawn ten times a second; in a pipe
 * and on a terminal that cannot be redrawn every step that ends is a line, and
 * for a program every event is a line of JSON.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Event } from "../runtime/event/Event.ts"
import { RunListener } from "../runtime/execute/RunListener.ts"
import * as RunProgress from "../runtime/read/RunProgress.ts"
import * as CheckLine from "./render/CheckLine.ts"
import type { PartitionNames } from "./render/PartitionNames.ts"
import * as ProgressJson from "./render/ProgressJson.ts"
import * as ProgressText from "./render/ProgressText.ts"
import * as RunRequest from "./render/RunRequest.ts"
import type { View } from "./render/View.ts"
import { Screen } from "./Screen.ts"

export interface Shown {
  readonly steps: ReadonlyArray<RunProgress.Step>
  readonly names: PartitionNames
  readonly json: boolean
}

/** Shows the run of these steps while the effect performs it; what was asked for is how it is gone on with. */
export const during =
  (shown: Shown, request: string) =>
  <A, E, R>(perform: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Screen> =>
    Effect.gen(function* () {
      const screen = yield* Screen
      const { on, progress } = yield* drawn(shown)
      const canceled = screen.tell((view) => ProgressText.canceled(RunRequest.retry(request), view))
      return yield* perform.pipe(
        Effect.provideService(RunListener, {
          on,
          waiting: (step) => Effect.sync(() => progress.waiting(step.step, step.for))
        }),
        Effect.onInterrupt(() => (shown.json ? Effect.void : canceled))
      )
    }).pipe(Effect.scoped, Effect.ensuring(Screen.use((screen) => screen.show(() => ""))))

/** Draws a run as long as the scope is open; `on` takes its events. */
export const drawn = Effect.fnUntraced(function* ({ json, names, steps }: Shown, startedAt?: number) {
  const screen = yield* Screen
  const progress = RunProgress.make(steps, startedAt ?? (yield* Clock.currentTimeMillis))
  const isLive = screen.isLive && !json
  const told = json
    ? (event: Event) => jsonOf(progress, event, names)
    : (event: Event) => textOf(progress, event, names, isLive)
  const on = (events: ReadonlyArray<Event>) => {
    const lines = events.flatMap(told)
    return lines.length === 0 ? Effect.void : screen.tell((view) => lines.map((line) => line(view)).join("\n"))
  }
  const draw = Effect.suspend(() => screen.show((view) => ProgressText.now(progress, names, view)))
  yield* isLive ? Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("100 millis"))) : Effect.void
  return { on, progress }
})

type Lines = ReadonlyArray<(view: View) => string>

const jsonOf = (progress: RunProgress.RunProgress, event: Event, names: PartitionNames): Lines => {
  const line = ProgressJson.line(event, progress, names)
  progress.on(event)
  return line === "" ? [] : [() => line]
}

/** What went wrong is told at once; where it is folded, the rest when the last step of its assets has ended. */
const textOf = (progress: RunProgress.RunProgress, event: Event, names: PartitionNames, isFolded: boolean): Lines => {
  const ended = progress.on(event)
  if (event._tag === "ChecksEvaluated") {
    const failed = event.results.filter(({ outcome }) => outcome !== "Passed")
    return failed.map((one) => (view) => CheckLine.text(one, names, view))
  }
  if (event._tag === "AttemptFailed" && !isFolded) {
    const retrying = progress.retryingOf(event.step)
    return retrying === undefined ? [] : [(view) => ProgressText.retrying(retrying, names, view)]
  }
  if (ended === undefined || !("step" in event)) return []
  const isTold = !isFolded || ended.status === "Failed" || ended.status === "Canceled"
  const all = [...(isTold ? RunProgress.told(ended) : []), ...(isFolded ? progress.whole(event.step, event.at) : [])]
  return all.map((one) => (view) => ProgressText.ended(one, names, view))
}
