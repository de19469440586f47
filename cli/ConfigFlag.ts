/**
 * Parameters of assets as they stand on the command line:
 * `postings/daily.top=10`.
 */
import * as Result from "effect/Result"
import type * as RunConfig from "../runtime/definition/RunConfig.ts"
import { Usage } from "./Failure.ts"

/** Values by asset. A value is JSON, and where it is none, text; of two for one field the later wins. */
export const parse = (texts: ReadonlyArray<string>): Result.Result<Readonly<Record<string, RunConfig.Values>>, Usage> =>
  Result.gen(function* () {
    const values: Record<string, Record<string, unknown>> = {}
    for (const text of texts) {
      const [, asset, field, value] = /^([^.=]+)\.([^.=]+)=(.*)$/s.exec(text) ?? []
      if (asset === undefined || field === undefined || value === undefined) {
        return yield* Result.fail(
          new Usage({ reason: `--config takes a parameter such as postings/daily.top=10, not ${text}` })
        )
      }
      values[asset] = { ...values[asset], [field]: valueOf(value) }
    }
    return values
  })

const valueOf = (text: string): unknown =>
  Result.getOrElse(
    Result.try(() => JSON.parse(text)),
    () => text
  )
