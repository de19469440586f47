import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LandedFiles from "../../resources/LandedFiles.ts"
import { temporaryFolder } from "../record/temporary.ts"

/** Files that could be landed postings. */
const match = /\.jsonl$/

/** What is listed, and what is warned of. */
const listed = (folder: string, expression = match) =>
  Effect.gen(function* () {
    const warnings: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => {
      warnings.push(`${logLevel}: ${[message].flat().join(" ")}`)
    })
    const files = yield* Effect.provide(LandedFiles.list({ folder, match: expression }), Logger.layer([logger]))
    return { files, warnings }
  })

const write = (folder: string, ...names: ReadonlyArray<string>) => {
  for (const name of names) writeFileSync(join(folder, name), name)
}

describe("landed files", () => {
  it.effect("are the regular files with a matching name, sorted by it, with size and time", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      write(folder, "b.jsonl", "a.jsonl", "a.txt", "ä.jsonl", ".jsonl", "with space.jsonl")
      utimesSync(join(folder, "a.jsonl"), 1_748_822_400, 1_748_822_400.25)
      const { files, warnings } = yield* listed(folder)
      assert.deepStrictEqual(
        files.map(({ name }) => name),
        [".jsonl", "a.jsonl", "b.jsonl", "with space.jsonl", "ä.jsonl"]
      )
      assert.deepStrictEqual(files[1], {
        name: "a.jsonl",
        path: join(folder, "a.jsonl"),
        size: 7,
        modified: 1_748_822_400_250
      })
      assert.deepStrictEqual(warnings, [])
    })
  )

  it.effect("have absolute paths also in a relative folder", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      write(folder, "a.jsonl")
      const { files } = yield* listed(relative(process.cwd(), folder))
      assert.strictEqual(files[0]?.path, join(folder, "a.jsonl"))
    })
  )

  it.effect("are none in an empty folder", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* listed(yield* temporaryFolder)).files, [])
    })
  )

  it.effect("are found by an expression that remembers where it was", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      write(folder, "1.jsonl", "2.jsonl", "3.jsonl")
      assert.strictEqual((yield* listed(folder, /jsonl/g)).files.length, 3)
    })
  )

  it.effect("are not followed where they are links, nor opened where they are pipes, folders or sockets", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const elsewhere = yield* temporaryFolder
      write(elsewhere, "secret.jsonl")
      write(folder, "a.jsonl")
      symlinkSync(join(elsewhere, "secret.jsonl"), join(folder, "link.jsonl"))
      symlinkSync("loop.jsonl", join(folder, "loop.jsonl"))
      symlinkSync("nothing", join(folder, "dangling.jsonl"))
      symlinkSync("nothing", join(folder, "link.txt"))
      mkdirSync(join(folder, "folder.jsonl"))
      write(join(folder, "folder.jsonl"), "inner.jsonl")
      execFileSync("mkfifo", [join(folder, "pipe.jsonl")])
      yield* Effect.acquireRelease(
        Effect.callback<ReturnType<typeof createServer>>((resume) => {
          const server = createServer().listen(join(folder, "socket.jsonl"), () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const { files, warnings } = yield* listed(folder)
      assert.deepStrictEqual(
        files.map(({ name }) => name),
        ["a.jsonl"]
      )
      assert.strictEqual(warnings.length, 1)
      assert.strictEqual(
        warnings[0],
        `Warn: left out of ${folder}, as they are no regular files: dangling.jsonl (a symbolic link), folder.jsonl (a folder), link.jsonl (a symbolic link), loop.jsonl (a symbolic link), pipe.jsonl (a pipe), socket.jsonl (a socket)`
      )
    })
  )

  it.effect("with a name that is no text are warned of", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff]), Buffer.from(".jsonl")]), "")
      const { files, warnings } = yield* listed(folder)
      assert.deepStrictEqual(files, [])
      assert.match(warnings.join(), /a\ufffd\.jsonl \(its name is not UTF-8\)/)
    })
  )

  it.effect("of a folder that is missing are an error that names it and what to do", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "landed")
      const error = yield* Effect.flip(LandedFiles.list({ folder, match }))
      assert.strictEqual(error._tag, "FolderUnlisted")
      assert.strictEqual(
        error.message,
        `the files in ${folder} cannot be listed: it does not exist; create the folder and make it readable, or name the one where the files land`
      )
    })
  )

  it.effect("of a file instead of a folder are an error", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      write(folder, "landed")
      const error = yield* Effect.flip(LandedFiles.list({ folder: join(folder, "landed"), match }))
      assert.match(error.message, /: it is not a folder;/)
    })
  )

  // The superuser may read everything.
  it.effect.skipIf(process.getuid?.() === 0)("of a folder that may not be read are an error", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      chmodSync(folder, 0o000)
      const error = yield* Effect.flip(LandedFiles.list({ folder, match }))
      assert.match(error.message, /: it may not be read;/)
    })
  )
})
