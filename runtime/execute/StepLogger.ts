/**
 * Keeps what a body logs with its step and attempt, besides wherever else it
 * goes.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { Writer } from "../record/StepLog.ts"

export const keeping =
  (log: Writer, of: { readonly step: number; readonly attempt: number }) =>
  <A, E, R>(body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.updateContext(body, (context: Context.Context<R>) => {
      const loggers = Context.get(context, Logger.CurrentLoggers)
      return Context.add(context, Logger.CurrentLoggers, new Set([...loggers, logger(log, of)]))
    })

const logger = (log: Writer, { attempt, step }: { readonly step: number; readonly attempt: number }) =>
  Logger.make<unknown, void>((entry) =>
    log.write({ at: entry.date.getTime(), step, attempt, level: entry.logLevel.toUpperCase(), text: textOf(entry) })
  )

/** The words of the message, what it is annotated with, and the cause below. */
const textOf = ({ cause, fiber, message }: Logger.Options<unknown>): string => {
  const words = (Array.isArray(message) ? message : [message]).map(wordOf)
  const annotations = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).flatMap(([name, value]) =>
    ofRun.has(name) ? [] : [`${name}=${wordOf(value)}`]
  )
  const reasons = cause.reasons.length === 0 ? [] : [Cause.pretty(cause)]
  return [[...words, ...annotations].join(" "), ...reasons].filter((part) => part !== "").join("\n")
}

const wordOf = (value: unknown): string => (typeof value === "string" ? value : Formatter.format(value))

/** What the run itself says of every line. */
const ofRun: ReadonlySet<string> = new Set(["run", "asset"])
