/**
 * Files that can be made again, kept to save the time of making them.
 *
 * Plain code without Effect and without Schema, because commands that only read
 * them should start at once: what was written by this very version and format
 * is trusted, anything else is as good as absent.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { version } from "./Version.ts"

/** To be raised when what is kept changes its shape or its meaning. */
const format = 2

/** The content, or nothing when there is none that can be trusted. */
export const read = <A>(path: string): A | undefined => {
  try {
    const file = JSON.parse(readFileSync(path, "utf8"))
    return file.format === format && file.version === version ? file.content : undefined
  } catch {
    return undefined
  }
}

/** Readers see the old content or the new. Failing to keep something fails nothing. */
export const write = (path: string, content: unknown): void => {
  const temporary = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(temporary, JSON.stringify({ format, version, content }))
    renameSync(temporary, path)
  } catch {}
}
