/** Prints what a load would send, read back from the bytes that it would send. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { appsinstalled } from "../../proto/appsinstalled.pb.js"
import type { Landed } from "../../resources/readers/LandedFile.ts"
import * as Limits from "../../resources/readers/Limits.ts"
import * as LineBlocks from "../../resources/readers/LineBlocks.ts"
import * as TextSource from "../../resources/readers/TextSource.ts"
import * as Device from "./Device.ts"
import * as Encoding from "./Encoding.ts"
import type * as Messages from "./Messages.ts"
import type { Servers } from "./Servers.ts"
import * as Source from "./Source.ts"

/** A line for each record: server, key and message. */
export const print = Effect.fn("DryRun.print")(function* (servers: Servers) {
  yield* Effect.forEach(yield* Source.files, (file) => Effect.scoped(printFile(file, servers)), { discard: true })
})

const printFile = Effect.fnUntraced(function* (file: Landed, servers: Servers) {
  const source = yield* TextSource.open(file, Limits.standard)
  const blocks = LineBlocks.from(source, Limits.standard, (size) => new Uint8Array(size))
  const encode = Encoding.make()
  for (;;) {
    const piece = yield* blocks.next
    if (piece === undefined) return
    if (piece._tag === "Overlong") continue
    const { messages } = encode({ block: piece.bytes, from: Device.types.map(() => 0), scratch: [] })
    const lines = messages.flatMap((batch, index) => linesOf(batch, servers[Device.types[index]!]))
    if (lines.length > 0) yield* Console.log(lines.join("\n"))
  }
})

const linesOf = (batch: Messages.Messages, address: string): ReadonlyArray<string> =>
  Array.from(batch.starts, (start) => {
    const end = batch.bytes.indexOf(13, start)
    const [, key, length] = Buffer.from(batch.bytes.subarray(start, end)).toString("utf8").split(" ")
    const message = appsinstalled.UserApps.decode(batch.bytes.subarray(end + 2, end + 2 + Number(length)))
    return `${address} - ${key} -> ${textOf(message)}`
  })

const textOf = (message: appsinstalled.UserApps): string =>
  [
    ...message.apps.map((app) => `apps: ${app}`),
    ...(Object.hasOwn(message, "lat") ? [`lat: ${message.lat}`, `lon: ${message.lon}`] : [])
  ].join(" ")
