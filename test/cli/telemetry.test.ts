/** What leaves the process, and what does not: spans, logs, metrics, and no secret. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { createServer as createSocketServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TemporaryProject from "../suites/temporaryProject.ts"
import * as Projects from "./projects.ts"
import * as Strata from "./strata.ts"

interface Received {
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A collector on loopback that keeps what it is sent. */
const collector = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<{ readonly server: Server; readonly url: string; readonly received: Array<Received> }>((done) => {
        const received: Array<Received> = []
        const server = createServer((request, response) => {
          let body = ""
          request.setEncoding("utf8").on("data", (text: string) => {
            body += text
          })
          request.on("end", () => {
            received.push({ path: request.url!, headers: request.headers, body })
            response.writeHead(200, { "content-type": "application/json" }).end("{}")
          })
        })
        server.listen(0, "127.0.0.1", () =>
          done({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received })
        )
      })
  ),
  ({ server }) =>
    Effect.promise(() => new Promise((done) => server.closeAllConnections() ?? server.close(() => done(undefined))))
)

/** Counts connections, and answers none. */
const counter = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<{ readonly port: number; readonly count: () => number; readonly close: () => void }>((done) => {
        let count = 0
        const server = createSocketServer((socket) => {
          count++
          socket.destroy()
        })
        server.listen(0, "127.0.0.1", () =>
          done({ port: (server.address() as AddressInfo).port, count: () => count, close: () => server.close() })
        )
      })
  ),
  ({ close }) => Effect.sync(close)
)

interface Span {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>
}

const spansOf = (received: ReadonlyArray<Received>): ReadonlyArray<Span> =>
  received
    .filter(({ path }) => path === "/v1/traces")
    .flatMap(({ body }) => JSON.parse(body).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)

const attribute = ({ attributes }: Span, key: string) =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0]

describe("telemetry", () => {
  it.effect(
    "goes to the collector that the settings name: steps and queries as spans of their run, metrics and logs",
    () =>
      Effect.gen(function* () {
        const { root } = yield* Projects.numbers
        const { received, url } = yield* collector
        const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: "x-team=data" }
        const made = yield* Strata.run(["materialize"], { cwd: root, env })
        assert.strictEqual(made.code, 0, made.stderr)
        const spans = spansOf(received)
        const run = spans.find(({ name }) => name === "Materialization.perform")!
        const steps = spans.filter(({ name }) => name === "strata.step")
        assert.deepStrictEqual(
          steps.map((span) => [attribute(span, "strata.asset"), attribute(span, "strata.run.id")]),
          ["shop/numbers", "shop/total"].map((asset) => [asset, attribute(run, "strata.run.id")])
        )
        const byId = new Map(spans.map((span) => [span.spanId, span]))
        const rootOf = (span: Span): Span => {
          const parent = byId.get(span.parentSpanId ?? "")
          return parent === undefined ? span : rootOf(parent)
        }
        for (const step of steps) assert.strictEqual(rootOf(step), rootOf(run))
        const queries = spans.filter(({ name }) => name.startsWith("DuckDB."))
        const ofStep = queries.filter((span) => attribute(span, "strata.asset") === "shop/numbers")
        assert.isAbove(ofStep.length, 0)
        assert.isTrue(ofStep.some((span) => String(attribute(span, "db.query.text")).includes("9007199254740993")))
        assert.strictEqual(attribute(ofStep[0]!, "strata.attempt"), 1)
        const metrics = received
          .filter(({ path }) => path === "/v1/metrics")
          .map(({ body }) => body)
          .join()
        assert.include(metrics, "strata_rows_total")
        for (const { headers } of received) assert.strictEqual(headers["x-team"], "data")
      }).pipe(Effect.scoped)
  )

  it.effect("goes nowhere by default: no connection is made, whatever else the environment holds", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const { count, port } = yield* counter
      const proxy = `http://127.0.0.1:${port}`
      // A proxy for everything: whatever wants to leave is seen.
      const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, NODE_USE_ENV_PROXY: "1" }
      const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: proxy, OTEL_SDK_DISABLED: "true" }
      assert.strictEqual((yield* Strata.run(["materialize"], { cwd: root, env })).code, 0)
      assert.strictEqual((yield* Strata.run(["materialize", "--force"], { cwd: root, env: disabled })).code, 0)
      assert.strictEqual((yield* Strata.run(["show", "shop/total"], { cwd: root, env })).code, 0)
      assert.strictEqual(count(), 0)
      yield* Strata.run(["runs"], { cwd: root, env: { OTEL_EXPORTER_OTLP_ENDPOINT: proxy } })
      assert.isAbove(count(), 0, "the counter counts")
    }).pipe(Effect.scoped)
  )

  it.effect("changes nothing when the collector is not there", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.numbers
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_EXPORTER_OTLP_TIMEOUT: "500" }
      const made = yield* Strata.run(["materialize"], { cwd: root, env })
      assert.deepStrictEqual([made.code, made.stdout.split("\n").length], [0, 3], made.stderr)
    }).pipe(Effect.scoped)
  )

  it.effect("is counted in a file for Prometheus where one is asked for", () =>
    Effect.gen(function* () {
      const { root } = yield* Projects.failing
      const { code } = yield* Strata.run(["materialize", "--metrics", "strata.prom"], { cwd: root })
      assert.strictEqual(code, 1)
      const text = readFileSync(join(root, "strata.prom"), "utf8")
      assert.match(text, /^strata_steps_total\{asset="alone",status="succeeded"\} 1$/m)
      assert.match(text, /^strata_steps_total\{asset="after",status="skipped"\} 1$/m)
      assert.match(text, /^strata_attempts_failed_total\{asset="broken",error="NoSuchPlace"\} 1$/m)
      assert.match(text, /^strata_step_seconds_count\{asset="alone"\} 1$/m)
      const refused = yield* Strata.run(["materialize", "--metrics", "no/such/folder"], { cwd: root })
      assert.match(refused.stderr, /the metrics cannot be written to no\/such\/folder .*: name another file\n/)
    }).pipe(Effect.scoped)
  )
})

