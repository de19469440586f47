import { execFileSync } from "node:child_process"
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { FileRefused } from "../../../resources/readers/FileRefused.ts"
import * as JsonLines from "../../../resources/readers/JsonLines.ts"
import type { Landed } from "../../../resources/readers/LandedFile.ts"
import * as Limits from "../../../resources/readers/Limits.ts"
import * as TextSource from "../../../resources/readers/TextSource.ts"
import { temporaryFolder } from "../../record/temporary.ts"
import { type Contents, engine, gzip, land, readJson } from "./landing.ts"

const Row = Schema.Struct({ a: Schema.Int })
const lines = (count: number) => Array.from({ length: count }, (_, i) => `{"a":${i}}\n`).join("")

/** Reads one file among good ones, and gives what it was refused for. */
const refusal = Effect.fnUntraced(function* (name: string, content: string | Uint8Array) {
  const contents: Contents = { "0.jsonl": lines(3), [name]: content, "z.jsonl": lines(4) }
  const { rows, quarantine, counts, refused } = yield* readJson(contents, Row)
  assert.deepStrictEqual(
    refused.map(({ file }) => file),
    [name]
  )
  assert.deepStrictEqual([rows.length, quarantine.length, counts.lines], [7, 0, 7], "nothing of it is used")
  return refused[0]!.reason
})

const changed = (content: Buffer, at: number) => {
  const copy = Buffer.from(content)
  copy[at < 0 ? copy.length + at : at]! ^= 0xff
  return copy
}

layer(engine)("a gzip file", (it) => {
  const whole = gzip(lines(50_000))

  it.effect("is refused as truncated wherever it ends too soon, with the lines seen", () =>
    Effect.gen(function* () {
      const perLine = Array.from({ length: 500 }, (_, i) => `{"a":${i}}\n`)
      const flushed = gzipSync(perLine.join(""))
      const cuts: Record<string, Uint8Array> = {
        "middle.gz": whole.subarray(0, whole.length >> 1),
        "noTrailer.gz": whole.subarray(0, -8),
        "halfTrailer.gz": whole.subarray(0, -3),
        "small.gz": flushed.subarray(0, -8),
        "header.gz": whole.subarray(0, 5),
        "secondMember.gz": Buffer.concat([whole, whole.subarray(0, 40)]),
        "secondHeader.gz": Buffer.concat([whole, whole.subarray(0, 1)])
      }
      for (const [name, content] of Object.entries(cuts)) {
        const reason = yield* refusal(name, content)
        assert.strictEqual(reason._tag, "GzipTruncated", name)
        if (reason._tag !== "GzipTruncated") continue
        assert.ok(reason.offset <= content.length)
        assert.ok(reason.lines === 0 || name !== "small.gz" || reason.lines === 500)
      }
    })
  )

  it.effect("cut at the boundary of a line is refused like any other cut", () =>
    Effect.gen(function* () {
      // A stored block keeps the text as it is: cut right after a line feed.
      const stored = gzipSync(lines(1000), { level: 0 })
      const cut = stored.subarray(0, stored.lastIndexOf(10, stored.length - 20) + 1)
      assert.strictEqual((yield* refusal("a.jsonl.gz", cut))._tag, "GzipTruncated")
    })
  )

  it.effect("is refused as corrupt with a wrong checksum, a wrong length or damaged data", () =>
    Effect.gen(function* () {
      for (const content of [
        changed(whole, -6),
        changed(whole, -2),
        changed(whole, whole.length >> 1),
        Buffer.concat([whole, changed(whole, -6)])
      ]) {
        assert.strictEqual((yield* refusal("a.jsonl.gz", content))._tag, "GzipCorrupt")
      }
    })
  )

  it.effect("is refused for what follows it, also behind zeros", () =>
    Effect.gen(function* () {
      const tails = ["garbage", "\x1f\x8b\x09garbage", `${"\0".repeat(100)}garbage`, `${"\0".repeat(300_000)}x`]
      for (const tail of tails) {
        const content = Buffer.concat([whole, Buffer.from(tail, "latin1")])
        const reason = yield* refusal("a.jsonl.gz", content)
        assert.strictEqual(reason._tag, "GzipTrailingGarbage")
        assert.ok(reason._tag === "GzipTrailingGarbage" && reason.offset <= content.length)
      }
      // A member behind zeros is one that other programs would not see.
      const hidden = Buffer.concat([whole, Buffer.alloc(64), whole])
      assert.deepStrictEqual(yield* refusal("a.jsonl.gz", hidden), {
        _tag: "GzipTrailingGarbage",
        offset: whole.length + 64
      })
    })
  )

  it.effect("may be padded with zeros, and have several members that end anywhere", () =>
    Effect.gen(function* () {
      const text = Buffer.from('{"a":1,"b":"é"}\n{"a":2}\n')
      const members = Array.from(text, (byte) => gzip(Uint8Array.of(byte)))
      const { rows, refused } = yield* readJson(
        {
          "bytes.jsonl.gz": Buffer.concat(members),
          "padded.jsonl.gz": Buffer.concat([gzip(text), Buffer.alloc(100_000)]),
          "empty.jsonl.gz": gzip(""),
          "emptyMember.jsonl.gz": Buffer.concat([gzip(""), gzip(text)]),
          "many.jsonl.gz": Buffer.concat([whole, whole])
        },
        Row
      )
      assert.deepStrictEqual(refused, [])
      assert.strictEqual(rows.length, 2 + 2 + 2 + 100_000)
    })
  )

  it.effect("is told by its name, and refused with what it is instead", () =>
    Effect.gen(function* () {
      const instead: ReadonlyArray<readonly [string | Uint8Array, string]> = [
        ["", "empty"],
        ['{"a":1}\n', "something else"],
        [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), "zstd"],
        ["PK\u0003\u0004", "a zip archive"],
        ["BZh91AY", "bzip2"]
      ]
      for (const [content, detected] of instead) {
        assert.deepStrictEqual(yield* refusal("a.jsonl.gz", content), { _tag: "NotGzip", detected })
      }
      assert.deepStrictEqual(yield* refusal("b.jsonl", whole), { _tag: "NotText", detected: "gzip" })
      assert.deepStrictEqual(yield* refusal("b.jsonl.gz", gzip(whole)), {
        _tag: "NotText",
        detected: "gzip inside gzip"
      })
    })
  )

  it.effect("may name any file and any time in its header", () =>
    Effect.gen(function* () {
      const body = gzip('{"a":1}\n').subarray(10)
      const flags = 4 + 8
      const header = Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, flags, 0xff, 0xff, 0xff, 0xff, 0, 255]),
        Buffer.from([3, 0, 1, 2, 3]),
        Buffer.from("../../../etc/passwd\0")
      ])
      const { rows, refused } = yield* readJson({ "a.jsonl.gz": Buffer.concat([header, body]) }, Row)
      assert.deepStrictEqual([rows.length, refused.length], [1, 0])
    })
  )
})

