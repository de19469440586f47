/**
 * Decompresses a gzip file as it is read, and believes it only when all of it
 * was right.
 *
 * Node's zlib verifies checksums and lengths of every member. What it leaves
 * out is checked here: it ignores whatever follows a zero byte after a member,
 * even a further member, and it knows no bounds.
 */
import * as Zlib from "node:zlib"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import type { FileRefused, Refusal } from "./FileRefused.ts"
import * as LandedFile from "./LandedFile.ts"
import { type Limits, ratioFrom } from "./Limits.ts"
import type { Bytes } from "./TextSource.ts"

/** The decompressed bytes of a file that starts like gzip. */
export const open = Effect.fnUntraced(function* (
  landed: LandedFile.Landed,
  file: LandedFile.Opened,
  limits: Limits
): Effect.fn.Return<Bytes, FileRefused, Scope> {
  const refuse = LandedFile.refused(landed)
  const gunzip = yield* decompressor
  const compressed = new Uint8Array(Math.min(inputSize, file.size))
  let position = 0
  let total = 0
  let rest: Uint8Array = new Uint8Array()

  /** The next decompressed piece; none at the end. */
  const piece = Effect.fnUntraced(function* () {
    for (;;) {
      const state = gunzip.state()
      switch (state._tag) {
        case "Piece":
          return state.bytes
        case "Failed":
          return yield* refuse(refusalOf(state.error, gunzip.consumed()))
        case "Ended":
          yield* zerosUntilEnd(gunzip.consumed())
          return undefined
        case "Hungry": {
          const count = yield* file.read(compressed, position)
          position += count
          gunzip.feed(compressed.subarray(0, count))
          break
        }
        case "Busy":
          yield* gunzip.changed
      }
    }
  })

  const zerosUntilEnd = Effect.fnUntraced(function* (from: number) {
    for (let at = from; at < file.size; at += compressed.length) {
      const count = yield* file.read(compressed, at)
      const garbage = compressed.subarray(0, count).findIndex((byte) => byte !== 0)
      if (garbage >= 0) return yield* refuse({ _tag: "GzipTrailingGarbage", offset: at + garbage })
    }
  })

  return Effect.fnUntraced(function* (into) {
    if (rest.length === 0) {
      rest = (yield* piece()) ?? rest
      total += rest.length
      if (total > ratioFrom && total > limits.ratio * position) {
        return yield* refuse({ _tag: "GzipBomb", offset: position, ratio: limits.ratio })
      }
    }
    const count = Math.min(rest.length, into.length)
    into.set(rest.subarray(0, count))
    rest = rest.subarray(count)
    return count
  })
})

/** Compressed bytes given at once: half of them cost a twelfth more time. What comes out waits until it is taken. */
const inputSize = 512 * 2 ** 10

type State =
  | { readonly _tag: "Piece"; readonly bytes: Uint8Array }
  | { readonly _tag: "Failed"; readonly error: NodeJS.ErrnoException }
  | { readonly _tag: "Ended" | "Hungry" | "Busy" }

/** zlib, asked what it needs instead of saying so by events. */
const decompressor = Effect.acquireRelease(
  Effect.sync(() => {
    const gunzip = Zlib.createGunzip({ chunkSize: 2 ** 20 })
    let failure: NodeJS.ErrnoException | undefined
    let ended = false
    let writing = false
    /** Since the state was last asked for: what happens before someone waits must not be missed. */
    let happened = false
    let notify: (() => void) | undefined
    const wake = () => {
      happened = true
      // What is notified may wait again at once.
      const waiting = notify
      notify = undefined
      waiting?.()
    }
    gunzip.on("readable", wake)
    gunzip.on("end", () => {
      ended = true
      wake()
    })
    gunzip.on("error", (error) => {
      failure = error
      wake()
    })
    const state = (): State => {
      happened = false
      const bytes: Uint8Array | null = gunzip.read()
      if (bytes !== null) return { _tag: "Piece", bytes }
      if (failure !== undefined) return { _tag: "Failed", error: failure }
      if (ended) return { _tag: "Ended" }
      return { _tag: writing ? "Busy" : "Hungry" }
    }
    return {
      state,
      /** No bytes are the end of the input. */
      feed: (bytes: Uint8Array) => {
        writing = true
        if (bytes.length === 0) return gunzip.end()
        gunzip.write(bytes, () => {
          writing = false
          wake()
        })
      },
      /** Waits until the state is another one. */
      changed: Effect.callback<void>((resume) => {
        if (happened) return resume(Effect.void)
        notify = () => resume(Effect.void)
      }),
      consumed: () => gunzip.bytesWritten,
      close: () => gunzip.close()
    }
  }),
  (gunzip) => Effect.sync(gunzip.close)
)

/** The first member's start was looked at before, so another header belongs to what follows a member. */
const refusalOf = (error: NodeJS.ErrnoException, offset: number): Refusal => {
  if (error.code === "Z_BUF_ERROR") return { _tag: "GzipTruncated", offset, lines: 0 }
  if (/^(incorrect header check|unknown compression method)$/.test(error.message)) {
    return { _tag: "GzipTrailingGarbage", offset }
  }
  return { _tag: "GzipCorrupt", offset, detail: error.message }
}
