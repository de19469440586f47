/**
 * What the features say of the volume: a model of the same day, and one of the
 * next day, which is of more use.
 *
 * Its files are `model.json` for the predictor, an ONNX file of each target for
 * others, and `metrics.jsonl`, which says of each split how good the model is
 * and how good the moving average alone would be.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import { Asset, Files, Metadata, RunConfig } from "../../runtime/index.ts"
import { Features } from "./Features.ts"
import { Target, VolumeModel } from "./VolumeModel.ts"
import type { Trained } from "./VolumeTraining.ts"

const Training = Schema.Struct({
  /** Parts of the cross-validation; with five, a model learns from 80 % and is measured on 20 %. */
  folds: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 100 })),
  seed: Schema.Int
})

export const Model = Asset.make("market/model", {
  description: "A regression of the volume on the features, with its errors, as JSON and ONNX",
  kinds: ["onnx"],
  config: RunConfig.of(Training, { folds: 5, seed: 42 }),
  deps: { features: Features },
  output: Files.files,
  retry: { DuckDBError: "fail", PlatformError: "fail", TooFewRows: "fail" },
  materialize: Effect.fn("market/model")(function* ({ config, features }) {
    // What only this body needs, no other command waits for.
    const [OnnxModel, VolumeTraining] = yield* Effect.promise(() =>
      Promise.all([import("./OnnxModel.ts"), import("./VolumeTraining.ts")])
    )
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const made: Array<Files.Made> = []
    const write = (name: string, content: Uint8Array) => {
      made.push({ name, path: `${folder}/${name}` })
      return fs.writeFile(`${folder}/${name}`, content)
    }
    const train = (target: Target) => VolumeTraining.train({ ...config, features, target })
    const trained = { volume: yield* train("volume"), next_day_volume: yield* train("next_day_volume") }
    yield* Effect.forEach(Target.literals, (target) =>
      write(`${target}.onnx`, OnnxModel.encode(target, trained[target].coefficients))
    )
    const model = { volume: trained.volume.coefficients, next_day_volume: trained.next_day_volume.coefficients }
    yield* write("model.json", text(yield* Effect.orDie(Schema.encodeEffect(VolumeModel)(model))))
    const log = Target.literals.flatMap((target) => trained[target].scores.map((score) => ({ target, ...score })))
    yield* write("metrics.jsonl", lines(log))
    yield* Metadata.add(Object.assign({}, ...Target.literals.map((target) => entries(target, trained[target]))))
    return made
  })
})

const text = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`)

const lines = (values: ReadonlyArray<unknown>): Uint8Array =>
  new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""))

const entries = (target: Target, { scores }: Trained): Readonly<Record<string, Metadata.Plain>> =>
  Object.fromEntries(
    scores
      .filter(({ split }) => split === "folds" || split === "later")
      .flatMap(({ model, naive, split }) => {
        const name = split === "later" ? `${target} later` : target
        return [
          [`${name} rows`, model.rows],
          [`${name} mae`, model.mae],
          [`${name} mse`, model.mse],
          [`${name} r2`, model.r2],
          [`${name} naive mae`, naive.mae],
          [`${name} naive mse`, naive.mse],
          [`${name} naive r2`, naive.r2]
        ]
      })
  )
