/** The seniority model, which changes when its version does. */
import * as Effect from "effect/Effect"
import * as SeniorityVersion from "../../resources/SeniorityVersion.ts"
import { Asset, Files } from "../../runtime/index.ts"

export const SeniorityModel = Asset.external("postings/seniority_model", {
  description: "The model that says how senior a role is, by its version",
  kinds: ["model"],
  output: Files.files,
  observe: Effect.map(SeniorityVersion.current, (version) => [{ partitionKey: "", version }])
})
