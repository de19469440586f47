/**
 * How long landed JSON lines take, judged line by line, until a query has looked
 * at every value of them, against the same query over the table that DuckDB's own
 * reader makes of the same valid file: `node bench/readers.ts [lines]`; and `node bench/readers.ts --memory [--large]`: the
 * peak memory of a process that reads files of 10 MB, 100 MB and 1 GB (3 GB),
 * with the engine held to 256 MB, good throughout and with bad lines.
 */
import { spawnSync } from "node:child_process"
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DuckDB } from "../resources/DuckDB.ts"
import * as JsonLines from "../resources/readers/JsonLines.ts"
import { Sql, sql } from "../runtime/index.ts"

const words = process.argv.slice(2)
const lines = Number(words.find((word) => /^[0-9]+$/.test(word)) ?? 1_000_000)
const rounds = 5

const Flat = Schema.Struct({
  url: Schema.String,
  company: Schema.String,
  title: Schema.String,
  location: Schema.String,
  scraped_on: Schema.Int
})
const Nested = Schema.Struct({
  ...Flat.fields,
  tags: Schema.Array(Schema.String),
  place: Schema.Struct({ city: Schema.String, point: Schema.Array(Schema.Number) })
})

const shapes = { flat: Flat, nested: Nested }
type Shape = keyof typeof shapes

const flat = (n: number) => ({
  url: `https://jobs.example.com/${n % 97}/${n}`,
  company: `Company ${n % 1013}`,
  title: `Title ${n % 5003}`,
  location: "Springfield, Illinois",
  scraped_on: 1_748_800_000 + n
})
const nested = (n: number) => ({
  ...flat(n),
  tags: ["one", "two", `t${n % 11}`],
  place: { city: "Springfield", point: [39.8 + (n % 10), -89.65] }
})

const types: Readonly<Record<Shape, string>> = {
  flat: "{url: 'VARCHAR', company: 'VARCHAR', title: 'VARCHAR', location: 'VARCHAR', scraped_on: 'BIGINT'}",
  nested:
    "{url: 'VARCHAR', company: 'VARCHAR', title: 'VARCHAR', location: 'VARCHAR', scraped_on: 'BIGINT', tags: 'VARCHAR[]', place: 'STRUCT(city VARCHAR, point DOUBLE[])'}"
}

const write = (path: string, line: (n: number) => object, bad: number): void => {
  const isBad = (n: number) => bad > 0 && n % Math.round(1 / bad) === 7
  const text = Array.from({ length: lines }, (_, n) => {
    const json = JSON.stringify(line(n))
    return isBad(n) ? json.slice(0, json.length >> 1) : json
  })
  writeFileSync(path, `${text.join("\n")}\n`)
}

const folder = mkdtempSync(join(tmpdir(), "strata-bench-"))
const file = (name: string) => {
  const path = join(folder, name)
  return { path, name, size: statSync(path).size }
}

/** Milliseconds that a table takes, which is dropped again. */
const timed = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const started = performance.now()
    yield* Effect.scoped(effect)
    return performance.now() - started
  })

const plain = (name: string, shape: Shape) =>
  Effect.gen(function* () {
    const duckdb = yield* DuckDB
    const columns = Sql.literal(types[shape])
    yield* looked(
      shape,
      yield* duckdb.table(
        sql`SELECT * FROM read_json(${join(folder, name)}, format = 'newline_delimited', columns = ${columns})`
      )
    )
  })

const judged = (name: string, shape: Shape) =>
  Effect.gen(function* () {
    const { rows } = yield* JsonLines.read({ files: [file(name)], row: shapes[shape], onRefused: "fail" })
    yield* looked(shape, rows)
  })

/** Judged rows are read where they are staged, and others in the table: looking at every value takes what that costs in. */
const looked = (shape: Shape, rows: Sql.Relation) => {
  const columns = Sql.join(Object.keys(shapes[shape].fields).map(Sql.identifier), ", ")
  return DuckDB.use((duckdb) => duckdb.query(sql`SELECT bit_xor(hash(${columns})) FROM ${rows}`))
}

const median = (times: ReadonlyArray<number>): number => times.toSorted((a, b) => a - b)[times.length >> 1]!

