/** Logs line after line, and says of each when the body that logged it goes on. */
import { writeSync } from "node:fs"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import { RunId } from "../../../runtime/event/Run.ts"
import * as StepLogger from "../../../runtime/execute/StepLogger.ts"
import * as FileStepLog from "../../../runtime/record/FileStepLog.ts"
import { StepLog } from "../../../runtime/record/StepLog.ts"
import * as Logger from "effect/Logger"
import * as Layer from "effect/Layer"

const [home, run] = process.argv.slice(2)

const body = Effect.gen(function* () {
  for (let n = 1; n < 1_000_000; n++) {
    yield* Effect.log(`line ${n}`)
    writeSync(1, `${n}\n`)
  }
})

const program = Effect.gen(function* () {
  const writer = yield* StepLog.use((log) => log.writer(RunId.make(run!)))
  yield* StepLogger.keeping(writer, { step: 0, attempt: 1 })(body)
})

Effect.runFork(
  Effect.scoped(program).pipe(
    Effect.provide(
      Layer.merge(Logger.layer([]), FileStepLog.layer({ home: home! })).pipe(Layer.provide(NodeFileSystem.layer))
    )
  )
)
