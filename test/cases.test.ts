/**
 * A folder of `test/cases` is a case: files that land, and in `session.txt` what
 * is done then and what `strata` prints.
 *
 * A line after `$` is a command: `strata …` with its words, `land <file>` puts a
 * file of the case's folder among the landed files, `remove <file>` takes a file
 * of the project away, `append <file> <text>` changes one. Texts that differ from
 * run to run are printed as `…`. `STRATA_TEST_CASES=accept` writes what is printed
 * into the sessions, to be read before it is committed.
 */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Strata from "./cli/strata.ts"

const cases = join(import.meta.dirname, "cases")
const repository = join(import.meta.dirname, "..")

const settings = { STRATA_POSTINGS_SOURCE: "landed", STRATA_REFERENCE: "reference" }

describe("the case", () => {
  for (const name of readdirSync(cases)) {
    const folder = join(cases, name)
    if (!existsSync(join(folder, "session.txt"))) continue
    it.effect(name.replaceAll("-", " "), () =>
      Effect.gen(function* () {
        const session = readFileSync(join(folder, "session.txt"), "utf8")
        const root = yield* project(folder)
        let printed = ""
        for (const line of session.split("\n")) {
          if (line.startsWith("#") || line === "") printed += `${line}\n`
          if (line.startsWith("$ ")) printed += `${line}\n${yield* perform(folder, root, line.slice(2))}`
        }
        printed = printed.replace(/\n+$/, "\n")
        if (process.env.STRATA_TEST_CASES === "accept") writeFileSync(join(folder, "session.txt"), printed)
        else assert.strictEqual(printed, session)
      }).pipe(Effect.scoped)
    )
  }
})

/** A copy of the assets in a folder of its own, with the files of the case's `landed`. */
const project = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = mkdtempSync(join(tmpdir(), "strata-case-"))
      for (const name of ["runtime", "resources", "data", "node_modules"])
        symlinkSync(join(repository, name), join(root, name))
      cpSync(join(repository, "assets"), join(root, "assets"), { recursive: true })
      cpSync(join(cases, "reference"), join(root, "reference"), { recursive: true })
      copyFileSync(join(cases, "strata.config.ts"), join(root, "strata.config.ts"))
      writeFileSync(join(root, "package.json"), `{"type":"module"}`)
      mkdirSync(join(root, "landed"))
      cpSync(join(folder, "landed"), join(root, "landed"), { recursive: true })
      return root
    }),
    (root) => Effect.sync(() => rmSync(root, { recursive: true }))
  )

const perform = (folder: string, root: string, command: string): Effect.Effect<string> => {
  const [verb, ...words] = command.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ""))
  switch (verb) {
    case "strata":
      return Effect.map(Strata.run(words, { cwd: root, env: settings }), said)
    case "land":
      return Effect.sync(() => {
        copyFileSync(join(folder, words[0]!), join(root, "landed", basename(words[0]!)))
        return ""
      })
    case "remove":
      return Effect.as(
        Effect.sync(() => rmSync(join(root, words[0]!))),
        ""
      )
    case "append":
      return Effect.sync(() => {
        appendFileSync(join(root, words[0]!), `${words.slice(1).join(" ")}\n`)
        return ""
      })
  }
  return Effect.die(new Error(`no case knows the command ${verb}`))
}

/** What was printed, without how steps went, sizes, times and names that differ from run to run. */
const said = ({ code, stderr, stdout }: Strata.Ended): string => {
  const lines = `${stdout}${stderr}`.split("\n").filter((line) => line !== "" && !/^\d{4}-\d\d-\d\dT/.test(line))
  const text = lines.map((line) => `${steady(line)}\n`).join("")
  return code === 0 ? text : `${text}exit ${code ?? "by a signal"}\n`
}

const steady = (line: string): string =>
  line
    .replace(/^((?:[^\t]*\t){4}\d+)\t\d+\t\d*$/, "$1")
    .replaceAll(/\b[0-9a-z]{6}-[0-9a-z]{5}\b/g, "…")
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "…")
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
    .replaceAll(/\bprocess \d+/g, "process …")
    .replaceAll(/, objects in \S+/g, "")