const program = Effect.gen(function* () {
  console.log(`${lines.toLocaleString("en")} lines, medians of ${rounds} interleaved rounds`)
  for (const [shape, line] of [
    ["flat", flat],
    ["nested", nested]
  ] as const) {
    write(join(folder, `${shape}.jsonl`), line, 0)
    write(join(folder, `${shape}-bad.jsonl`), line, 0.01)
    for (const name of [shape, `${shape}-bad`]) {
      const from = createReadStream(join(folder, `${name}.jsonl`))
      yield* Effect.promise(() =>
        pipeline(from, createGzip({ level: 1 }), createWriteStream(join(folder, `${name}.jsonl.gz`)))
      )
    }
    for (const ending of ["jsonl", "jsonl.gz"]) {
      const cases = [
        ["DuckDB's read_json, all valid", plain(`${shape}.${ending}`, shape)],
        ["judged, all valid", judged(`${shape}.${ending}`, shape)],
        ["judged, 1 % bad", judged(`${shape}-bad.${ending}`, shape)]
      ] as const
      const times = cases.map((): Array<number> => [])
      for (let round = -1; round < rounds; round++) {
        for (const [index, [, effect]] of cases.entries()) {
          const time = yield* timed<unknown, DuckDB | import("effect/Scope").Scope>(effect)
          if (round >= 0) times[index]!.push(time)
        }
      }
      const base = median(times[0]!)
      for (const [index, [name]] of cases.entries()) {
        const time = median(times[index]!)
        const ratio = `${(time / base).toFixed(2)} ×`
        console.log(
          `${`${shape}.${ending}`.padEnd(16)} ${name.padEnd(32)} ${time.toFixed(0).padStart(6)} ms ${ratio.padStart(8)}`
        )
      }
    }
  }
  console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
})

/** A file of so many megabytes, with bad lines or without. */
const writeLarge = (path: string, megabytes: number, bad: boolean): void => {
  const fd = openSync(path, "w")
  for (let size = 0, n = 0; size < megabytes * 1e6; ) {
    const text = Array.from({ length: 10_000 }, () => `${JSON.stringify(flat(n++))}\n`).join("")
    size += writeSync(fd, bad ? `${text}bad\n` : text)
  }
  closeSync(fd)
}

/** Reads one file in this process, looks at its rows, and says what it took. */
const readOne = (path: string) =>
  Effect.gen(function* () {
    const duckdb = yield* DuckDB
    const landed = { path, name: "large.jsonl", size: statSync(path).size }
    const read = yield* JsonLines.read({ files: [landed], row: Flat, onRefused: "fail" })
    yield* duckdb.query(sql`SELECT count(*), sum(line), sum(length(title)) FROM ${read.rows}`)
    console.log(`${process.resourceUsage().maxRSS / 1024} ${performance.now() / 1000}`)
  }).pipe(Effect.scoped, Effect.provide(DuckDB.layer))

const memory = (): void => {
  for (const megabytes of [10, 100, 1000, ...(words.includes("--large") ? [3000] : [])]) {
    for (const bad of [false, true]) {
      const path = join(folder, "large.jsonl")
      writeLarge(path, megabytes, bad)
      const env = { ...process.env, STRATA_HOME: join(folder, "home"), STRATA_DUCKDB_MEMORY: "256MB" }
      const { stderr, stdout } = spawnSync(process.execPath, [import.meta.filename, "--read", path], { env })
      const [peak, seconds] = stdout.toString().trim().split(" ").map(Number)
      if (peak === undefined || seconds === undefined || peak === 0) throw new Error(stderr.toString())
      const what = bad ? "with bad lines" : "good throughout"
      console.log(
        `${String(megabytes).padStart(5)} MB ${what.padEnd(16)} peak ${peak.toFixed(0).padStart(5)} MiB ${seconds.toFixed(1).padStart(6)} s`
      )
    }
  }
}

const run = async (): Promise<void> => {
  const path = words[words.indexOf("--read") + 1]
  if (words.includes("--read")) await Effect.runPromise(readOne(path!))
  else if (words.includes("--memory")) memory()
  else await Effect.runPromise(Effect.provide(program, DuckDB.layer))
}

await run().finally(() => rmSync(folder, { recursive: true }))