describe("a gzip bomb", () => {
  const bomb = (megabytes: number) => {
    const zeros = gzipSync(Buffer.alloc(2 ** 20, "x"), { level: 9 })
    return Buffer.concat(Array.from({ length: megabytes }, () => zeros))
  }

  /** How many bytes come out before it is refused. */
  const drained = Effect.fnUntraced(function* (content: Uint8Array, limits: Limits.Limits) {
    const [file] = yield* land({ "a.jsonl.gz": content })
    const source = yield* TextSource.open(file!, limits)
    const buffer = new Uint8Array(2 ** 20)
    let bytes = 0
    const error = yield* Effect.flip(
      Effect.forever(
        Effect.tap(source.read(buffer, 0), (count) => {
          bytes += count
          return count === 0 ? Effect.die(new Error("it was read to its end")) : Effect.void
        })
      )
    )
    return { bytes, reason: (error as FileRefused).reason }
  }, Effect.scoped)

  it.effect("is refused at 64 MiB and a ratio of 200", () =>
    Effect.gen(function* () {
      const { bytes, reason } = yield* drained(bomb(2000), Limits.standard)
      assert.strictEqual(reason._tag, "GzipBomb")
      assert.ok(bytes >= 60 * 2 ** 20 && bytes <= 140 * 2 ** 20, `${bytes} bytes`)
    })
  )

  it.effect("of any ratio is refused at the limit of a file's size", () =>
    Effect.gen(function* () {
      const limit = 5 * 2 ** 20
      const { bytes, reason } = yield* drained(bomb(2000), { ...Limits.standard, file: limit })
      assert.deepInclude(reason, { _tag: "TooLarge", limit })
      assert.ok(bytes <= limit)
    })
  )

  layer(engine)("of one endless line", (it) => {
    it.effect("is refused without the line being held", () =>
      Effect.gen(function* () {
        const before = process.memoryUsage().rss
        const { refused } = yield* readJson({ "a.jsonl.gz": bomb(1000) }, Row)
        assert.strictEqual(refused[0]?.reason._tag, "GzipBomb")
        assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20)
      })
    )
  })
})

