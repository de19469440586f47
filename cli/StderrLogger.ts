/**
 * Writes what asset bodies log to stderr, above what is shown there.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogEntry from "./render/LogEntry.ts"
import { Screen } from "./Screen.ts"

export const layer = Layer.unwrap(
  Effect.map(Screen, (screen) =>
    Logger.layer([
      Logger.make<unknown, void>((options) => {
        const entry = {
          structured: Logger.formatStructured.log(options),
          logfmt: Logger.formatLogFmt.log(options)
        }
        Effect.runFork(screen.tell((view) => LogEntry.text(entry, view)))
      })
    ])
  )
)
