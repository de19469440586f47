/** The predictor over real HTTP. */
import type { ChildProcess } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import { HttpServer } from "effect/http/HttpServer"
import * as Predictor from "../../../assets/market/predictor/Predictor.ts"
import { type Published, PublishedModel } from "../../../assets/market/predictor/PublishedModel.ts"
import * as Strata from "../../cli/strata.ts"
import { temporaryFolder } from "../../record/temporary.ts"

const one: Published = {
  run: "run-1",
  at: 1_748_800_000_000,
  model: {
    volume: { constant: 1, price: 0, average: 0 },
    next_day_volume: { constant: 0.5, price: 0.1, average: 0 }
  }
}

/** What the tests look at of an answer that is an object. */
interface Answer {
  readonly detail: string
  readonly errors: ReadonlyArray<{ readonly path: ReadonlyArray<string>; readonly message: string }>
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly parameters: ReadonlyArray<{ readonly name: string; readonly required: boolean }>
          readonly responses: object
        }
      }
    >
  >
}

/** A server with this model, and a way to ask it. */
const served = Effect.fnUntraced(function* (model: Published | undefined) {
  const published = yield* Ref.make(model)
  const layer = Predictor.layer({ host: "127.0.0.1", port: 0 }).pipe(
    Layer.provide(Layer.succeed(PublishedModel, { current: Ref.get(published) }))
  )
  const { address } = yield* Effect.provideContext(HttpServer, yield* Layer.build(layer))
  assert(address._tag === "InetAddressV4")
  const ask = (path: string) =>
    Effect.promise(async () => {
      const response = await fetch(`http://127.0.0.1:${address.port}${path}`)
      return { status: response.status, body: (await response.json()) as Answer }
    })
  return { ask, published, port: address.port }
})

const question = "/predict?vol_moving_avg=12345.4&adj_close_rolling_med=25"

describe("the predictor", () => {
  it.live("answers with whole shares", () =>
    Effect.gen(function* () {
      const { ask } = yield* served(one)
      assert.deepStrictEqual<unknown>(yield* ask(question), { status: 200, body: 12345 })
      const next = yield* ask(`${question}&target=next_day_volume`)
      assert.deepStrictEqual<unknown>(next, { status: 200, body: Math.round(12345.4 * (0.5 + 0.1 * Math.log(26))) })
    }).pipe(Effect.scoped)
  )

  it.live("refuses what it cannot read with 400, and says what and why", () =>
    Effect.gen(function* () {
      const { ask } = yield* served(one)
      const cases: ReadonlyArray<readonly [query: string, at: string]> = [
        ["vol_moving_avg=12345", "adj_close_rolling_med"],
        ["vol_moving_avg=&adj_close_rolling_med=25", "vol_moving_avg"],
        ["vol_moving_avg=many&adj_close_rolling_med=25", "vol_moving_avg"],
        ["vol_moving_avg=-1&adj_close_rolling_med=25", "vol_moving_avg"],
        ["vol_moving_avg=NaN&adj_close_rolling_med=25", "vol_moving_avg"],
        ["vol_moving_avg=Infinity&adj_close_rolling_med=25", "vol_moving_avg"],
        ["vol_moving_avg=1e300&adj_close_rolling_med=25", "vol_moving_avg"],
        ["vol_moving_avg=1&adj_close_rolling_med=25&target=price", "target"]
      ]
      for (const [query, at] of cases) {
        const { body, status } = yield* ask(`/predict?${query}`)
        assert.strictEqual(status, 400, query)
        assert.deepStrictEqual(body.errors[0]?.path, ["query", at], query)
        assert.isAbove(body.errors[0]?.message.length ?? 0, 0)
      }
    }).pipe(Effect.scoped)
  )

  it.live("says how it is, and what helps where it has no model", () =>
    Effect.gen(function* () {
      const { ask, published } = yield* served(undefined)
      for (const path of [question, "/healthcheck"]) {
        const { body, status } = yield* ask(path)
        assert.strictEqual(status, 503)
        assert.match(body.detail, /strata materialize \+market\/model makes it/)
      }
      yield* Ref.set(published, one)
      assert.deepStrictEqual<unknown>(yield* ask("/healthcheck"), {
        status: 200,
        body: { status: "ok", model: { run: "run-1", at: 1_748_800_000_000 } }
      })
    }).pipe(Effect.scoped)
  )

  it.live("uses a new model without a restart", () =>
    Effect.gen(function* () {
      const { ask, published } = yield* served(one)
      yield* ask(question)
      yield* Ref.set(published, { ...one, model: { ...one.model, volume: { constant: 2, price: 0, average: 0 } } })
      assert.strictEqual<unknown>((yield* ask(question)).body, 24_691)
    }).pipe(Effect.scoped)
  )

  it.live("describes itself in OpenAPI", () =>
    Effect.gen(function* () {
      const { ask } = yield* served(one)
      const { body } = yield* ask("/openapi.json")
      const { parameters, responses } = body.paths["/predict"]!.get
      assert.deepStrictEqual(
        parameters.map(({ name, required }) => [name, required]),
        [
          ["vol_moving_avg", true],
          ["adj_close_rolling_med", true],
          ["target", false]
        ]
      )
      assert.containsAllKeys(responses, ["200", "400", "503"])
    }).pipe(Effect.scoped)
  )

  it.live("leaves its port when it is stopped", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(
        Effect.gen(function* () {
          const { ask, port } = yield* served(one)
          yield* ask(question)
          return port
        })
      )
      const refused = yield* Effect.tryPromise(() => fetch(`http://127.0.0.1:${port}/healthcheck`)).pipe(Effect.flip)
      assert.isDefined(refused)
    })
  )
})

