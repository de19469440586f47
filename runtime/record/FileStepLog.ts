/**
 * The logs of steps as files, one a run: `logs/<run>.jsonl` in the state home,
 * a line of JSON for each line that was logged.
 *
 * A line is handed to the system in one write before the call returns. A disk
 * that is full or gone costs the lines and never the step.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { RunId } from "../event/Run.ts"
import { Secrets } from "./Secrets.ts"
import * as StepLog from "./StepLog.ts"

export const layer = ({ home, limits = StepLog.limits }: { readonly home: string; readonly limits?: StepLog.Limits }) =>
  Layer.effect(
    StepLog.StepLog,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { scrub } = yield* Secrets
      const folder = join(home, "logs")
      const path = (runId: RunId) => join(folder, `${runId}.jsonl`)
      return StepLog.StepLog.of({
        writer: (runId) =>
          Effect.map(appender(folder, path(runId)), (append) =>
            StepLog.capped((line) => append(`${JSON.stringify({ ...line, text: scrub(line.text) })}\n`), limits)
          ),
        read: (runId, from = 0) =>
          Effect.orElseSucceed(page(fs, path(runId), from), (): StepLog.Page => ({ lines: [], next: from })),
        sweep: Effect.ignore(sweep(fs, folder, limits.runs))
      })
    })
  )

/** Opened with the first line: a run that logs nothing has no file. */
const appender = (folder: string, path: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync((): { file: number | undefined } => ({ file: undefined })),
      (open) => Effect.sync(() => open.file !== undefined && Result.try(() => closeSync(open.file!)))
    ),
    (open) => (text: string) =>
      Result.try(() => {
        if (open.file === undefined) {
          mkdirSync(folder, { recursive: true, mode: 0o700 })
          open.file = openSync(path, "a", 0o600)
        }
        writeSync(open.file, text)
      })
  )

/** Whole lines from a byte on; what is still being written comes with the next page. */
const page = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: string, from: number) {
  const file = yield* fs.open(path, { flag: "r" })
  const { size } = yield* file.stat
  if (Number(size) <= from) return { lines: [], next: from }
  yield* file.seek(BigInt(from), "start")
  const bytes = Option.getOrElse(yield* file.readAlloc(Number(size) - from), () => new Uint8Array())
  const end = bytes.lastIndexOf(newline) + 1
  const texts = new TextDecoder().decode(bytes.subarray(0, end)).split("\n")
  return { lines: texts.flatMap((text) => Option.toArray(decode(text))), next: from + end }
}, Effect.scoped)

const newline = 10

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(StepLog.LogLine))

/** The ids of runs sort by time. */
const sweep = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, folder: string, kept: number) {
  const names = (yield* fs.readDirectory(folder)).filter((name) => name.endsWith(".jsonl")).sort()
  yield* Effect.forEach(names.slice(0, -kept), (name) => fs.remove(join(folder, name)), { discard: true })
})
