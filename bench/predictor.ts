/**
 * How fast the predictor answers, and where the time goes: `node
 * bench/predictor.ts [requests]`.
 *
 * Three servers in processes of their own answer the same questions, round by
 * round: Node's alone with a constant, Node's with the question read and the
 * model asked, and the predictor. Latencies are what a client sees that keeps
 * so many connections busy.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { Agent, createServer, get } from "node:http"
import type { AddressInfo } from "node:net"
import { createHistogram } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { HttpServer } from "effect/http/HttpServer"
import * as Predictor from "../assets/market/predictor/Predictor.ts"
import { PublishedModel } from "../assets/market/predictor/PublishedModel.ts"
import * as VolumeModel from "../assets/market/VolumeModel.ts"

const servers = ["Node, a constant", "Node, question and model", "the predictor"] as const
type Server = (typeof servers)[number]

const coefficients: VolumeModel.Coefficients = { constant: 0.9, price: 0.01, average: 0.002 }

/** Answers in this process until it is ended; tells its parent the port. */
const serve = async (name: Server): Promise<void> => {
  process.send!(name === "the predictor" ? await predictor() : await plain(name))
}

const predictor = (): Promise<number> =>
  new Promise((started) => {
    const model = { volume: coefficients, next_day_volume: coefficients }
    const published = Layer.succeed(PublishedModel, { current: Effect.succeed({ run: "run", at: 0, model }) })
    const tell = Effect.map(HttpServer, ({ address }) => started(address._tag === "UnixPathAddress" ? 0 : address.port))
    const layer = Predictor.layer({ host: "127.0.0.1", port: 0 }).pipe(Layer.provide(published))
    Effect.runFork(Effect.provide(Effect.andThen(tell, Effect.never), layer))
  })

const plain = async (name: Server): Promise<number> => {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json")
    if (name === "Node, a constant") return response.end("12345")
    const query = new URL(request.url!, "http://localhost").searchParams
    const features = {
      vol_moving_avg: Number(query.get("vol_moving_avg")),
      adj_close_rolling_med: Number(query.get("adj_close_rolling_med"))
    }
    return response.end(String(Math.round(VolumeModel.predict(coefficients, features))))
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return (server.address() as AddressInfo).port
}

const ask = (port: number, agent: Agent): Promise<void> =>
  new Promise((answered, failed) => {
    const path = "/predict?vol_moving_avg=12345&adj_close_rolling_med=25"
    get({ port, agent, path, host: "127.0.0.1" }, (response) => {
      if (response.statusCode !== 200) return failed(new Error(`answered ${response.statusCode}`))
      return response.resume().once("end", answered)
    }).once("error", failed)
  })

/** Latencies in microseconds, and the seconds that all took. */
const load = async (port: number, connections: number, requests: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies = createHistogram()
  const begun = performance.now()
  let left = requests
  const connection = async () => {
    while (left-- > 0) {
      const start = performance.now()
      await ask(port, agent)
      latencies.record(Math.max(1, Math.round((performance.now() - start) * 1000)))
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  agent.destroy()
  return { latencies, seconds: (performance.now() - begun) / 1000 }
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const main = async (requests: number): Promise<void> => {
  const rounds = 5
  const children = servers.map((name) => fork(import.meta.filename, ["serve", name]))
  const ports = await Promise.all(children.map(async (child): Promise<number> => (await once(child, "message"))[0]))
  for (const connections of [1, 16, 64]) {
    console.log(`${connections} connections, ${requests} requests a round, medians of ${rounds} rounds`)
    const results = servers.map((): Array<Awaited<ReturnType<typeof load>>> => [])
    for (let round = -1; round < rounds; round++) {
      for (const [index, port] of ports.entries()) {
        const result = await load(port, connections, requests)
        if (round >= 0) results[index]!.push(result)
      }
    }
    const rates = results.map((some) => median(some.map(({ seconds }) => requests / seconds)))
    for (const [index, name] of servers.entries()) {
      const at = (percentile: number) => {
        const millis = median(results[index]!.map(({ latencies }) => latencies.percentile(percentile))) / 1000
        return `p${percentile} ${millis.toFixed(2)} ms`
      }
      const share = `${(rates[index]! / rates[0]!).toFixed(2)} ×`
      console.log(
        `  ${name.padEnd(26)} ${rates[index]!.toFixed(0).padStart(6)} a second ${share.padStart(7)}   ${at(50)}   ${at(99)}   ${at(99.9)}`
      )
    }
  }
  for (const child of children) child.kill()
}

const [word, name] = process.argv.slice(2)
await (word === "serve" ? serve(name as Server) : main(Number(word ?? 5000)))
