/** Two values that are made together, two files that are made together, and what is made from all of them. */
import { readFileSync } from "node:fs"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Asset, Files, PartitionsDefinition, Value } from "../../../runtime/index.ts"

export interface Saying {
  /** What every body returns. */
  readonly payload: string
  /** Writes a file and gives its path. */
  readonly write: (name: string, payload: string) => string
}

export class Said extends Context.Service<Said, Saying>()("strata/test/Said") {}

export const said = (saying: Saying): Context.Context<never> => Context.make(Said, saying) as Context.Context<never>

const partitions = PartitionsDefinition.fixed(["a", "b", "c"])

const { left, right } = Asset.multi({
  outputs: {
    left: { key: "race/left", output: Value.of(Schema.String) },
    right: { key: "race/right", output: Value.of(Schema.String) }
  },
  partitions,
  codeVersion: "1",
  materialize: () => Said.use(({ payload }) => Effect.succeed({ left: payload, right: payload }))
})

const papers = Asset.make("race/papers", {
  partitions,
  codeVersion: "1",
  output: Files.files,
  materialize: ({ partition }) =>
    Said.use(({ payload, write }) =>
      Effect.sync(() =>
        ["first", "second"].map((name) => ({ name, path: write(`${name}-${partition.key}-${payload}`, payload) }))
      )
    )
})

/** All that it reads, in the order of its inputs. */
const all = Asset.make("race/all", {
  partitions,
  codeVersion: "1",
  deps: { left, right, papers },
  output: Value.of(Schema.Array(Schema.String)),
  materialize: ({ left, papers, right }) =>
    Effect.sync(() => [left, right, ...papers.files.map(({ path }) => readFileSync(path, "utf8"))])
})

export const assets = [left, right, papers, all]
