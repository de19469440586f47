import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"
import * as Device from "../../../assets/installs/Device.ts"
import { Encoders } from "../../../assets/installs/Encoders.ts"
import { Loaded } from "../../../assets/installs/Loaded.ts"
import { Parsed } from "../../../assets/installs/Parsed.ts"
import { Raw } from "../../../assets/installs/Raw.ts"
import * as Deliveries from "../../../resources/Deliveries.ts"
import * as Memcached from "../../../resources/Memcached.ts"
import type { Event } from "../../../runtime/event/Event.ts"
import { type Metadata, sql } from "../../../runtime/index.ts"
import * as Project from "../Project.ts"
import * as Servers from "./Servers.ts"
import { golden } from "./golden.ts"

const assets = [Raw, Parsed, Loaded]

const settings = { timeout: "300 millis", attempts: 3, delay: "20 millis" } as const

interface Setup {
  readonly threads?: number
  readonly settings?: Record<string, string>
  readonly timeout?: Duration.Input
}

const installs = (options: Setup = {}) =>
  Project.make(
    assets,
    "STRATA_INSTALLS_SOURCE",
    Layer.mergeAll(
      Memcached.layerWith({ ...settings, timeout: options.timeout ?? settings.timeout }),
      Encoders.layerThreads(options.threads ?? 0, 0),
      Deliveries.layerMemory
    ),
    options.settings
  )

const test = <A, E>(name: string, body: Effect.Effect<A, E, Project.Runtime | Scope>) =>
  it.live(name, () => body.pipe(Effect.provide(Project.layer), Effect.scoped))

const to = (servers: Servers.Servers) => ({ config: [{ "installs/loaded": Servers.addresses(servers) }] })

const record = (type: string, id: string | number, app = 1) => `${type}\t${id}\t1\t2\t${app}`

/** So many records, of the four types in turn. */
const records = (count: number, prefix = "") =>
  Array.from({ length: count }, (_, n) => record(Device.types[n % 4]!, `${prefix}${n}`))

const hexOf = (app: number) => `08${app.toString(16).padStart(2, "0")}11000000000000f03f190000000000000040`

const metadata = (heard: ReadonlyArray<Event>, name: string): ReadonlyArray<unknown> =>
  heard.flatMap((event) => {
    const entries: Metadata.MetadataEntries = event._tag === "StepSucceeded" ? event.metadata : {}
    return entries[name] === undefined ? [] : [entries[name].value]
  })

const failures = (heard: ReadonlyArray<Event>) =>
  heard.flatMap((event) => (event._tag === "AttemptFailed" ? [event.error] : []))

const sets = (servers: Servers.Servers) =>
  Effect.map(
    Effect.forEach(Device.types, (type) => Servers.stat(servers[type].port, "cmd_set")),
    (counts) => Object.fromEntries(Device.types.map((type, index) => [type, counts[index]!]))
  )

