/**
 * What the code version of an asset is a hash of: local modules by path, each
 * with the hash of what it says, and packages by name, each as `name@version`.
 */
import * as Schema from "effect/Schema"

export const CodeParts = Schema.Record(Schema.String, Schema.String)
export type CodeParts = typeof CodeParts.Type

/** The modules and packages that are new, gone or different, sorted. */
export const changes = (before: CodeParts, now: CodeParts): ReadonlyArray<string> =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name]).sort()
