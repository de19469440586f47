import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HelpTexts from "../../cli/HelpTexts.ts"
import * as Screen from "../../cli/Screen.ts"

it.effect("the help that is printed at once is the help of the commands (renew it with vitest -u)", () =>
  Effect.gen(function* () {
    const texts = yield* HelpTexts.make()
    yield* Effect.promise(() =>
      expect(`${JSON.stringify(texts, null, 2)}\n`).toMatchFileSnapshot("../../cli/help.json")
    )
  }).pipe(Effect.provide(Layer.merge(NodeServices.layer, Screen.layer)))
)
