/** Where the logs of installs land, and how their files are named. */
import { resolve } from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as LandedFiles from "../../resources/LandedFiles.ts"

const sample = "data/installs"

export const folder = Config.String("STRATA_INSTALLS_SOURCE").pipe(Config.withDefault(sample))

/** A name with `*` for any characters and `?` for one. */
const pattern = Config.String("STRATA_INSTALLS_PATTERN").pipe(Config.withDefault("*.tsv.gz"))

/** The files that have landed: none where the sample has not been generated, but another folder has to be there. */
export const files = Effect.gen(function* () {
  const source = yield* folder
  const listed = LandedFiles.list({ folder: source, match: matching(yield* pattern) })
  return yield* Effect.catchTag(listed, "FolderUnlisted", (error) =>
    resolve(source) === resolve(sample) && error.detail === LandedFiles.absent ? Effect.succeed([]) : Effect.fail(error)
  )
})

/** Whole names; hidden ones are those of files that are done with, or not there yet. */
const matching = (pattern: string): RegExp => {
  const text = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
  return new RegExp(`^(?!\\.)${text}$`, "s")
}
