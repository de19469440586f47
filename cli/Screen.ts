/**
 * Where the command line writes: data to stdout, progress and problems to
 * stderr.
 *
 * What is written is a function of the view, so a person gets colors and
 * tables as wide as the terminal, and a pipe gets plain lines. Secrets of the
 * settings are left out of all of it but of rows of data.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Secrets } from "../runtime/record/Secrets.ts"
import * as View from "./render/View.ts"

type Render = (view: View.View) => string

export class Screen extends Context.Service<
  Screen,
  {
    /** Writes data to stdout. */
    readonly print: (render: Render) => Effect.Effect<void>
    /** Writes lines to stderr, above what is shown there. */
    readonly tell: (render: Render) => Effect.Effect<void>
    /** Replaces what is shown at the end of the terminal of stderr; nothing where it is none. */
    readonly show: (render: Render) => Effect.Effect<void>
    /** Writes a piece of data to stdout as it is. */
    readonly write: (text: string) => Effect.Effect<void>
    /** Whether stdout is a terminal. */
    readonly isTerminal: boolean
    /** Whether `show` shows anything. */
    readonly isLive: boolean
  }
>()("strata/cli/Screen") {}

export const layer: Layer.Layer<Screen> = Layer.effect(
  Screen,
  Effect.gen(function* () {
    const environment = yield* settings
    const isLive = process.stderr.isTTY === true && environment.TERM !== "dumb"
    const { scrub } = yield* Secrets
    const shown = { lines: 0 }
    const write = (stream: NodeJS.WriteStream, render: Render) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        writeAll(stream, scrub(render(View.viewOf(stream, environment, now))))
      )
    const hide = Effect.suspend(() => {
      if (shown.lines === 0) return Effect.void
      const { lines } = shown
      shown.lines = 0
      return writeAll(process.stderr, `\u001b[${lines}A\u001b[J`)
    })
    return {
      isLive,
      isTerminal: process.stdout.isTTY === true,
      write: (text) => writeAll(process.stdout, text),
      print: (render) =>
        Effect.andThen(
          hide,
          write(process.stdout, (view) => line(render(view)))
        ),
      tell: (render) =>
        Effect.andThen(
          hide,
          write(process.stderr, (view) => line(render(view)))
        ),
      show: (render) =>
        isLive
          ? write(process.stderr, (view) => {
              const text = line(render(view))
              const erase = shown.lines === 0 ? "" : `\u001b[${shown.lines}A\u001b[J`
              shown.lines = text.split("\n").length - 1
              return erase + text
            })
          : Effect.void
    }
  })
)

const settings: Effect.Effect<View.Settings> = Effect.all({
  NO_COLOR: setting("NO_COLOR"),
  FORCE_COLOR: setting("FORCE_COLOR"),
  TERM: setting("TERM")
})

/** Ends where the text is handed over; what nobody reads any more is dropped. */
const writeAll = (stream: NodeJS.WriteStream, text: string): Effect.Effect<void> =>
  text === "" || stream.destroyed
    ? Effect.void
    : Effect.callback((resume) => {
        stream.write(text, () => resume(Effect.void))
      })

const line = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`)

function setting(name: string): Effect.Effect<string | undefined> {
  return Effect.map(Effect.option(Config.String(name)), Option.getOrUndefined)
}