describe("installs", () => {
  test(
    "are in memcached as Google's protobuf writes them, each type in its server",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      project.land(
        "golden.tsv.gz",
        golden.map(({ line }) => line)
      )
      const { heard, status } = yield* project.materialize(to(servers))
      assert.strictEqual(status, "Succeeded", JSON.stringify(failures(heard)))
      for (const { hex, key } of golden) {
        const { port } = servers[key.slice(0, 4) as Device.Type]
        assert.strictEqual(yield* Servers.value(port, key), hex, key)
      }
      assert.deepStrictEqual(metadata(heard, "processed"), [golden.length])
      assert.deepStrictEqual(metadata(heard, "verdict"), ["acceptable"])
    })
  )

  test(
    "are rows, each with its line; what is no record is set aside with the reason",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      project.land("a.tsv.gz", [
        ...records(2000),
        "",
        "idfa\tx\t1\t2",
        "imei\tx\t1\t2\t3",
        "idfa\ty\tnorth\t2\t7,x",
        "dvid\tz\t1\t2\tx"
      ])
      yield* project.materialize(to(servers))
      const [counted] = yield* project.query(
        (asset) => sql`SELECT count(*) AS rows, count(DISTINCT line) AS lines FROM ${asset("installs/parsed")}`
      )
      assert.deepStrictEqual(counted, { rows: 2002n, lines: 2002n })
      const last = yield* project.query(
        (asset) => sql`SELECT * FROM ${asset("installs/parsed")} WHERE line > 2000 ORDER BY line`
      )
      assert.deepStrictEqual(last, [
        {
          line: 2004n,
          device_type: "idfa",
          device_id: "y",
          lat: null,
          lon: null,
          apps: [7],
          dropped_apps: 1n,
          partition_key: "a.tsv.gz"
        },
        {
          line: 2005n,
          device_type: "dvid",
          device_id: "z",
          lat: 1,
          lon: 2,
          apps: [],
          dropped_apps: 1n,
          partition_key: "a.tsv.gz"
        }
      ])
      const aside = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
        rows.map(({ file, line, raw, reason }) => [file, line, reason, raw])
      const expected = [
        ["a.tsv.gz", 2002n, "4 fields instead of 5", "idfa\tx\t1\t2"],
        ["a.tsv.gz", 2003n, 'the device type "imei", which has no server', "imei\tx\t1\t2\t3"]
      ]
      assert.deepStrictEqual(aside(yield* project.quarantine("installs/parsed")), expected)
      assert.deepStrictEqual(aside(yield* project.quarantine("installs/loaded")), expected)
    })
  )

  test(
    "are rows of what the lines say, with and without coordinates and applications, over many blocks",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      const rows = Array.from({ length: 9000 }, (_, n) => ({
        type: Device.types[n % 4]!,
        id: `${n}ж`.repeat(1 + (n % 5)),
        lat: n % 7 === 0 ? null : (n * 1234.5) % 180,
        apps: Array.from({ length: (n * 31) % 200 }, (_, i) => (n * 2_654_435_761 + i * 40_503) % 2 ** 32)
      }))
      project.land(
        "large.tsv.gz",
        rows.map(({ apps, id, lat, type }) => `${type}\t${id}\t${lat}\t-0.5\t${apps.length === 0 ? "x" : apps}`)
      )
      const { status } = yield* project.materialize(to(servers))
      assert.strictEqual(status, "Succeeded")
      const stored = yield* project.query(
        (asset) =>
          sql`SELECT device_type AS type, device_id AS id, lat, apps FROM ${asset("installs/parsed")} ORDER BY line`
      )
      assert.deepStrictEqual(stored, rows)
    })
  )

  test(
    "are a partition a file, and a new file is a new partition",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      project.land("b.tsv.gz", records(8))
      project.land("a.tsv.gz", records(8))
      project.land(".c.tsv.gz", records(8))
      project.land("d.csv", records(8))
      const first = yield* project.materialize(to(servers))
      assert.deepStrictEqual(metadata(first.heard, "processed"), [8, 8])
      project.land("c.tsv.gz", records(4))
      const second = yield* project.materialize(to(servers))
      assert.deepStrictEqual(metadata(second.heard, "processed"), [4])
      assert.strictEqual((yield* project.materialize(to(servers))).plan.steps.length, 0)
    })
  )

  test(
    "that land under other names are found by their pattern",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs({ settings: { STRATA_INSTALLS_PATTERN: "2017*.log.gz" } })
      for (const name of ["20170929.log.gz", "20180101.log.gz", "20170929xlog.gz"]) project.land(name, records(4))
      const { plan } = yield* project.materialize(to(servers))
      assert.strictEqual(plan.steps.length, 2)
    })
  )

  test(
    "are good with less than one error in a hundred processed records, and not with one",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      project.land("good.tsv.gz", [...records(101), "no record"])
      project.land("limit.tsv.gz", [...records(100), "no record"])
      project.land("nothing.tsv.gz", ["", "no record"])
      project.land("empty.tsv.gz", "")
      const { heard, status } = yield* project.materialize(to(servers))
      assert.strictEqual(status, "Failed")
      assert.deepStrictEqual(metadata(heard, "processed"), [101])
      const published = yield* project.quarantine("installs/loaded")
      assert.deepStrictEqual(
        published.map(({ file }) => file),
        ["good.tsv.gz"]
      )
    })
  )

  for (const threads of [0, 2]) {
    test(
      `of one device are those of its last line, with ${threads} threads`,
      Effect.gen(function* () {
        const servers = yield* Servers.start()
        const project = yield* installs({ threads })
        // Some blocks of a MiB, which several threads have at once.
        const apps = Array.from({ length: 150 }, (_, i) => i * 104_729).join(",")
        const lines = Array.from({ length: 4000 }, (_, n) => `idfa\tdevice${n % 500}\t1\t2\t${n},${apps}`)
        project.land("large.tsv.gz", [
          ...lines,
          ...Array.from({ length: 500 }, (_, n) => record("idfa", `device${n}`, n % 100))
        ])
        const { heard, status } = yield* project.materialize(to(servers))
        assert.strictEqual(status, "Succeeded", JSON.stringify(failures(heard)))
        for (let n = 0; n < 500; n++) {
          assert.strictEqual(yield* Servers.value(servers.idfa.port, `idfa:device${n}`), hexOf(n % 100))
        }
      })
    )
  }

  test(
    "that a server would take as commands are refused, and so are values that are too large",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      const large = `gaid\tlarge\t1\t2\t${Array.from({ length: 600_000 }, () => 1).join(",")}`
      project.land("a.tsv.gz", [...records(1000), "idfa\ta flush_all\t1\t2\t3", large, record("idfa", "x".repeat(246))])
      const { heard, status } = yield* project.materialize(to(servers))
      assert.strictEqual(status, "Succeeded", JSON.stringify(failures(heard)))
      const refused = yield* project.quarantine("installs/loaded")
      assert.deepStrictEqual(
        refused.map(({ line, reason, raw }) => [line, reason, String(raw).slice(0, 16)]),
        [
          [1001n, "the key holds white space or a control character", "idfa:a flush_all"],
          [1002n, "memcached: object too large for cache", "gaid:large"],
          [1003n, "the key has 251 bytes; memcached takes 250", "idfa:xxxxxxxxxxx"]
        ]
      )
      assert.strictEqual(yield* Servers.stat(servers.idfa.port, "cmd_flush"), 0)
      assert.strictEqual(yield* Servers.stat(servers.gaid.port, "curr_items"), 250)
    })
  )

  test(
    "of a server that is not there fail with how to go on; the next attempt sends only those",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      yield* servers.adid.stop()
      project.land("a.tsv.gz", records(4000))
      const first = yield* project.materialize(to(servers))
      assert.strictEqual(first.status, "Failed")
      assert.deepStrictEqual(
        failures(first.heard).map(({ message, tag }) => [tag, message]),
        [
          [
            "RecordsNotAccepted",
            `a.tsv.gz: 1000 errors for 3000 processed records (33.3 %; less than 1 % is acceptable); not accepted: 1000 of adid, as memcached at ${servers.adid.address} refuses connections; start the servers or set STRATA_MEMCACHED_ADID: the same command again sends what was not accepted`
          ]
        ]
      )
      const before = yield* sets({ ...servers, adid: servers.idfa })
      yield* servers.adid.start
      const second = yield* project.materialize(to(servers))
      assert.strictEqual(second.status, "Succeeded", JSON.stringify(failures(second.heard)))
      assert.deepStrictEqual(metadata(second.heard, "processed"), [4000])
      const after = yield* sets(servers)
      assert.deepStrictEqual(after, { ...before, adid: 1000 })
      assert.deepStrictEqual(yield* project.quarantine("installs/loaded"), [])
    })
  )

  test(
    "of a server that is paused in the middle are sent when it goes on, and nothing else",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      yield* servers.dvid.signal("SIGSTOP")
      project.land("a.tsv.gz", records(4000))
      project.land("b.tsv.gz", records(4000, "b"))
      const first = yield* project.materialize(to(servers))
      assert.strictEqual(first.status, "Failed")
      assert.isTrue(failures(first.heard).every(({ message }) => message.includes("was silent for 300 ms")))
      yield* servers.dvid.signal("SIGCONT")
      const second = yield* project.materialize(to(servers))
      assert.strictEqual(second.status, "Succeeded", JSON.stringify(failures(second.heard)))
      const { adid, gaid, idfa } = yield* sets(servers)
      assert.deepStrictEqual({ adid, gaid, idfa }, { adid: 2000, gaid: 2000, idfa: 2000 })
      assert.strictEqual(yield* Servers.stat(servers.dvid.port, "curr_items"), 2000)
    })
  )

  test(
    "of a server that dies in the middle count as far as it has answered for them",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs({ threads: 1, timeout: "20 seconds" })
      // Twelve blocks: more than can be on their way to a server that answers nothing.
      const apps = Array.from({ length: 40 }, (_, i) => 1000 + i).join(",")
      const count = 56_000
      project.land(
        "large.tsv.gz",
        Array.from({ length: count }, (_, n) => `${n % 2 ? "idfa" : "gaid"}\td${n}\t1\t2\t${apps}`)
      )
      yield* servers.gaid.signal("SIGSTOP")
      const running = yield* Effect.forkScoped(project.materialize(to(servers)))
      // More than one block's, so that the server has answered for one.
      const hasSome = Effect.map(Servers.stat(servers.idfa.port, "cmd_set"), (sets) => sets > 5000)
      yield* Effect.repeat(Effect.delay(hasSome, "5 millis"), { until: (some) => some })
      yield* servers.idfa.stop("SIGKILL")
      yield* servers.gaid.signal("SIGCONT")
      const first = yield* Fiber.join(running)
      const [error] = failures(first.heard)
      const left = Number(/not accepted: (\d+) of idfa/.exec(error!.message)?.[1])
      assert.isTrue(left > 0 && left < count / 2, error!.message)

      yield* servers.idfa.start
      const second = yield* project.materialize(to(servers))
      assert.strictEqual(second.status, "Succeeded", JSON.stringify(failures(second.heard)))
      assert.deepStrictEqual(metadata(second.heard, "processed"), [count])
      const { gaid, idfa } = yield* sets(servers)
      assert.deepStrictEqual({ gaid, idfa }, { gaid: count / 2, idfa: left })
    })
  )

  test(
    "are sent again where they have gone to other servers, or were forced",
    Effect.gen(function* () {
      const [servers, others] = [yield* Servers.start(), yield* Servers.start()]
      const project = yield* installs()
      project.land("a.tsv.gz", records(40))
      yield* project.materialize(to(servers))
      yield* project.materialize(to(others))
      assert.strictEqual(yield* Servers.stat(others.gaid.port, "curr_items"), 10)
      yield* project.materialize({ ...to(others), force: true })
      assert.strictEqual(yield* Servers.stat(others.gaid.port, "cmd_set"), 20)
    })
  )

  test(
    "of a damaged file are not rows and not sent",
    Effect.gen(function* () {
      const servers = yield* Servers.start()
      const project = yield* installs()
      project.land("a.tsv.gz", records(4))
      writeFileSync(join(project.source, "cut.tsv.gz"), gzipSync(records(5000).join("\n")).subarray(0, 9000))
      const { heard, status } = yield* project.materialize(to(servers))
      assert.strictEqual(status, "Failed")
      assert.deepStrictEqual(
        failures(heard).map(({ tag }) => tag),
        ["FilesRefused"]
      )
      assert.strictEqual(yield* Servers.stat(servers.idfa.port, "cmd_set"), 1)
    })
  )
})
