import { expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { SeniorityModel } from "../../../assets/postings/SeniorityModel.ts"
import * as EmbeddedSeniorityModel from "../../../resources/EmbeddedSeniorityModel.ts"
import type { Asset } from "../../../runtime/index.ts"

const observed = (settings: Readonly<Record<string, string>>) =>
  (SeniorityModel.source as Asset.External).observe.pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(settings))
  ) as Effect.Effect<ReadonlyArray<Asset.Observed<string>>>

it.effect("is of the embedded version without an address", () =>
  Effect.gen(function* () {
    const version = EmbeddedSeniorityModel.version
    expect(yield* observed({})).toEqual([{ partitionKey: "", version }])
    expect(yield* observed({ STRATA_SENIORITY_VERSION: "7" })).toEqual([{ partitionKey: "", version }])
  })
)

it.effect("is of the version of the settings with one, wherever the model is", () =>
  Effect.gen(function* () {
    for (const STRATA_SENIORITY_URL of ["http://127.0.0.1:50051", "https://models.example:443"]) {
      const settings = { STRATA_SENIORITY_URL, STRATA_SENIORITY_VERSION: "7" }
      expect(yield* observed(settings)).toEqual([{ partitionKey: "", version: "7" }])
    }
  })
)
