/**
 * What is logged while a command runs: a line for a person, logfmt for a pipe.
 */
import type * as Logger from "effect/Logger"
import * as Amount from "./Amount.ts"
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"
import * as Width from "./Width.ts"

export interface LogEntry {
  readonly structured: ReturnType<typeof Logger.formatStructured.log>
  readonly logfmt: string
}

/** The time of day, the level, the asset that logged it and the message; a cause, and further lines, below. */
export const text = ({ logfmt, structured }: LogEntry, view: View): string => {
  if (!view.tty) return logfmt
  const ink = Ink.make(view)
  const { asset } = structured.annotations
  const [first = "", ...rest] = [messageOf(structured.message), structured.cause ?? ""]
    .filter((part) => part !== "")
    .flatMap((part) => part.split("\n"))
    .map(Width.visible)
  const head = [
    ink.dim(Amount.iso(Date.parse(structured.timestamp)).slice(11, 23)),
    ink[colors[structured.level] ?? "dim"](structured.level.padEnd(5)),
    ...(typeof asset === "string" ? [ink.bold(Width.visible(asset))] : []),
    first
  ]
  return [head.join(" "), ...rest.map((line) => `  ${line}`)].join("\n")
}

const messageOf = (message: unknown): string =>
  Array.isArray(message)
    ? message.map(messageOf).join(" ")
    : typeof message === "string"
      ? message
      : (JSON.stringify(message) ?? String(message))

const colors: Readonly<Record<string, keyof Ink.Ink>> = { WARN: "yellow", ERROR: "red", FATAL: "red", INFO: "cyan" }
