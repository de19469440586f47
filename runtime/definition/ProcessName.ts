/**
 * What this process calls folders that go with it, so that what is left of a
 * killed one can be told from what is in use.
 */
import * as Context from "effect/Context"

/** The command line gives one that no other process has, also after a reboot; see `record/ProcessFolder.ts`. */
export const ProcessName = Context.Reference<string>("strata/definition/ProcessName", {
  defaultValue: () => `${process.pid}`
})
