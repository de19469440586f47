import { appendFileSync, existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import * as Zlib from "node:zlib"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as JsonLines from "../../../resources/readers/JsonLines.ts"
import type { Landed } from "../../../resources/readers/LandedFile.ts"
import { engine, gzip, land, outcome, readJson } from "./landing.ts"

const Row = Schema.Struct({ a: Schema.Int })

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `{"a":${from + index},"b":"ä€😀${index * 7919}"}\n`).join("")

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

const damaged = (bytes: Uint8Array, place: number) => {
  const copy = Buffer.from(bytes)
  copy[place]! ^= 0xff
  return copy
}

/** Compressed data that ends with a byte: cut behind it, whole lines come out, and no end mark. */
const unfinished = (text: string) => Zlib.deflateRawSync(text, { finishFlush: Zlib.constants.Z_FULL_FLUSH })

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

const trailer = (text: string) => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(Zlib.crc32(text), 0)
  bytes.writeUInt32LE(Buffer.byteLength(text), 4)
  return bytes
}

const read = (files: ReadonlyArray<Landed>) =>
  Effect.scoped(Effect.flatMap(JsonLines.read({ files, row: Row, onRefused: "skip" }), outcome))

layer(engine)("gzip data", (it) => {
  it.effect("cut at any byte is refused", () =>
    Effect.gen(function* () {
      const small = gzip(lines(0, 12))
      const contents = Object.fromEntries(upTo(small.length).map((end) => [`${end}.gz`, small.subarray(0, end)]))
      const { refused, rows, counts } = yield* readJson(contents, Row)
      assert.deepStrictEqual([refused.length, rows.length, counts.lines], [small.length, 0, 0])
    })
  )

  it.effect("damaged at any byte is refused, or read as if it were not", () =>
    Effect.gen(function* () {
      const small = gzip(lines(0, 12))
      const places = upTo(small.length)
      const contents = Object.fromEntries(places.map((place) => [`${place}.gz`, damaged(small, place)]))
      const { refused, rows } = yield* readJson(contents, Row)
      const bad = new Set(refused.map(({ file }) => Number.parseInt(file, 10)))
      // Time, level and system of the header are nobody's business.
      assert.deepStrictEqual(
        places.filter((place) => !bad.has(place)),
        [4, 5, 6, 7, 8, 9]
      )
      assert.deepStrictEqual(
        rows.map((row) => Number(row.a)),
        places.slice(4, 10).flatMap(() => upTo(12))
      )
    })
  )

  it.effect("cut where a line ends is refused, and with the rest behind it is read", () =>
    Effect.gen(function* () {
      const half = Buffer.concat([header, unfinished(lines(0, 50))])
      const all = lines(0, 50) + lines(50, 100)
      const whole = Buffer.concat([half, Zlib.deflateRawSync(lines(50, 100)), trailer(all)])
      const { refused, rows } = yield* readJson({ "half.gz": half, "whole.gz": whole }, Row)
      assert.deepStrictEqual(
        refused.map(({ file, reason }) => [file, reason]),
        [["half.gz", { _tag: "GzipTruncated", offset: half.length, lines: 0 }]]
      )
      assert.strictEqual(rows.length, 100)
    })
  )

  it.effect("cut late says how many lines came before, of which none is a row", () =>
    Effect.gen(function* () {
      const cut = gzip(lines(0, 100_000)).subarray(0, -9)
      const { refused, rows, counts } = yield* readJson({ "a.jsonl.gz": cut }, Row)
      const reason = refused[0]?.reason
      assert.isTrue(reason?._tag === "GzipTruncated" && reason.lines > 50_000 && reason.lines < 100_000)
      assert.match(refused[0]!.message, /its gzip data is cut off at byte \d+, after \d+ lines$/)
      assert.deepStrictEqual([rows.length, counts.lines], [0, 0])
    })
  )

  it.effect("of members that meet anywhere in lines and characters is read as one text", () =>
    Effect.gen(function* () {
      const text = Buffer.from(lines(0, 5))
      const contents = Object.fromEntries(
        upTo(text.length).map((place) => [
          `${place}.gz`,
          Buffer.concat([gzip(text.subarray(0, place)), gzip(text.subarray(place))])
        ])
      )
      const { refused, rows, counts } = yield* readJson(contents, Row)
      assert.deepStrictEqual([refused, counts.good, counts.lines], [[], 5 * text.length, 5 * text.length])
      assert.isTrue(rows.every((row) => Number(row.a) + 1 === Number(row.line)))
    })
  )

  it.effect("of text in another encoding is refused with its name", () =>
    Effect.gen(function* () {
      const { refused } = yield* readJson({ "a.gz": gzip(Buffer.from(`\ufeff${lines(0, 3)}`, "utf16le")) }, Row)
      assert.deepStrictEqual(refused[0]?.reason, { _tag: "NotText", detected: "UTF-16 inside gzip" })
    })
  )

  it.effect("writes nothing, whatever name its header has", () =>
    Effect.gen(function* () {
      const named = Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255]),
        Buffer.from("../escaped\0"),
        gzip(lines(0, 3)).subarray(10)
      ])
      const [file] = yield* land({ "a.jsonl.gz": named })
      assert.strictEqual((yield* read([file!])).rows.length, 3)
      assert.deepStrictEqual(readdirSync(join(file!.path, "..")), ["a.jsonl.gz"])
      assert.isFalse(existsSync(join(file!.path, "../../escaped")))
    })
  )

  it.effect.each([
    ["one endless line", "x".repeat(1024)],
    ["blank lines", "\n".repeat(1024)],
    ["good lines", `{"a":1,"b":"${"x".repeat(100)}"}\n`],
    ["bad lines", `[${" ".repeat(1000)}]\n`]
  ] as const)("of two gigabytes of %s is refused soon, in bounded memory, with nothing of it used", ([_, line]) =>
    Effect.gen(function* () {
      const part = unfinished(line.repeat(Math.floor((32 * 2 ** 20) / line.length)))
      const files = yield* land({ "a.jsonl.gz": Buffer.concat([header, ...upTo(64).map(() => part)]) })
      const before = process.memoryUsage.rss()
      const start = performance.now()
      const { refused, rows, quarantine } = yield* read(files)
      assert.strictEqual(refused[0]?.reason._tag, "GzipBomb")
      assert.deepStrictEqual([rows.length, quarantine.length], [0, 0])
      // Generous: reading all of it would take some thirty times as long.
      assert.isBelow(performance.now() - start, 20_000)
      assert.isBelow(process.memoryUsage.rss() - before, 512 * 2 ** 20)
    })
  )

  it.effect("packed well is no bomb below 64 MiB", () =>
    Effect.gen(function* () {
      const { counts, refused } = yield* readJson({ "a.jsonl.gz": gzip('{"a":1}\n'.repeat(100_000)) }, Row)
      assert.deepStrictEqual([counts.good, refused], [100_000, []])
    })
  )
})

layer(engine)("a landed file that grows as fast as it is read", (it) => {
  it.effect("is refused, and not followed for ever", () =>
    Effect.gen(function* () {
      const [file] = yield* land({ "a.jsonl": lines(0, 50_000) })
      const reading = yield* Effect.forkChild(read([file!]))
      while (reading.pollUnsafe() === undefined) {
        appendFileSync(file!.path, '{"a":1}\n')
        yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
      }
      const { refused, rows } = yield* Fiber.join(reading)
      assert.strictEqual(refused[0]?.reason._tag, "Changed")
      assert.match(refused[0]!.message, /it had \d+ bytes, then \d+/)
      assert.strictEqual(rows.length, 0)
    })
  )
})
