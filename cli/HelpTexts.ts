/**
 * The help of every command as one value, colored: what `help.json` holds.
 */
import * as Effect from "effect/Effect"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as CommandLine from "./CommandLine.ts"
import * as Commands from "./Commands.ts"
import * as Help from "./render/Help.ts"

/** By the name of the command; the root's under the empty text. */
export const make = Effect.fnUntraced(function* () {
  const texts: Record<string, string> = {}
  const capture = (name: string) => ({
    present: (event: CliOutput.Presenter.Event) =>
      Effect.sync(() => {
        if (event._tag === "Help") texts[name] = Help.text(event.helpDoc, { color: true })
      })
  })
  for (const name of ["", ...Commands.all.map(({ name }) => name)]) {
    yield* Command.runWith(Commands.root([]), { version: "" })([name, "--help"].filter((word) => word !== "")).pipe(
      Effect.provideService(CliOutput.Presenter, capture(name)),
      Effect.provide(CommandLine.builtIns)
    )
  }
  return texts
})
