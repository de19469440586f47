/**
 * Objects on disk, and the protocol that makes them durable.
 *
 * A step writes into a staging folder that no reader looks into. Sealing syncs
 * every file and folder of it, renames it to its place and syncs the folders
 * above, so an object is there whole or not at all, also after a power cut. A
 * sync that failed is never tried again: what it left out is unknown.
 */
import { createHash } from "node:crypto"
import { dirname, join, resolve } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type { PlatformError } from "effect/PlatformError"
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import { AssetKey } from "../definition/AssetKey.ts"
import * as PartitionVersions from "../event/PartitionVersions.ts"
import type { RunId } from "../event/Run.ts"
import type { StoredObject } from "./Catalog.ts"
import * as DurableFiles from "./DurableFiles.ts"
import * as FileHash from "./FileHash.ts"
import { reasonOf } from "./StateError.ts"

/** A request to the file system failed. */
export class ObjectStoreError extends Schema.TaggedError<ObjectStoreError>()("ObjectStoreError", {
  operation: Schema.String,
  path: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `could not ${this.operation} ${this.path}: ${reasonOf(this.cause)}; check the disk and who may write there, then run strata retry`
  }
}

/** The disk or the quota is full. */
export class StorageFull extends Schema.TaggedError<StorageFull>()("StorageFull", { path: Schema.String }) {
  override get message() {
    return `there is no space left to write ${this.path}: free some and run strata retry`
  }
}

/** An object is not what was sealed. */
export class ObjectDamaged extends Schema.TaggedError<ObjectDamaged>()("ObjectDamaged", {
  asset: AssetKey,
  path: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `a stored object of ${this.asset} is damaged, ${this.reason} (${this.path}): run strata materialize ${this.asset} --force`
  }
}

export interface Sealed {
  /** Of the object's folder, relative to the objects folder. */
  readonly path: string
  /** Sorted by name, with the sidecar. */
  readonly files: ReadonlyArray<DurableFiles.StoredFile>
  /** Of all files together. */
  readonly bytes: number
  /** SHA-256 of the files' names and hashes, hexadecimal. */
  readonly hash: string
}

export interface NewObject {
  readonly asset: AssetKey
  /** Among the objects of the asset: words of lower-case letters, digits and _, at least two, joined by - or a dot. */
  readonly id: string
  readonly versions: PartitionVersions.PartitionVersions
}

export class ObjectStore extends Context.Service<
  ObjectStore,
  {
    /** A fresh folder for a run to write an object into; what is left of it goes with the scope. */
    readonly stage: (runId: RunId, name: string) => Effect.Effect<string, ObjectStoreError | StorageFull, Scope>
    /** Makes what was written durable, together with its versions, and moves it to its place. */
    readonly seal: (directory: string, object: NewObject) => Effect.Effect<Sealed, ObjectStoreError | StorageFull>
    /** The folder of an object. */
    readonly directory: (object: StoredObject) => string
    /** The versions of all partitions of an object. */
    readonly versions: (
      object: StoredObject
    ) => Effect.Effect<PartitionVersions.PartitionVersions, ObjectDamaged | ObjectStoreError>
    /** Removes the staging folders of runs that are gone; returns how many. */
    readonly sweep: (isGone: (runId: RunId) => boolean) => Effect.Effect<number, ObjectStoreError>
  }
>()("strata/record/ObjectStore") {}

/** The objects below a state folder. It is made when it is first written to, and only its owner can read it. */
export const layer = (options: { readonly home: string }): Layer.Layer<ObjectStore, never, FileSystem.FileSystem> =>
  Layer.effect(
    ObjectStore,
    Effect.map(FileSystem.FileSystem, (fs) => make(fs, resolve(options.home)))
  )

/** Objects in a folder that goes with the scope. */
export const layerTemporary: Layer.Layer<ObjectStore, PlatformError, FileSystem.FileSystem> = Layer.effect(
  ObjectStore,
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return make(fs, yield* fs.makeTempDirectoryScoped({ prefix: "strata-" }))
  })
)

