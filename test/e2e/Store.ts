/**
 * What a state home holds, looked at from outside: what is published, and
 * whether all of it is whole.
 */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { NodeFileSystem } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { PartitionSet } from "../../runtime/index.ts"
import * as PartitionVersions from "../../runtime/event/PartitionVersions.ts"
import { main } from "../../runtime/event/Run.ts"
import * as Version from "../../runtime/event/Version.ts"
import { Catalog } from "../../runtime/record/Catalog.ts"
import { ObjectStore } from "../../runtime/record/ObjectStore.ts"
import { RunLedger } from "../../runtime/record/RunLedger.ts"
import * as State from "../../runtime/record/State.ts"

export interface Contents {
  /** The data version of every published partition, by `asset[ordinal]`. */
  readonly versions: Readonly<Record<string, string>>
  /** What is not as it was sealed. */
  readonly damage: ReadonlyArray<string>
  /** The statuses of all runs, newest first. */
  readonly runs: ReadonlyArray<string>
  /** Folders that steps left behind. */
  readonly staged: ReadonlyArray<string>
}

export const contents = (home: string): Promise<Contents> =>
  Effect.runPromise(read(home).pipe(Effect.provide(Layer.provideMerge(State.layer({ home }), NodeFileSystem.layer))))

/** Resolves when the state home holds what it is to hold. */
export const become = async (home: string, is: (contents: Contents) => boolean): Promise<void> => {
  for (;;) {
    const now = await contents(home).catch(() => undefined)
    if (now !== undefined && is(now)) return
    await new Promise((done) => setTimeout(done, 50))
  }
}

const read = Effect.fnUntraced(function* (home: string) {
  const store = yield* ObjectStore
  const versions: Record<string, string> = {}
  const damage: Array<string> = []
  for (const [asset, manifest] of yield* (yield* Catalog).manifests(main)) {
    for (const { live, object } of manifest) {
      const directory = store.directory(object)
      const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort()
      const files = names.filter((name) => statSync(join(directory, name)).isFile())
      const hashes = files.map((name) => [name, sha256(join(directory, name))])
      const hash = createHash("sha256").update(JSON.stringify(hashes)).digest("hex")
      if (hash !== object.hash) damage.push(`${object.id} is not what was sealed`)
      const sidecar = yield* store.versions(object)
      for (const ordinal of PartitionSet.ordinals(live)) {
        versions[`${asset}[${ordinal}]`] = Version.toText(PartitionVersions.data(sidecar, ordinal)!)
      }
    }
  }
  const runs = (yield* (yield* RunLedger).list(1000)).map(({ status }) => status)
  const staging = join(home, "_staging")
  return {
    versions,
    damage,
    runs,
    staged: existsSync(staging) ? readdirSync(staging) : []
  } satisfies Contents as Contents
})

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex")
