/**
 * What `installs/loaded` does, with so many files at once, and threads for `large` files or `all` of them; or only
 * sends what was encoded before.
 */
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Device from "../../assets/installs/Device.ts"
import { Encoders } from "../../assets/installs/Encoders.ts"
import * as Encoding from "../../assets/installs/Encoding.ts"
import * as Loading from "../../assets/installs/Loading.ts"
import type * as Messages from "../../assets/installs/Messages.ts"
import type { Servers } from "../../assets/installs/Servers.ts"
import * as Memcached from "../../resources/Memcached.ts"
import * as Measured from "./Measured.ts"

const [, , what, folder, concurrency, threads, sizes, ...ports] = process.argv

const servers = Object.fromEntries(
  Device.types.map((type, index) => [type, `127.0.0.1:${ports[index]}`])
) as unknown as Servers

const files = readdirSync(folder!)
  .filter((name) => name.endsWith(".tsv.gz"))
  .sort()
  .map((name) => ({ name, path: join(folder!, name), size: statSync(join(folder!, name)).size }))

const load = Effect.forEach(
  files,
  (file) =>
    Effect.scoped(Loading.load(file, { servers, before: {}, keep: () => Effect.void, unloaded: () => Effect.void })),
  { concurrency: Number(concurrency) }
).pipe(
  Effect.map((all) => all.flatMap((loaded) => Object.values(loaded.servers))),
  Effect.map((states) => states.reduce((sum, { accepted }) => sum + accepted, 0)),
  Effect.provide([Memcached.layer, Encoders.layerThreads(Number(threads), sizes === "all" ? 0 : undefined)])
)

/** The messages of all files, a block at a time. */
const encoded = (): ReadonlyArray<ReadonlyArray<Messages.Messages>> => {
  const encode = Encoding.make()
  return files.flatMap(({ path }) => {
    const text = gunzipSync(readFileSync(path))
    const blocks: Array<ReadonlyArray<Messages.Messages>> = []
    for (let start = 0; start < text.length; ) {
      const end = text.lastIndexOf(10, Math.min(text.length, start + 2 ** 20) - 1) + 1
      const block = new Uint8Array(text.subarray(start, end))
      blocks.push(encode({ block, from: Device.types.map(() => 0), scratch: [] }).messages)
      start = end
    }
    return blocks
  })
}

const send = (blocks: ReadonlyArray<ReadonlyArray<Messages.Messages>>) =>
  Effect.gen(function* () {
    const memcached = yield* Memcached.Memcached
    const sent = yield* Effect.forEach(
      Device.types,
      Effect.fnUntraced(function* (type, index) {
        const server = yield* memcached.server(servers[type])
        for (const messages of blocks) yield* server.send(messages[index]!)
        return blocks.reduce((sum, messages) => sum + messages[index]!.starts.length, 0)
      }),
      { concurrency: "unbounded" }
    )
    return sent.reduce((sum, count) => sum + count, 0)
  }).pipe(Effect.scoped, Effect.provide(Memcached.layer))

if (what === "floor") {
  const blocks = encoded()
  await Measured.report(() => Effect.runPromise(send(blocks)))
} else {
  await Measured.report(() => Effect.runPromise(load))
}
process.exit(0)
