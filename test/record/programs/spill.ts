/** Opens the engine of a home as a command does, writes where it spills, says where that is, and stays. */
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { ProcessName } from "../../../runtime/definition/ProcessName.ts"
import { sql } from "../../../runtime/index.ts"
import * as ProcessFolder from "../../../runtime/record/ProcessFolder.ts"

const spill = Effect.gen(function* () {
  const [row] = yield* DuckDB.use((db) => db.query(sql`SELECT current_setting('temp_directory') AS folder`))
  const folder = resolve(String(row!.folder))
  writeFileSync(join(folder, "duckdb_temp_storage-0.tmp"), "spilled")
  console.log(folder)
  return yield* Effect.callback(() => void setInterval(() => {}, 60_000))
})

Effect.runFork(spill.pipe(Effect.provide(DuckDB.layer), Effect.provideServiceEffect(ProcessName, ProcessFolder.name)))
