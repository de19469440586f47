/**
 * Which project a command line means: the one of the folder it is typed in, or
 * that of `--definitions`.
 */
import * as Option from "effect/Option"
import type * as ProjectLocation from "./ProjectLocation.ts"

export const of = (options: { readonly definitions: Option.Option<string> }): ProjectLocation.ProjectRequest => ({
  cwd: process.cwd(),
  definitions: Option.getOrUndefined(options.definitions)
})
