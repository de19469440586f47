/**
 * `strata why`: why a partition is as it is, and the command that helps.
 */
import * as Effect from "effect/Effect"
import { main } from "../../runtime/event/Run.ts"
import * as Observer from "../../runtime/execute/Observer.ts"
import * as AssetGraph from "../../runtime/graph/AssetGraph.ts"
import * as ExplanationReader from "../../runtime/read/ExplanationReader.ts"
import * as ExplanationText from "../../runtime/read/ExplanationText.ts"
import * as KnownState from "../../runtime/record/KnownState.ts"
import * as Secrets from "../../runtime/record/Secrets.ts"
import type * as Flags from "../Flags.ts"
import * as OpenProject from "../OpenProject.ts"
import * as PartitionAddress from "../PartitionAddress.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as CommandText from "../render/CommandText.ts"
import * as Json from "../render/Json.ts"
import { Screen } from "../Screen.ts"

export const why = Effect.fn("why")(function* (options: Flags.Options<typeof Flags.why>) {
  const screen = yield* Screen
  const loaded = yield* Project.load(ProjectRequest.of(options))
  const address = yield* Effect.fromResult(PartitionAddress.parse(loaded.graph, options.partition))
  const { project, state } = yield* OpenProject.open(loaded, options)
  const explanation = yield* Effect.provideContext(explain(project, address), state)
  yield* screen.print(() =>
    options.json
      ? Json.text(ExplanationText.json(explanation))
      : Secrets.withoutUserInfo(ExplanationText.text(explanation, CommandText.make))
  )
}, Effect.scoped)

/** Looks, as a plan does, at what others wrote first. */
const explain = Effect.fnUntraced(function* (
  project: OpenProject.Opened["project"],
  address: PartitionAddress.PartitionAddress
) {
  const { graph, resources } = project
  const observed = [address.asset, ...AssetGraph.ancestors(graph, address.asset)]
  yield* Effect.provideContext(Observer.observe(graph, observed), resources)
  const known = yield* KnownState.load(graph, project, main)
  const ordinal = yield* Effect.fromResult(PartitionAddress.ordinal(address, known.view))
  return yield* ExplanationReader.explain(project, main, known, address.asset, ordinal)
})
