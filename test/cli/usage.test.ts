/** What cannot be understood: exit code 2, a line on stderr, nothing on stdout and nothing written. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { call } from "./call.ts"
import * as Projects from "./projects.ts"

const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, reason: RegExp]> = [
  [["materialise"], /^error: strata has no command materialise: did you mean materialize\?$/m],
  [["--nope"], /has no flag --nope/],
  [["list", "--jsn"], /^error: strata list has no flag --jsn: did you mean --json\?$/m],
  [["list", "-x"], /has no flag -x/],
  [["list", "--definitions"], /^error: --definitions needs a value/m],
  [["show"], /^error: strata show needs an argument: asset$/m],
  [["show", "a", "b"], /does not take "b"/],
  [["run"], /there is no run yet: strata materialize makes what is missing/],
  [["query"], /needs an argument: sql/],
  [["why"], /needs an argument: partition/],
  [["runs", "--limit", "abc"], /^error: --limit cannot be abc: expected a number$/m],
  [["runs", "--limit", "NaN"], /cannot be NaN/],
  [["runs", "--limit=1e309"], /cannot be 1e309/],
  [["runs", "--limit", "1.5"], /cannot be 1.5/],
  [["runs", "-n", "-1"], /cannot be -1: expected a value between 1 and 10000/],
  [["runs", "--limit="], /--limit/],
  [["runs", "--limit", " "], /--limit/],
  [["runs", "--limit", "3", "--limit", "4"], /^error: --limit can be given only once$/m],
  [["materialize", "--jobs", "0"], /--jobs cannot be 0/],
  [["materialize", "--json=perhaps"], /--json cannot be perhaps/],
  [["plan", "x".repeat(100 * 1024)], /^error: /],
  [["list", "shop/number"], /^error: there is no asset "shop\/number"; did you mean shop\/numbers\?$/m],
  [["list", "total"], /did you mean shop\/total\?/],
  [["plan", "key:"], /^error: the selection cannot be read/m],
  [["plan", "group:shp"], /did you mean shop\?/],
  [["plan", "nothing/*"], /no asset matches/],
  [["why", "shop/totl"], /did you mean shop\/total\?/],
  [["show", "shop/totl"], /did you mean shop\/total\?/],
  [["plan", "--config", "top=1"], /--config takes a parameter/],
  [["plan", "--config", "shop/total.top=1"], /there is no such asset with parameters/],
  [["plan", "-p", "2025-13-01", "shop/numbers"], /2025-13-01/],
  [["plan", "-p", "2025-06-03...2025-06-01", "shop/numbers"], /2025-06-0/],
  [["plan", "-p", "2024-01-01", "shop/numbers"], /2024-01-01/],
  [["run", "zzz"], /there is no run zzz/]
]

describe("a command line that cannot be understood", () => {
  for (const [args, reason] of cases) {
    it.effect(`strata ${args.join(" ").slice(0, 60)}`, () =>
      Effect.gen(function* () {
        const { root } = yield* Projects.numbers
        const { code, stderr, stdout } = yield* call(args, root)
        assert.match(stderr, reason)
        assert.strictEqual(code, 2)
        assert.strictEqual(stdout, "")
        assert.notMatch(stderr, /^ {4}at /m)
        assert.isFalse(existsSync(join(root, ".strata/objects")))
      }).pipe(Effect.scoped)
    )
  }
})
