/**
 * How the assets stood when it was last worked out, kept with what it was worked
 * out from: while neither the state nor the definitions changed, a list need not
 * open either.
 *
 * What others wrote since their files were last observed is not noticed, as
 * everywhere before a plan.
 */
import { statSync } from "node:fs"
import { join } from "node:path"
import type { AssetSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import * as CacheFile from "./CacheFile.ts"
import type { ProjectLocation } from "./ProjectLocation.ts"

/** How an asset stands, in a word; see `AssetStatus.health`. */
export type Healths = Readonly<Record<string, string>>

interface Content {
  readonly stamp: string
  readonly healths: Healths
}

/** Of the state and the definitions as they are now; none without a state. */
export const stamp = ({ home }: ProjectLocation, assets: ReadonlyArray<AssetSnapshot>): string | undefined => {
  const [database, log] = ["state.db", "state.db-wal"].map((name) =>
    statSync(join(home, name), { throwIfNoEntry: false })
  )
  if (database === undefined) return undefined
  // A log that was read into the database is empty or gone.
  const written = log === undefined || log.size === 0 ? "" : `${log.size} ${log.mtimeMs}`
  return [database.size, database.mtimeMs, written, hash(JSON.stringify(assets))].join(" ")
}

/** What is kept for this stamp. */
export const read = ({ home }: ProjectLocation, stamp: string): Healths | undefined => {
  const content = CacheFile.read<Content>(pathOf(home))
  return content?.stamp === stamp ? content.healths : undefined
}

export const write = ({ home }: ProjectLocation, stamp: string, healths: Healths): void =>
  CacheFile.write(pathOf(home), { stamp, healths } satisfies Content)

const pathOf = (home: string): string => join(home, "cache", "health.json")

/** FNV-1a over the code units; nothing is decided by it but whether to look again. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
