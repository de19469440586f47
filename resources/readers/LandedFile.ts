/**
 * One landed file, opened so that it cannot harm: a regular file and nothing
 * else, never through a link, never waiting for a pipe.
 *
 * Its identity is taken before the first byte and compared after the last one,
 * so a file that is still being written is not taken for a complete one.
 */
import * as NodeFs from "node:fs"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { FileRefused, type Refusal } from "./FileRefused.ts"

/** A file that an input holds; what `Files.File` says of it and more is welcome. */
export interface Landed {
  /** Absolute. */
  readonly path: string
  /** The name that the file has in its set. */
  readonly name: string
  /** Of the file when it was observed; another size now refuses it. */
  readonly size?: number
  readonly partition?: { readonly key: string }
}

export interface Opened {
  readonly size: number
  /** Fills the buffer from a position of the file; less than asked only at the end that it had when it was opened. */
  readonly read: (buffer: Uint8Array, position: number) => Effect.Effect<number, FileRefused>
  /** Fails if the file is no longer the one that was opened. */
  readonly unchanged: Effect.Effect<void, FileRefused>
}

/** Opens the file until the scope closes. */
export const open = Effect.fnUntraced(function* (landed: Landed): Effect.fn.Return<Opened, FileRefused, Scope> {
  const refuse = refused(landed)
  const orRefuse = Effect.mapError(refuse)
  const before = yield* orRefuse(lstat(landed.path))
  if (!before.isFile()) return yield* refuse({ _tag: "NotARegularFile", kind: kindOf(before) })
  const fd = yield* Effect.acquireRelease(orRefuse(openFile(landed.path)), closeFile)
  const opened = yield* orRefuse(fstat(fd))
  if (!opened.isFile()) return yield* refuse({ _tag: "NotARegularFile", kind: kindOf(opened) })
  const size = Number(opened.size)
  if (landed.size !== undefined && landed.size !== size) {
    return yield* refuse({ _tag: "Changed", detail: `observed with ${landed.size} bytes, now ${size}` })
  }
  return {
    size,
    // Of a file that grows and grows, reading would never end.
    read: (buffer, position) => orRefuse(readFully(fd, buffer.subarray(0, Math.max(0, size - position)), position)),
    unchanged: Effect.flatMap(Effect.all([orRefuse(fstat(fd)), orRefuse(lstat(landed.path))]), (now) => {
      const detail = now.flatMap((stats) => difference(opened, stats) ?? [])[0]
      return detail === undefined ? Effect.void : Effect.fail(refuse({ _tag: "Changed", detail }))
    })
  }
})

export const refused =
  (landed: Landed) =>
  (reason: Refusal): FileRefused =>
    new FileRefused({ file: landed.name, path: landed.path, reason })

/** What two looks at a file tell apart, if anything. */
const difference = (before: NodeFs.BigIntStats, after: NodeFs.BigIntStats): string | undefined => {
  if (before.dev !== after.dev || before.ino !== after.ino) return "another file took its name"
  if (before.size !== after.size) return `it had ${before.size} bytes, then ${after.size}`
  return before.mtimeNs === after.mtimeNs ? undefined : "it was written to"
}

const kindOf = (stats: NodeFs.BigIntStats): string => {
  if (stats.isDirectory()) return "a folder"
  if (stats.isSymbolicLink()) return "a symbolic link"
  if (stats.isFIFO()) return "a pipe"
  return stats.isSocket() ? "a socket" : "a device"
}

const unopened = (error: NodeJS.ErrnoException): Refusal => {
  switch (error.code) {
    case "ELOOP":
      return { _tag: "NotARegularFile", kind: "a symbolic link" }
    case "ENOENT":
      return { _tag: "Changed", detail: "it is gone" }
    default:
      return { _tag: "Unreadable", detail: error.code ?? error.message }
  }
}

type Callback<A> = (error: NodeJS.ErrnoException | null, value: A) => void

const attempt = <A>(start: (callback: Callback<A>) => void): Effect.Effect<A, Refusal> =>
  Effect.callback((resume) =>
    start((error, value) => resume(error === null ? Effect.succeed(value) : Effect.fail(unopened(error))))
  )

/** What the system answers without reading is asked for here: another thread would take ten times as long. */
const atOnce = <A>(call: () => A): Effect.Effect<A, Refusal> =>
  Effect.try({ try: call, catch: (cause) => unopened(cause as NodeJS.ErrnoException) })

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = NodeFs.constants

/** Systems without these flags leave them out. */
const flags = O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0)

const openFile = (path: string) => atOnce(() => NodeFs.openSync(path, flags))

const closeFile = (fd: number) => Effect.ignore(atOnce(() => NodeFs.closeSync(fd)))

const lstat = (path: string) => atOnce(() => NodeFs.lstatSync(path, { bigint: true }))

const fstat = (fd: number) => atOnce(() => NodeFs.fstatSync(fd, { bigint: true }))

/** Not interrupted before the system is done with the buffer and the descriptor. */
const readFully = (fd: number, buffer: Uint8Array, position: number) =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      let filled = 0
      while (filled < buffer.length) {
        const read = yield* attempt<number>((done) =>
          NodeFs.read(fd, buffer, filled, buffer.length - filled, position + filled, done)
        )
        if (read === 0) break
        filled += read
      }
      return filled
    })
  )
