/** Begins a run and appends events one by one; writes a line for each that is kept. */
import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventLog } from "../../../runtime/record/EventLog.ts"
import * as ProcessLiveness from "../../../runtime/record/ProcessLiveness.ts"
import * as Sqlite from "../../../runtime/record/Sqlite.ts"
import * as State from "../../../runtime/record/State.ts"
import { begin, planned } from "../../suites/sampleRun.ts"

const [filename, id, count] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const log = yield* EventLog
  const run = yield* begin(id!, { process: yield* ProcessLiveness.current })
  for (let step = 0; step < Number(count); step++) {
    yield* log.append([planned(run.id, step)])
    writeSync(1, `${step}\n`)
  }
})

await Effect.runPromise(
  program.pipe(Effect.provide(Layer.provide(State.layerSql, Sqlite.layer({ filename: filename! }))))
)
