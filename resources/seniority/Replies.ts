/** Replies of the model, matched to what was asked: by uuid, in any order, some missing. */
import * as Result from "effect/Result"
import { isSeniority, type Seniority } from "../Seniority.ts"
import type { Answered, Asked } from "./Protocol.ts"

export interface Matched {
  readonly answers: ReadonlyMap<number, Seniority>
  readonly missing: ReadonlyArray<Asked>
}

/** The answers by uuid, or what is wrong with the reply. */
export const match = (asked: ReadonlyArray<Asked>, reply: ReadonlyArray<Answered>): Result.Result<Matched, string> => {
  const open = new Map(asked.map((one) => [one.uuid, one]))
  const answers = new Map<number, Seniority>()
  for (const { seniority, uuid } of reply) {
    if (!isSeniority(seniority)) return Result.fail(`the seniority ${seniority} for uuid ${uuid}, which is not 1 to 7`)
    const before = answers.get(uuid)
    if (before !== undefined && before !== seniority) {
      return Result.fail(`two seniorities for uuid ${uuid}, ${before} and ${seniority}`)
    }
    if (before === undefined && !open.delete(uuid))
      return Result.fail(`an answer for uuid ${uuid}, which was not asked`)
    answers.set(uuid, seniority)
  }
  return Result.succeed({ answers, missing: [...open.values()] })
}
