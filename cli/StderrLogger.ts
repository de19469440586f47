/**
 * Writes what asset bodies log to stderr, above what is shown there.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Screen } from "./Screen.ts"

export const layer = Layer.unwrap(
  Effect.map(Screen, (screen) =>
    Logger.layer([
      Logger.map(Logger.formatLogFmt, (text) => {
        Effect.runFork(screen.tell(() => text))
      })
    ])
  )
)
