/**
 * A run as people name it: its id, the beginning of one, or `latest`.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { RunLedger } from "../runtime/record/RunLedger.ts"
import { Usage } from "./Failure.ts"

/** The run of this name. */
export const find = Effect.fn("RunName.find")(function* (text: string) {
  const found = yield* RunLedger.use((ledger) => ledger.find(text))
  return Option.isSome(found) ? found.value : yield* unknown(text)
})

export const unknown = (text: string): Usage =>
  new Usage({
    reason:
      text === "latest"
        ? "there is no run yet: strata materialize makes what is missing"
        : `there is no run ${text}, or more than one: strata runs lists them`
  })
