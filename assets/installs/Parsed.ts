/** The lines of the landed logs as typed rows; what is no record is set aside. */
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import { DuckDB } from "../../resources/DuckDB.ts"
import * as OwnLines from "../../resources/readers/OwnLines.ts"
import { Asset, Metadata, Quarantine, sql, Table } from "../../runtime/index.ts"
import { AppInstall } from "./AppInstall.ts"
import { landings } from "./Landings.ts"
import * as ParsedLines from "./ParsedLines.ts"
import { Raw } from "./Raw.ts"

export const Parsed = Asset.make("installs/parsed", {
  description: "One typed row for each record of the landed logs",
  kinds: ["duckdb"],
  partitions: landings,
  deps: { raw: Raw },
  output: Table.of(AppInstall),
  materialize: Effect.fn("installs/parsed")(function* ({ raw }) {
    const read = yield* OwnLines.read({
      files: raw.files,
      row: AppInstall.mapFields(Struct.omit(["line"])),
      judge: ParsedLines.judge,
      module: ParsedLines.module,
      onRefused: "fail"
    })
    const [dropped] = yield* DuckDB.use((duckdb) =>
      duckdb.query(
        sql`SELECT coalesce(sum(dropped_apps), 0) AS apps, count(*) FILTER (lat IS NULL) AS coordinates FROM ${read.rows}`
      )
    )
    yield* Quarantine.add(read.quarantine)
    yield* Metadata.add({
      lines: read.counts.lines,
      good: read.counts.good,
      quarantined: read.counts.quarantined,
      blank: read.counts.blank,
      "dropped apps": Number(dropped!.apps),
      "dropped coordinates": Number(dropped!.coordinates)
    })
    return sql`SELECT line, device_type, device_id, lat, lon, apps, dropped_apps FROM ${read.rows}`
  })
})
