/**
 * The records of the landed logs in memcached, each under the type and id of its
 * device.
 *
 * The text goes to the servers without a detour through the table of records,
 * judged by the same rules: a file of which the table holds other records fails.
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Deliveries } from "../../resources/Deliveries.ts"
import { DuckDB } from "../../resources/DuckDB.ts"
import type { MemcachedUnavailable } from "../../resources/Memcached.ts"
import { Asset, Metadata, Quarantine, RunConfig, Sink, sql } from "../../runtime/index.ts"
import * as Device from "./Device.ts"
import { landings } from "./Landings.ts"
import * as LoadReport from "./LoadReport.ts"
import * as Loading from "./Loading.ts"
import { Parsed } from "./Parsed.ts"
import { Raw } from "./Raw.ts"
import * as Servers from "./Servers.ts"
import * as UnloadedRows from "./UnloadedRows.ts"
import * as Verdict from "./Verdict.ts"

/** Too many records were not accepted, because of servers that cannot be reached or have no room. */
export class RecordsNotAccepted extends Schema.TaggedError<RecordsNotAccepted>()("RecordsNotAccepted", {
  file: Schema.String,
  processed: Schema.Int,
  errors: Schema.Int,
  servers: Schema.NonEmptyArray(
    Schema.Struct({ type: Schema.Literals(Device.types), refused: Schema.Int, reason: Schema.String })
  )
}) {
  override get message() {
    const told = this.servers.map(({ reason, refused, type }) => `${refused} of ${type}, as ${reason}`).join("; ")
    const settings = this.servers.map(({ type }) => Servers.setting(type)).join(", ")
    return `${this.file}: ${Verdict.describe(this)}; not accepted: ${told}; start the servers or set ${settings}: the same command again sends what was not accepted`
  }
}

/** The table of records and the text of the file do not hold the same ones. */
export class RecordsDiffer extends Schema.TaggedError<RecordsDiffer>()("RecordsDiffer", {
  file: Schema.String,
  parsed: Schema.Int,
  read: Schema.Int
}) {
  override get message() {
    return `${this.file} holds ${this.read} records, but installs/parsed ${this.parsed} of it: materialize installs/parsed again`
  }
}

const Server = Schema.NullOr(Servers.Address)

const LoadConfig = RunConfig.of(Schema.Struct({ idfa: Server, gaid: Server, adid: Server, dvid: Server }), {
  idfa: null,
  gaid: null,
  adid: null,
  dvid: null
})

export const Loaded = Asset.make("installs/loaded", {
  description: "The records of the landed logs in the memcached server of their type of device",
  kinds: ["memcached"],
  partitions: landings,
  deps: { raw: Raw, parsed: Parsed },
  config: LoadConfig,
  output: Sink.sink,
  checks: [Verdict.check],
  materialize: Effect.fn("installs/loaded")(function* ({ config, parsed, raw }) {
    const [file] = raw.files
    const deliveries = yield* Deliveries
    const servers = yield* Servers.read(config)
    const id = deliveryId(file!.sha256, servers)
    const unloaded = yield* UnloadedRows.make
    const loaded = yield* Loading.load(file!, {
      servers,
      before: Option.getOrElse(yield* deliveries.find(id), () => ({})),
      keep: (delivery) => deliveries.keep(id, delivery),
      unloaded: unloaded.add
    })
    const states = Device.types.map((type) => ({ type, ...loaded.servers[type] }))
    const processed = states.reduce((sum, { accepted }) => sum + accepted, 0)
    const errors = loaded.invalid + states.reduce((sum, { refused }) => sum + refused, 0)
    const rate = Math.round((processed / Math.max(1, loaded.times.wall)) * 1000)
    yield* Metadata.add({
      processed,
      errors,
      "records a second": rate,
      verdict: Verdict.isGood({ processed, errors }) ? "acceptable" : "not acceptable",
      invalid: loaded.invalid,
      blank: loaded.counts.blank,
      "dropped apps": loaded.counts.droppedApps,
      "dropped coordinates": loaded.counts.droppedCoordinates,
      ...Object.fromEntries(
        states.flatMap(({ accepted, refused, type }) => [
          [`${type} accepted`, accepted],
          [`${type} refused`, refused]
        ])
      ),
      "time reading": Metadata.millis(Math.round(loaded.times.read)),
      "time parsing": Metadata.millis(Math.round(loaded.times.parse)),
      "time encoding": Metadata.millis(Math.round(loaded.times.encode)),
      "time sending": Metadata.millis(Math.round(loaded.times.send))
    })
    yield* Effect.log(`${file!.name}: ${Verdict.describe({ processed, errors })}`)
    yield* LoadReport.tell({ file: file!.name, processed, errors, rate })
    const [stored] = yield* DuckDB.use((duckdb) => duckdb.query(sql`SELECT count(*) AS count FROM ${parsed}`))
    if (Number(stored!.count) !== loaded.counts.good) {
      return yield* new RecordsDiffer({ file: file!.name, parsed: Number(stored!.count), read: loaded.counts.good })
    }
    const failed = states.flatMap(({ refused, type, unavailable }) =>
      refused === 0 ? [] : [{ type, refused, reason: reasonOf(unavailable) }]
    )
    if (!Verdict.isGood({ processed, errors }) && isFilled(failed)) {
      return yield* new RecordsNotAccepted({ file: file!.name, processed, errors, servers: failed })
    }
    if (Verdict.isGood({ processed, errors })) yield* deliveries.forget(id)
    yield* Quarantine.add(yield* unloaded.relation(file!.name))
    return { written: processed }
  })
})

const reasonOf = (unavailable: MemcachedUnavailable | undefined): string =>
  unavailable === undefined
    ? "the server took the others and not these"
    : `memcached at ${unavailable.address} ${unavailable.reason}`

const isFilled = <A>(list: ReadonlyArray<A>): list is readonly [A, ...Array<A>] => list.length > 0

/** Of a content, to servers; other servers have got nothing yet. */
const deliveryId = (sha256: string, servers: Servers.Servers): string =>
  hash("sha256", JSON.stringify([format, sha256, ...Device.types.map((type) => servers[type])])).slice(0, 40)

/** Raised with a change of what a record becomes, so that records are not left as they were. */
const format = 1
