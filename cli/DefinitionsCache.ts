/**
 * The snapshot of a project's definitions, kept with the files that it depends
 * on: while none of them changed, the definitions need not be loaded.
 *
 * Definitions are taken to be what their modules say: what they read at load
 * time from elsewhere, such as environment variables, is not noticed.
 */
import { statSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import type { AssetGraphSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import type { FileStamp } from "../runtime/record/ModuleGraph.ts"
import * as CacheFile from "./CacheFile.ts"
import type { ProjectLocation } from "./ProjectLocation.ts"

interface Content {
  readonly entry: string
  /** Path relative to the project, size, time. */
  readonly stamps: ReadonlyArray<readonly [string, number, number]>
  readonly snapshot: AssetGraphSnapshot
}

/** The snapshot, if every file that has a part in it is still the same. */
export const read = (location: ProjectLocation): AssetGraphSnapshot | undefined => {
  const content = CacheFile.read<Content>(pathOf(location))
  return content?.entry === basename(location.config) && content.stamps.every((stamp) => isSame(location.root, stamp))
    ? content.snapshot
    : undefined
}

export const write = (
  location: ProjectLocation,
  stamps: ReadonlyArray<FileStamp>,
  snapshot: AssetGraphSnapshot
): void =>
  CacheFile.write(pathOf(location), {
    entry: basename(location.config),
    stamps: stamps.map(({ modified, path, size }) => [path, size, modified]),
    snapshot
  } satisfies Content)

const pathOf = ({ home }: ProjectLocation): string => join(home, "cache", "definitions.json")

/** Size -1: the file was not there. */
const isSame = (root: string, [path, size, modified]: readonly [string, number, number]): boolean => {
  const stats = statSync(resolve(root, path), { throwIfNoEntry: false })
  return stats === undefined ? size === -1 : stats.size === size && stats.mtimeMs === modified
}
