/** Records as Google's protobuf writes them: what `golden.py` has made. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

export const golden: ReadonlyArray<{ readonly line: string; readonly key: string; readonly hex: string }> =
  readFileSync(join(import.meta.dirname, "golden.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
