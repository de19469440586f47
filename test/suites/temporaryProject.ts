/** A project of its own in a temporary folder, which goes with the scope. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Effect from "effect/Effect"

export interface TemporaryProject {
  readonly root: string
  /** Writes a file as if it were saved long ago, later than every file before. */
  readonly write: (path: string, text: string) => void
  readonly remove: (path: string) => void
}

/** `{strata}` in a file stands for Strata's module for authors. */
export const make = (files: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync((): TemporaryProject => {
      const root = realpathSync(mkdtempSync(join(tmpdir(), "strata-project-")))
      const write = (path: string, text: string) => {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text.replaceAll("{strata}", strata))
        utimesSync(join(root, path), clock, clock++)
      }
      mkdirSync(join(root, "node_modules"))
      symlinkSync(join(repository, "node_modules/effect"), join(root, "node_modules/effect"))
      write("package.json", `{"type":"module"}`)
      for (const [path, text] of Object.entries(files)) write(path, text)
      return { root, write, remove: (path) => rmSync(join(root, path), { recursive: true }) }
    }),
    ({ root }) => Effect.sync(() => rmSync(root, { recursive: true }))
  )

/** Seconds since 1970; every write takes the next one. */
let clock = 1_700_000_000

const repository = join(import.meta.dirname, "../..")
const strata = pathToFileURL(join(repository, "runtime/index.ts")).href

/** The text of a module that exports one asset, `Asset`, made with what `body` says. */
export const assetModule = (key: string, options: { readonly imports?: string; readonly body?: string } = {}): string =>
  `import { Asset, Value } from "{strata}"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
${options.imports ?? ""}
export const It = Asset.make("${key}", {
  output: Value.of(Schema.Unknown),
  materialize: () => Effect.succeed(${options.body ?? 1})
})
`
