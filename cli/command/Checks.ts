/**
 * `strata checks`: how the checks stand, or their results over time.
 */
import * as Effect from "effect/Effect"
import { main } from "../../runtime/event/Run.ts"
import * as CheckStatus from "../../runtime/read/CheckStatus.ts"
import * as CheckedProject from "../CheckedProject.ts"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as CheckHistory from "../render/CheckHistory.ts"
import * as CheckList from "../render/CheckList.ts"
import { Screen } from "../Screen.ts"
import * as Wiring from "../Wiring.ts"

type Options = Flags.Options<typeof Flags.checks>

export const checks = Effect.fn("checks")(function* (options: Options) {
  const project = yield* Project.load(ProjectRequest.of(options))
  yield* Effect.provide(list(project, options), Wiring.stateIfAny(project))
})

const list = Effect.fnUntraced(function* (project: Project.Project, options: Options) {
  const screen = yield* Screen
  const { names, partitions } = yield* CheckedProject.read(project, options)
  const all = yield* CheckStatus.read(project.graph, main)
  const meant = all.filter(CheckedProject.isMeant(project.graph, partitions))
  if (meant.length === 0 && !options.json) {
    return yield* screen.tell(() => (all.length === 0 ? "the definitions hold no checks" : "no check is selected"))
  }
  if (!options.history) {
    return yield* screen.print((view) =>
      options.json ? CheckList.json(meant, names) : CheckList.text(meant, names, view)
    )
  }
  const results = (yield* Effect.forEach(meant, (check) => CheckStatus.history(main, check, options.limit))).flat()
  const newest = results.sort((a, b) => b.at - a.at).slice(0, options.limit)
  yield* newest.length === 0 && !options.json
    ? screen.tell(() => "there are no results yet")
    : screen.print((view) => (options.json ? CheckHistory.json(newest, names) : CheckHistory.text(newest, names, view)))
})