layer(engine)("a landed file", (it) => {
  const read = (files: ReadonlyArray<Landed>) =>
    Effect.map(JsonLines.read({ files, row: Row, onRefused: "skip" }), ({ counts, refused }) => ({ counts, refused }))

  it.effect("that is a folder, a pipe, a device, a socket or a link is refused before it is opened", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const at = (name: string) => join(folder, name)
      writeFileSync(at("good.jsonl"), lines(2))
      mkdirSync(at("folder.jsonl"))
      execFileSync("mkfifo", [at("pipe.jsonl")])
      symlinkSync(at("good.jsonl"), at("link.jsonl"))
      symlinkSync("loop.jsonl", at("loop.jsonl"))
      symlinkSync("/etc/passwd", at("out.jsonl"))
      yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const server = createServer().listen(at("socket.jsonl"), () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const names = ["good", "folder", "pipe", "link", "loop", "out", "socket"].map((name) => `${name}.jsonl`)
      const files = [...names.map((name) => ({ name, path: at(name) })), { name: "zero", path: "/dev/zero" }]
      const { counts, refused } = yield* read(files)
      assert.strictEqual(counts.good, 2)
      assert.deepStrictEqual(
        refused.map(({ file, reason }) => [file, reason._tag === "NotARegularFile" ? reason.kind : reason._tag]),
        [
          ["folder.jsonl", "a folder"],
          ["pipe.jsonl", "a pipe"],
          ["link.jsonl", "a symbolic link"],
          ["loop.jsonl", "a symbolic link"],
          ["out.jsonl", "a symbolic link"],
          ["socket.jsonl", "a socket"],
          ["zero", "a device"]
        ]
      )
    })
  )

  it.effect("that is gone, or of another size than when it was observed, is refused as changed", () =>
    Effect.gen(function* () {
      const [a, b] = yield* land({ "a.jsonl": lines(2), "b.jsonl": lines(2) })
      rmSync(a!.path)
      const { counts, refused } = yield* read([a!, { ...b!, size: 7 }])
      assert.strictEqual(counts.lines, 0)
      assert.deepStrictEqual(
        refused.map(({ reason }) => reason),
        [
          { _tag: "Changed", detail: "it is gone" },
          { _tag: "Changed", detail: "observed with 7 bytes, now 16" }
        ]
      )
    })
  )

  it.effect.each([
    ["grows", (path: string) => appendFileSync(path, lines(1)), /^it had \d+ bytes, then \d+$/],
    ["shrinks", (path: string) => truncateSync(path, 8), /^it had \d+ bytes, then 8$/],
    ["is written to", (path: string) => utimesSync(path, 1, 1), /^it was written to$/],
    ["is deleted", (path: string) => rmSync(path), /^it is gone$/],
    [
      "is replaced",
      (path: string) => {
        writeFileSync(`${path}.new`, lines(100_000))
        renameSync(`${path}.new`, path)
      },
      /^another file took its name$/
    ]
  ] as const)("that %s while it is read is refused", ([_, change, detail]) =>
    Effect.gen(function* () {
      const [file] = yield* land({ "a.jsonl": lines(100_000) })
      const source = yield* TextSource.open(file!, Limits.standard)
      const buffer = new Uint8Array(2 ** 16)
      assert.strictEqual(yield* source.read(buffer, 0), buffer.length)
      change(file!.path)
      const drain = Effect.gen(function* () {
        while ((yield* source.read(buffer, 0)) === buffer.length);
      })
      const error = yield* Effect.flip(drain)
      assert.ok(error.reason._tag === "Changed" && detail.test(error.reason.detail), error.message)
    })
  )

  it.effect("that is refused fails the reading where all are asked for, with all that were refused", () =>
    Effect.gen(function* () {
      const files = yield* land({ "a.jsonl": "[1]", "b.jsonl": lines(1), "c.jsonl.gz": "x" })
      const error = yield* Effect.flip(JsonLines.read({ files, row: Row, onRefused: "fail" }))
      assert.ok(error._tag === "FilesRefused")
      assert.deepStrictEqual(
        error.refused.map(({ file }) => file),
        ["a.jsonl", "c.jsonl.gz"]
      )
      assert.strictEqual(
        error.message,
        '2 of 3 files refused: a.jsonl was refused: it is a JSON array, not one JSON object a line, and 1 more; land them again, or read with onRefused: "skip"'
      )
    })
  )
})
