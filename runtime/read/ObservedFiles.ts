/**
 * The files of an external asset, as they were last seen.
 */
import { dirname, sep } from "node:path"
import type { Observation } from "../record/Catalog.ts"

export interface ObservedFiles {
  readonly count: number
  readonly bytes: number
  /** The folder that holds all of them. */
  readonly folder: string
  /** When the newest change was first seen. */
  readonly changedAt: number
}

/** None where no file was seen. */
export const make = (observations: ReadonlyArray<Observation>): ObservedFiles | undefined => {
  const files = observations.flatMap(({ files }) => files)
  const [first] = files
  if (first === undefined) return undefined
  const self = { count: files.length, bytes: 0, folder: dirname(first.path), changedAt: 0 }
  for (const { path, since, size } of files) {
    self.bytes += size
    self.changedAt = Math.max(self.changedAt, since)
    while (self.folder !== dirname(self.folder) && !path.startsWith(self.folder + sep))
      self.folder = dirname(self.folder)
  }
  return self
}
