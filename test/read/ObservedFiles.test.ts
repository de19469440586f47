import { assert, describe, it } from "@effect/vitest"
import * as ObservedFiles from "../../runtime/read/ObservedFiles.ts"
import type { Observation } from "../../runtime/record/Catalog.ts"

const seen = (...files: ReadonlyArray<readonly [path: string, size: number, since: number]>) =>
  ({ files: files.map(([path, size, since]) => ({ path, size, since })) }) as unknown as Observation

describe("the files of an external asset", () => {
  it("are counted, and told by the folder that holds all of them", () => {
    const days = [seen(["/data/jobs/1.gz", 10, 5], ["/data/jobs/2.gz", 20, 9]), seen(["/data/jobsold/3.gz", 1, 7])]
    assert.deepStrictEqual(ObservedFiles.make(days), { count: 3, bytes: 31, folder: "/data", changedAt: 9 })
    assert.strictEqual(ObservedFiles.make(days.slice(0, 1))?.folder, "/data/jobs")
    assert.strictEqual(ObservedFiles.make([seen(["/a/x", 1, 1], ["/b/x", 1, 1])])?.folder, "/")
  })

  it("are none where none was seen", () => {
    assert.isUndefined(ObservedFiles.make([]))
    assert.isUndefined(ObservedFiles.make([seen()]))
  })
})
