/**
 * Runs one command line, from its words to its exit code.
 *
 * Whatever goes wrong is said on stderr in a sentence; usage errors never
 * reach a command.
 */
import * as Effect from "effect/Effect"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Layer from "effect/Layer"
import * as Commands from "./Commands.ts"
import * as Failure from "./Failure.ts"
import * as StderrLogger from "./StderrLogger.ts"
import * as Telemetry from "./Telemetry.ts"
import * as ProjectCommands from "./ProjectCommands.ts"
import * as Help from "./render/Help.ts"
import * as UsageError from "./render/UsageError.ts"
import { Screen } from "./Screen.ts"
import { version } from "./Version.ts"

/** The exit code: 0 done or nothing to do, 1 failed, 2 usage. */
export const run = Effect.fnUntraced(
  function* (args: ReadonlyArray<string>) {
    const root = Commands.root(yield* ofProject(args))
    yield* Command.runWith(root, { version })(args)
    return 0
  },
  Effect.catchCause(Failure.report),
  (effect) => Effect.provide(effect, settings)
)

/** None where the first word is a command of Strata: then nothing else can be meant. */
const ofProject = (args: ReadonlyArray<string>) => {
  const word = args.find((arg) => !arg.startsWith("-"))
  return Commands.all.some(({ name }) => name === word) ? Effect.succeed([]) : ProjectCommands.find(word)
}

const presenter = Layer.effect(
  CliOutput.Presenter,
  Effect.map(Screen, (screen) => ({
    present: (event) => {
      switch (event._tag) {
        case "Help":
          return screen.print((view) => Help.text(event.helpDoc, view))
        case "InvalidInvocation":
          return screen.tell((view) => UsageError.text(event.commandPath, event.errors, view))
        case "Version":
          return screen.print(() => `${event.name} ${event.version}`)
      }
    }
  }))
)

/** The flags that every command has. */
export const builtIns = CliConfig.layer({
  builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel]
})

const settings = Layer.mergeAll(presenter, Layer.provideMerge(Telemetry.layer, StderrLogger.layer), builtIns)
