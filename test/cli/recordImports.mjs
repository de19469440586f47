/** Loaded before everything else in a process: writes every module that it loads to the file in RECORD_IMPORTS. */
import { appendFileSync } from "node:fs"
import { registerHooks } from "node:module"

registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.RECORD_IMPORTS, `${url}\n`)
    return next(url, context)
  }
})