const make = (fs: FileSystem.FileSystem, home: string) => {
  const staging = join(home, "_staging")
  const objects = join(home, "objects")
  const makeFolder = DurableFiles.folderMaker(fs, home)
  const syncFolder = DurableFiles.sharedSync(fs)

  /** Staging folders that became objects: nothing is left of them. */
  const moved = new Set<string>()

  const stage = Effect.fn("ObjectStore.stage")(function* (runId: RunId, name: string) {
    const path = join(staging, stagingName(runId, name))
    const remove = fs.remove(path, { recursive: true, force: true })
    const again = Effect.andThen(remove, fs.makeDirectory(path, { recursive: true, mode: 0o700 }))
    // It is hardly ever there already, and the folder above it hardly ever is not.
    const fresh = Effect.catch(fs.makeDirectory(path, { mode: 0o700 }), () => again)
    const clear = Effect.suspend(() => (moved.delete(path) ? Effect.void : Effect.ignore(remove)))
    yield* Effect.acquireRelease(writing("make the folder", path)(fresh), () => clear)
    return path
  })

  const seal = Effect.fn("ObjectStore.seal")(function* (directory: string, { asset, id, versions }: NewObject) {
    const path = objectPath(asset, id)
    const target = join(objects, path)
    const bytes = PartitionVersions.encode(versions)
    const sidecar = { name: sidecarName, bytes: bytes.byteLength, sha256: FileHash.ofBytes(bytes) }
    const written = fs.writeFile(join(directory, sidecarName), bytes, { mode: 0o600 })
    yield* writing("write the versions in", directory)(written)
    const files = yield* writing("sync", directory)(DurableFiles.syncTree(fs, directory, [sidecar]))
    yield* writing("make the folder of", target)(makeFolder(dirname(target)))
    const move = Effect.andThen(
      Effect.tap(fs.rename(directory, target), () => Effect.sync(() => moved.add(directory))),
      syncFolder(dirname(target))
    )
    yield* writing("move what was written to", target)(move)
    return { path, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0), hash: hashOf(files) }
  })

  const versions = Effect.fn("ObjectStore.versions")(function* (object: StoredObject) {
    const path = join(objects, object.path, sidecarName)
    const damaged = (reason: string) => new ObjectDamaged({ asset: object.asset, path, reason })
    const bytes = yield* Effect.mapError(fs.readFile(path), (cause) =>
      cause.reason._tag === "NotFound"
        ? damaged("its versions are gone")
        : new ObjectStoreError({ operation: "read", path, cause: causeOf(cause) })
    )
    const decoded = PartitionVersions.decode(object.partitions, bytes)
    return decoded ?? (yield* damaged("its versions are not those of its partitions"))
  })

  const sweep = Effect.fn("ObjectStore.sweep")(
    function* (isGone: (runId: RunId) => boolean) {
      const names = yield* fs.readDirectory(staging).pipe(
        Effect.catchIf(
          (error) => error.reason._tag === "NotFound",
          () => Effect.succeed([])
        )
      )
      const gone = names.filter((name) => isGone(runOf(name)))
      yield* Effect.forEach(gone, (name) => fs.remove(join(staging, name), { recursive: true, force: true }))
      return gone.length
    },
    Effect.mapError((cause) => new ObjectStoreError({ operation: "sweep", path: staging, cause: causeOf(cause) }))
  )

  return ObjectStore.of({ stage, seal, versions, sweep, directory: (object) => join(objects, object.path) })
}

const sidecarName = "versions.bin"

/** One folder, so that nothing is left above it; `+` occurs in no name. */
const stagingName = (runId: RunId, name: string): string => {
  if (!/^[a-z0-9_./-]+$/.test(name)) throw new TypeError(`"${name}" cannot name a staging folder`)
  return `${runId}+${name.replaceAll("/", "+")}`
}

const runOf = (stagingName: string): RunId => stagingName.slice(0, stagingName.indexOf("+")) as RunId

/** Keys have no - and no dot, so that no object lies where the objects of another asset do. */
const objectPath = (asset: AssetKey, id: string): string => {
  if (!/^[a-z0-9_]+([.-][a-z0-9_]+)+$/.test(id)) throw new TypeError(`"${id}" cannot name an object`)
  return `${asset}/${id}`
}

const hashOf = (files: ReadonlyArray<DurableFiles.StoredFile>): string =>
  createHash("sha256")
    .update(JSON.stringify(files.map(({ name, sha256 }) => [name, sha256])))
    .digest("hex")

const writing =
  (operation: string, path: string) =>
  <A, R>(effect: Effect.Effect<A, PlatformError, R>) =>
    Effect.mapError(effect, (error) => {
      const cause = causeOf(error)
      const isFull = hasProperty(cause, "code") && (cause.code === "ENOSPC" || cause.code === "EDQUOT")
      return isFull ? new StorageFull({ path }) : new ObjectStoreError({ operation, path, cause })
    })

/** What the system said, without the platform's words around it. */
const causeOf = (error: PlatformError): unknown => error.reason.cause ?? error
