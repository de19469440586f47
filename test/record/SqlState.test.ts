/** The contracts of the state, kept by the database in a file and by the one in memory. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Sqlite from "../../runtime/record/Sqlite.ts"
import * as State from "../../runtime/record/State.ts"
import * as Catalog from "../suites/catalog.ts"
import * as CheckLog from "../suites/checkLog.ts"
import * as EventLog from "../suites/eventLog.ts"
import * as RunLedger from "../suites/runLedger.ts"
import { temporaryFolder } from "./temporary.ts"

const file = Layer.unwrap(
  Effect.map(temporaryFolder, (folder) => Sqlite.layer({ filename: join(folder, "home", "state.db") }))
)

for (const [name, database] of [
  ["in memory", Sqlite.layerMemory],
  ["in a file", file]
] as const) {
  const layer = Layer.provide(State.layerSql, database)
  EventLog.suite(name, layer)
  RunLedger.suite(name, layer)
  Catalog.suite(name, layer)
  CheckLog.suite(name, layer)
}
