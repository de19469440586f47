/** Asks the seniority model of the settings for roles of its own, one or many a call: `<name> <roles> <a call>`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as ConfiguredSeniorityModel from "../../../resources/ConfiguredSeniorityModel.ts"
import { SeniorityModel } from "../../../resources/SeniorityModel.ts"

const [name, count, each] = process.argv.slice(2)

Effect.gen(function* () {
  const { infer } = yield* SeniorityModel
  const calls = Array.from({ length: Number(count) / Number(each) }, (_, call) =>
    Array.from({ length: Number(each) }, (_, role) => ({ company: name!, title: `${call} ${role}` }))
  )
  yield* Effect.forEach(calls, infer, { concurrency: "unbounded" })
}).pipe(Effect.provide(ConfiguredSeniorityModel.layer), NodeRuntime.runMain)
