import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Requested from "../../cli/Requested.ts"
import { PartitionSet } from "../../runtime/index.ts"
import { first, graph, total, view } from "../suites/standing.ts"

describe("what a command line asks for", () => {
  const asked = (selection: ReadonlyArray<string>, partitions?: string) =>
    Result.flatMap(
      Requested.make(graph, { selection, partitions: Option.fromUndefinedOr(partitions) }),
      ({ resolve }) =>
        Result.map(resolve(view), (map) =>
          Object.fromEntries([...map].map(([key, set]) => [key, [...PartitionSet.ordinals(set)].map((n) => n - first)]))
        )
    )

  it("is everything that exists without words", () => {
    assert.deepStrictEqual(Result.getOrThrow(asked([])), { made: [0, 1, 2, 3], total: [-first] })
  })

  it("is narrowed by partitions, beside assets that have none", () => {
    assert.deepStrictEqual(Result.getOrThrow(asked([], "2025-06-02...2025-06-03")), { made: [1, 2], total: [-first] })
    assert.deepStrictEqual(Result.getOrThrow(asked(["made"], "missing,failed")), { made: [2, 3] })
    assert.deepStrictEqual(Result.getOrThrow(asked(["made"], "latest")), { made: [3] })
  })

  it("may name statuses in the selection, and both must hold", () => {
    assert.deepStrictEqual(Result.getOrThrow(asked(["status:stale"])), { made: [1] })
    assert.deepStrictEqual(Result.getOrThrow(asked(["made and status:failed"], "2025-06-03")), { made: [2] })
  })

  it("is wrong where it names nothing that there is", () => {
    const message = (selection: ReadonlyArray<string>, partitions?: string) =>
      Result.match(asked(selection, partitions), { onFailure: ({ message }) => message, onSuccess: () => "" })
    assert.match(message(["mad"]), /did you mean made/)
    assert.match(message(["made"], "2025-07-01"), /no partition of 2025-07-01 exists/)
    assert.match(message(["made"], "x"), /the partitions do not fit/)
    assert.match(message([total], "2025-06-01"), /it has no partitions/)
    assert.strictEqual(message(["made"], "stale"), "")
  })
})