describe("strata serve predictor", () => {
  it.live("finds the first model and the next one while it runs, and ends with a signal", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const env = { STRATA_HOME: `${folder}/home`, STRATA_MARKET_SOURCE: `${folder}/market` }
      const strata = (...words: ReadonlyArray<string>) =>
        Effect.map(Strata.run(words, { cwd: process.cwd(), env }), ({ code, stderr }) =>
          assert.strictEqual(code, 0, stderr)
        )
      yield* strata("generate", "prices", "--out", env.STRATA_MARKET_SOURCE, "--symbols", "3", "--years", "1")
      const started = yield* Deferred.make<readonly [child: ChildProcess, url: string]>()
      const server = yield* Effect.forkScoped(
        Strata.run(["serve", "predictor", "--port", "0"], {
          cwd: process.cwd(),
          env,
          onOutput: (child, text) => {
            const [url] = /http:[^;]+/.exec(text) ?? []
            if (url !== undefined) Deferred.doneUnsafe(started, Effect.succeed([child, url]))
          }
        })
      )
      const [child, url] = yield* Deferred.await(started)
      const health = Effect.promise(async () => (await fetch(`${url}/healthcheck`)).json() as Promise<Health>)
      const healthOf = (wanted: (health: Health) => boolean) =>
        Effect.repeat(health, { until: wanted, schedule: Schedule.spaced("50 millis") })
      assert.strictEqual((yield* health).status, 503)

      yield* strata("materialize", "+market/model")
      const first = yield* healthOf(({ status }) => status === "ok")
      const answer = yield* Effect.promise(() => fetch(`${url}${question}`))
      assert.match(yield* Effect.promise(() => answer.text()), /^\d+$/)

      yield* strata("materialize", "market/model", "--config", "market/model.folds=3")
      yield* healthOf(({ model }) => model !== undefined && model.run !== first.model!.run)

      child.kill("SIGTERM")
      assert.strictEqual((yield* Fiber.join(server)).code, 143)
    }).pipe(Effect.scoped)
  )
})

interface Health {
  readonly status: "ok" | number
  readonly model?: { readonly run: string }
}
