/** A loader as one would write it in Node at first: lines, protobufjs, and batches of 128 sets, or a set at a time. */
import { createReadStream, globSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { createInterface } from "node:readline"
import { createGunzip } from "node:zlib"
import { appsinstalled } from "../../proto/appsinstalled.pb.js"
import * as Measured from "./Measured.ts"

const [, , size, folder, ...ports] = process.argv
const types = ["idfa", "gaid", "adid", "dvid"]

/** Sends what it is given, and resolves when so many lines came back. */
const serverAt = async (port: number) => {
  const socket = await new Promise<Socket>((done) => {
    const opened = connect(port, "127.0.0.1", () => done(opened))
  })
  let waiting = 0
  let stored = 0
  let resume = () => {}
  socket.on("data", (data) => {
    for (const byte of data) if (byte === 10) waiting--
    if (waiting === 0) resume()
  })
  let batch: Array<Buffer> = []
  const flush = async () => {
    if (batch.length === 0) return
    waiting = batch.length
    stored += batch.length
    const answered = new Promise<void>((done) => {
      resume = done
    })
    socket.write(Buffer.concat(batch))
    batch = []
    await answered
  }
  const set = async (key: string, value: Uint8Array) => {
    batch.push(Buffer.concat([Buffer.from(`set ${key} 0 0 ${value.length}\r\n`), value, Buffer.from("\r\n")]))
    if (batch.length >= Number(size)) await flush()
  }
  return { set, flush, stored: () => stored, close: () => socket.destroy() }
}

const load = async () => {
  const servers = new Map(
    await Promise.all(types.map(async (type, index) => [type, await serverAt(Number(ports[index]))] as const))
  )
  for (const file of globSync(`${folder}/*.tsv.gz`).sort()) {
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const [type, id, lat, lon, apps] = line.trim().split("\t")
      const server = servers.get(type!)
      if (apps === undefined || !id || server === undefined) continue
      const message = { apps: apps.split(",").map(Number), lat: Number(lat), lon: Number(lon) }
      await server.set(`${type}:${id}`, appsinstalled.UserApps.encode(message).finish())
    }
  }
  let records = 0
  for (const server of servers.values()) {
    await server.flush()
    records += server.stored()
    server.close()
  }
  return records
}

await Measured.report(load)
