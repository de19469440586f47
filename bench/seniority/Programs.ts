/** Programs that a measurement needs: servers on ports of their own, and the command line. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { Redis } from "ioredis"

const root = join(import.meta.dirname, "../..")
const running = new Set<ChildProcess>()

/** Ends every program that was started. */
const stop = (): void => {
  for (const child of running) child.kill("SIGKILL")
}
process.on("exit", stop)

const start = (command: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  running.add(child)
  child.on("exit", () => running.delete(child))
  return child
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const address = probe.address()
  probe.close()
  await once(probe, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}

/** A Redis that keeps nothing on disk. */
export interface Server {
  readonly url: string
  readonly port: number
  readonly client: Redis
  /** What it takes at the moment: bytes, and seconds of CPU so far. */
  readonly now: () => Promise<{ readonly memory: number; readonly fragmentation: number; readonly cpu: number }>
}

export const redis = async (): Promise<Server> => {
  const port = await freePort()
  start("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
  const client = new Redis(port, "127.0.0.1", { retryStrategy: () => 50, maxRetriesPerRequest: 100 })
  client.on("error", () => {})
  await client.ping()
  const now = async () => {
    const text = await client.info()
    const number = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1] ?? 0)
    return {
      memory: number("used_memory"),
      fragmentation: number("mem_fragmentation_ratio"),
      cpu: number("used_cpu_sys") + number("used_cpu_user")
    }
  }
  return { url: `redis://127.0.0.1:${port}`, port, client, now }
}

/** The reference server of the model, by gRPC: 1,000 roles a second. */
export const model = async (): Promise<string> => {
  const port = await freePort()
  const child = start(process.execPath, ["cli/strata.mjs", "serve", "seniority", "--port", `${port}`])
  await once(child.stdout, "data")
  return `http://127.0.0.1:${port}`
}

export interface Ended {
  readonly stdout: string
  /** From the start of the process to its end. */
  readonly millis: number
}

/** Runs a program of Node to its end; it has to end well. */
export const node = async (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  const started = performance.now()
  const child = start(process.execPath, args, env)
  let [stdout, stderr] = ["", ""]
  child.stdout.on("data", (text) => {
    stdout += text
  })
  child.stderr.on("data", (text) => {
    stderr += text
  })
  const [code] = await once(child, "close")
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr.slice(-2000)}`)
  return { stdout, millis: performance.now() - started }
}

export const strata = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Promise<Ended> =>
  node(["cli/strata.mjs", ...args], env)
