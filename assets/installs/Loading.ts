/**
 * Loads one landed file into memcached in one pass: its text is read and cut into
 * blocks, blocks are encoded, and each server gets its messages in the order of
 * the lines.
 *
 * Every queue is bounded and every buffer used again, so memory does not grow
 * with the file.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Deliveries from "../../resources/Deliveries.ts"
import { Memcached } from "../../resources/Memcached.ts"
import type { FileRefused } from "../../resources/readers/FileRefused.ts"
import type { Landed } from "../../resources/readers/LandedFile.ts"
import * as Limits from "../../resources/readers/Limits.ts"
import * as LineBlock from "../../resources/readers/LineBlock.ts"
import * as LineBlocks from "../../resources/readers/LineBlocks.ts"
import * as TextSource from "../../resources/readers/TextSource.ts"
import * as Device from "./Device.ts"
import { Encoders, type FileEncoders } from "./Encoders.ts"
import type * as Encoding from "./Encoding.ts"
import * as Outbox from "./Outbox.ts"
import type { Servers } from "./Servers.ts"

/** A line or record that is not in memcached. */
export interface Unloaded {
  readonly line: number
  readonly byte_offset: number
  readonly reason: string
  /** The key, or the text of a line that has none. */
  readonly raw: string
}

/** What came of a file. */
export interface Loaded {
  readonly counts: Encoding.Counts
  /** Lines that hold no record, and records whose key no memcached takes. */
  readonly invalid: number
  /** By type of device. */
  readonly servers: Readonly<Record<Device.Type, Outbox.State>>
  /** Milliseconds: waiting for text, of all encoders together, and waiting for servers. */
  readonly times: {
    readonly read: number
    readonly parse: number
    readonly encode: number
    readonly send: number
    readonly wall: number
  }
}

export interface Options {
  readonly servers: Servers
  /** What earlier attempts have delivered, by type of device. */
  readonly before: Deliveries.Delivery
  /** Remembers what was delivered, every now and then and at the end. */
  readonly keep: (delivery: Deliveries.Delivery) => Effect.Effect<void>
  readonly unloaded: (lines: ReadonlyArray<Unloaded>) => Effect.Effect<void>
}

export const load = Effect.fn("Loading.load")(function* (
  file: Landed,
  options: Options
): Effect.fn.Return<Loaded, FileRefused, Encoders | Memcached | Scope> {
  const started = yield* Clock.currentTimeMillis
  const source = yield* TextSource.open(file, Limits.standard)
  const encoders = yield* Encoders.use((all) => Effect.succeed(all.forFile(source.size)))
  const outboxes = yield* Effect.forEach(Device.types, (type) => outbox(type, encoders, options))
  const blocks = LineBlocks.from(source, Limits.standard, encoders.allocate)
  const times = { read: 0, parse: 0, encode: 0, send: 0 }
  const counts = { lines: 0, good: 0, blank: 0, droppedApps: 0, droppedCoordinates: 0 }
  const total = { invalid: 0 }

  const delivery = () =>
    Object.fromEntries(Device.types.map((type, index) => [type, outboxes[index]!.state().delivered]))
  const keep = Effect.suspend(() => options.keep(delivery()))

  const encode = Effect.fnUntraced(function* (piece: LineBlocks.Piece) {
    if (piece._tag === "Overlong") return piece
    const from = Device.types.map((type) => Math.max(0, (options.before[type]?.through ?? 0) - piece.offset))
    return { _tag: "Encoded" as const, offset: piece.offset, ...(yield* encoders.encode(piece.bytes, from)) }
  })

  const hand = Effect.fnUntraced(function* (piece: Effect.Success<ReturnType<typeof encode>>) {
    const firstLine = counts.lines
    if (piece._tag === "Overlong") {
      counts.lines++
      total.invalid++
      return yield* options.unloaded([overlong(piece, firstLine)])
    }
    const { block, messages, offset } = piece
    const invalid = unloadedOf(piece, firstLine, offset)
    total.invalid += invalid.length
    if (invalid.length > 0) yield* options.unloaded(invalid)
    for (const name of ["lines", "good", "blank", "droppedApps", "droppedCoordinates"] as const) {
      counts[name] += piece.counts[name]
    }
    times.parse += piece.parsing
    times.encode += piece.encoding
    const parcel = { firstLine, offset, end: offset + block.length }
    encoders.recycleBlock(block)
    const handed = Effect.forEach(outboxes, (outbox, type) => outbox.put({ ...parcel, messages: messages[type]! }))
    yield* timed(times, "send", handed)
  })

  const pieces = Stream.unfold(undefined, () =>
    Effect.map(timed(times, "read", blocks.next), (piece) =>
      piece === undefined ? undefined : ([piece, undefined] as const)
    )
  )
  yield* Effect.forkScoped(Effect.forever(Effect.delay(keep, "2 seconds")))
  yield* Stream.runForEach(Stream.mapEffect(pieces, encode, { concurrency: encoders.size + 1 }), hand).pipe(
    Effect.andThen(
      timed(
        times,
        "send",
        Effect.forEach(outboxes, ({ finish }) => finish)
      )
    ),
    Effect.ensuring(keep)
  )
  const servers = Device.types.map((type, index) => [type, outboxes[index]!.state()] as const)
  return {
    counts,
    invalid: total.invalid,
    servers: Object.fromEntries(servers) as unknown as Loaded["servers"],
    times: { ...times, wall: (yield* Clock.currentTimeMillis) - started }
  }
})

const outbox = Effect.fnUntraced(function* (type: Device.Type, encoders: FileEncoders, options: Options) {
  const memcached = yield* Memcached
  return yield* Outbox.make({
    server: yield* memcached.server(options.servers[type]),
    before: options.before[type] ?? Deliveries.nothing,
    free: encoders.recycle,
    refused: (records) =>
      records.length === 0
        ? Effect.void
        : options.unloaded(
            records.map(({ key, line, offset, reason }) => ({ line, byte_offset: offset, reason, raw: key }))
          )
  })
})

/** Lines that hold no record, and records whose key no memcached takes. */
const unloadedOf = (
  { block, messages, rejects }: Encoding.Encoded,
  firstLine: number,
  offset: number
): ReadonlyArray<Unloaded> => [
  ...rejects.map(({ end, line, reason, start }) => ({
    line: firstLine + line + 1,
    byte_offset: offset + start,
    reason,
    raw: LineBlock.raw(Buffer.from(block.subarray(start, end)))
  })),
  ...messages.flatMap(({ unfit }) =>
    unfit.map((record) => ({
      line: firstLine + record.line + 1,
      byte_offset: offset + record.offset,
      reason: record.reason,
      raw: record.key
    }))
  )
]

const overlong = (piece: Extract<LineBlocks.Piece, { readonly _tag: "Overlong" }>, line: number): Unloaded => ({
  line: line + 1,
  byte_offset: piece.offset,
  reason: `a line of ${piece.length} bytes`,
  raw: LineBlock.raw(Buffer.from(piece.head))
})

/** Adds the milliseconds that an effect takes. */
const timed = <N extends string, A, E, R>(times: Record<N, number>, name: N, effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Effect.sync(() => performance.now()),
    (started) =>
      Effect.ensuring(
        effect,
        Effect.sync(() => {
          times[name] += performance.now() - started
        })
      )
  )
