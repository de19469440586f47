/** Makes assets for a project's own commands, whose stdout is theirs. */
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as FileSystem from "effect/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Materialize, type MaterializeRequest } from "../runtime/definition/Materialize.ts"
import * as Performing from "./Performing.ts"
import * as Planning from "./Planning.ts"
import * as RunRequest from "./render/RunRequest.ts"
import { Screen } from "./Screen.ts"

export const layer = Layer.effect(
  Materialize,
  Effect.gen(function* () {
    // These alone: settings and loggers are those of the command that asks.
    const context = Context.pick(
      Screen,
      FileSystem.FileSystem,
      ChildProcessSpawner
    )(yield* Effect.context<Screen | FileSystem.FileSystem | ChildProcessSpawner>())
    return Materialize.of({ run: (request) => Effect.provideContext(run(request), context) })
  })
)

const run = Effect.fnUntraced(
  function* ({ config = [], resume, selection }: MaterializeRequest) {
    const planning = yield* Planning.make({
      selection,
      config,
      partitions: Option.none(),
      force: false,
      definitions: Option.none()
    })
    const words = resume === undefined ? planning.words : RunRequest.make(resume)
    yield* Performing.run({ ...planning, words }, { json: false, metrics: Option.none() })
  },
  Effect.scoped,
  Effect.updateService(Screen, (screen) => ({ ...screen, print: () => Effect.void }))
)