const canaries = { password: "c4nary-p@ss word", token: "c4nary-t0ken-0001", listed: "c4nary-listed-0002" }

/** A body that does with secrets all that nobody should. */
const careless = TemporaryProject.make({
  "strata.config.ts": `import { Definitions } from "{strata}"
import { Careless, Told } from "./assets.ts"
export default Definitions.make({ assets: [Careless, Told] })
`,
  "assets.ts": `import { Asset, Metadata, Value } from "{strata}"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
export class Refused extends Schema.TaggedError<Refused>()("Refused", { url: Schema.String, cause: Schema.Defect() }) {
  override get message() { return "could not reach " + this.url }
}
const secrets = Config.all({
  url: Config.String("STRATA_REDIS_URL"),
  token: Config.Redacted("SHOP_API_TOKEN"),
  listed: Config.String("SHOP_PLACE")
})
const all = Effect.map(secrets, ({ listed, token, url }) => {
  const value = Redacted.value(token)
  const password = decodeURIComponent(new URL(url).password)
  return [url, value, listed, password, encodeURIComponent(value), Buffer.from(value).toString("base64"), JSON.stringify({ listed })]
})
export const Told = Asset.make("told", {
  output: Value.of(Schema.Int),
  materialize: () => Effect.gen(function* () {
    const { token } = yield* Effect.orDie(secrets)
    const texts = yield* Effect.orDie(all)
    yield* Effect.log("redacted", token, { token }, ...texts).pipe(Effect.annotateLogs("all", texts.join(" ")))
    yield* Effect.annotateCurrentSpan({ texts: texts.join(" ") })
    yield* Effect.withSpan(Effect.void, "call", { attributes: { texts: texts.join(" ") } })
    yield* Metadata.add({ texts: texts.join(" "), json: Metadata.json({ texts }) })
    return 1
  })
})
export const Careless = Asset.make("careless", {
  output: Value.of(Schema.Int),
  retry: { Refused: "fail" },
  materialize: () => Effect.flatMap(Effect.orDie(all), (texts) => new Refused({ url: texts.join(" "), cause: new Error("with " + texts.join(" ")) }))
})
`
})

const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())

describe("secrets of the settings", () => {
  it.effect("are in nothing that is printed, kept or sent, whatever a body does with them", () =>
    Effect.gen(function* () {
      const { root } = yield* careless
      const { received, url } = yield* collector
      const env = {
        STRATA_REDIS_URL: `redis://:${encodeURIComponent(canaries.password)}@127.0.0.1:1/0`,
        SHOP_API_TOKEN: canaries.token,
        SHOP_PLACE: canaries.listed,
        STRATA_SECRETS: "SHOP_PLACE",
        OTEL_EXPORTER_OTLP_ENDPOINT: url
      }
      const commands = [
        ["materialize", "--metrics", ".strata/strata.prom"],
        ["materialize", "--json", "--force"],
        ["run", "latest"],
        ["run", "latest", "--json"],
        ["run", "latest", "--logs"],
        ["run", "latest", "--follow", "--json"],
        ["show", "told"],
        ["show", "told", "--json"],
        ["why", "careless"],
        ["runs"]
      ]
      const outputs = yield* Effect.forEach(commands, (words) => Strata.run(words, { cwd: root, env }))
      const [made, , , , logs] = outputs
      assert.match(made!.stderr, /could not reach redis:\/\/…@127/)
      assert.match(logs!.stdout, /redacted/)
      const texts = new Map([
        ...outputs.flatMap(({ stderr, stdout }, index) => [
          [`stdout of ${commands[index]!.join(" ")}`, stdout] as const,
          [`stderr of ${commands[index]!.join(" ")}`, stderr] as const
        ]),
        ...filesBelow(join(root, ".strata")).map((path) => [path, readFileSync(path, "latin1")] as const),
        ...received.map(({ body, path }, index) => [`payload ${index} to ${path}`, body] as const)
      ])
      assert.isTrue(existsSync(join(root, ".strata/logs")))
      assert.isTrue(
        received.some(({ path }) => path === "/v1/logs") && received.some(({ path }) => path === "/v1/traces")
      )
      const forms = Object.values(canaries).flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString("base64").replace(/=+$/, "")
      ])
      const found = [...texts].flatMap(([name, text]) =>
        forms.flatMap((form) => (text.includes(form) ? [`${form} in ${name}`] : []))
      )
      assert.deepStrictEqual(found, [])
      assert.isAbove(texts.size, 20)
    }).pipe(Effect.scoped)
  )
})
