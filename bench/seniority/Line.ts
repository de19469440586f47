/**
 * The original's loop, in a process of its own: each line is parsed, its role
 * looked up under a string key, asked for where it is not there, and written.
 *
 * `node Line.ts <form> <folder> <lines> <redis port> <milliseconds a call>`; it
 * prints what it cost as JSON.
 */
import { closeSync, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { Redis } from "ioredis"
import { read } from "../../resources/EmbeddedSeniorityModel.ts"
import type { Measured } from "./Measured.ts"

const [form = "loop", folder = "", limit = "0", port = "0", callMillis = "1"] = process.argv.slice(2)
const redis = new Redis(Number(port), "127.0.0.1")
await redis.ping()

interface Posting {
  readonly company: string
  readonly title: string
}

const key = ({ company, title }: Posting) => `${company}|${title}`
let calls = 0

const infer = async (posting: Posting): Promise<string> => {
  calls++
  await setTimeout(Number(callMillis))
  return String(read(posting.title))
}

const ask = async (posting: Posting): Promise<string> => {
  const answer = await infer(posting)
  await redis.set(key(posting), answer)
  return answer
}

/** The most recent two thousand roles, in the process. */
const recent = new Map<string, string>()
const capacity = 2000

/** One line after the other: a command each. */
const forms: Readonly<Record<string, (lines: ReadonlyArray<Posting>) => Promise<ReadonlyArray<string>>>> = {
  loop: async (lines) => {
    const answers: Array<string> = []
    for (const line of lines) answers.push((await redis.get(key(line))) ?? (await ask(line)))
    return answers
  },
  /** The lines of a file in one go. */
  pipelined: async (lines) => {
    const replies = await redis.pipeline(lines.map((line) => ["get", key(line)])).exec()
    const answers: Array<string> = []
    for (const [index, line] of lines.entries()) {
      answers.push((replies?.[index]?.[1] as string | null) ?? (await ask(line)))
    }
    return answers
  },
  "hot in process": async (lines) => {
    const answers: Array<string> = []
    for (const line of lines) {
      const name = key(line)
      const answer = recent.get(name) ?? (await redis.get(name)) ?? (await ask(line))
      recent.delete(name)
      recent.set(name, answer)
      if (recent.size > capacity) recent.delete(recent.keys().next().value!)
      answers.push(answer)
    }
    return answers
  },
  /** A sorted set by recency, with the answer behind the name. */
  "hot in Redis": async (lines) => {
    const answers: Array<string> = []
    for (const [index, line] of lines.entries()) {
      const name = key(line)
      const hot = await redis.hget("hot:answers", name)
      const answer = hot ?? (await redis.get(name)) ?? (await ask(line))
      await redis.zadd("hot", String(performance.now()), name)
      if (hot === null) await redis.hset("hot:answers", name, answer)
      if (index % 100 === 99) {
        const cold = await redis.zrange("hot", "0", String(-capacity - 1))
        if (cold.length > 0)
          await redis
            .multi()
            .zrem("hot", ...cold)
            .hdel("hot:answers", ...cold)
            .exec()
      }
      answers.push(answer)
    }
    return answers
  }
}

const output = join(tmpdir(), `strata-lines-${process.pid}.jsonl`)
const file = openSync(output, "w")
const cpu = process.cpuUsage()
const started = performance.now()
let done = 0
for (const name of readdirSync(folder).sort()) {
  const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n")
  const postings = lines.slice(0, Number(limit) - done).map((line) => JSON.parse(line))
  const answers = await forms[form]!(postings)
  writeSync(
    file,
    postings.map((posting, index) => `${JSON.stringify({ ...posting, seniority: Number(answers[index]) })}\n`).join("")
  )
  done += postings.length
  if (done >= Number(limit)) break
}
const seconds = (performance.now() - started) / 1000
const { system, user } = process.cpuUsage(cpu)
closeSync(file)
unlinkSync(output)
redis.disconnect()
const measured: Measured = {
  lines: done,
  seconds,
  cpu: (system + user) / 1e6,
  memory: process.resourceUsage().maxRSS * 1024,
  calls
}
console.log(JSON.stringify(measured))
