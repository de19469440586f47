import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Decimal from "../../../assets/installs/Decimal.ts"
import * as Device from "../../../assets/installs/Device.ts"
import * as InstallLines from "../../../assets/installs/InstallLines.ts"
import * as Messages from "../../../assets/installs/Messages.ts"
import { appsinstalled } from "../../../proto/appsinstalled.pb.js"
import * as MetaSet from "../../../resources/memcached/MetaSet.ts"
import { golden } from "./golden.ts"

/** Keys and values of a text as they would be sent, in no order, and what else was found. */
const encoded = (text: string | Uint8Array) => {
  const bytes = typeof text === "string" ? Buffer.from(text) : text
  const found = InstallLines.make()(bytes)
  const messages = Messages.write(
    found,
    bytes,
    Device.types.map(() => 0),
    (size) => new Uint8Array(size)
  )
  const records = messages.flatMap((batch) =>
    Array.from(batch.starts, (start) => {
      const [header, rest] = [batch.bytes.indexOf(13, start), batch.bytes.subarray(start)]
      const words = Buffer.from(rest.subarray(0, header - start))
        .toString()
        .split(" ")
      const value = batch.bytes.subarray(header + 2, header + 2 + Number(words[2]))
      assert.deepStrictEqual([...batch.bytes.subarray(header + 2 + value.length).subarray(0, 2)], [13, 10])
      assert.deepStrictEqual([words[0], words[3]], ["ms", "q"])
      return { key: words[1]!, hex: Buffer.from(value).toString("hex") }
    })
  )
  return { found, messages, records }
}

const reasons = (text: string | Uint8Array) => encoded(text).found.rejects.map(({ reason }) => reason)

describe("records of installs", () => {
  it("become the bytes that Google's protobuf makes of them", () => {
    const order = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
    const { records } = encoded(golden.map(({ line }) => `${line}\n`).join(""))
    assert.deepStrictEqual(records.toSorted(order), golden.map(({ hex, key }) => ({ key, hex })).toSorted(order))
  })

  it("become the bytes that protobufjs makes of them", () => {
    for (const { hex } of golden) {
      const message = appsinstalled.UserApps.decode(Buffer.from(hex, "hex"))
      assert.strictEqual(Buffer.from(appsinstalled.UserApps.encode(message).finish()).toString("hex"), hex)
    }
  })

  it("are stripped, and lines of nothing but white space are skipped", () => {
    const { found, records } = encoded(" \r\n\t idfa\ta\t1\t2\t3 \t\r\n\n \x0b\x0c\nidfa\tb\t1\t2\t3")
    assert.deepStrictEqual(
      records.map(({ key }) => key),
      ["idfa:a", "idfa:b"]
    )
    assert.deepStrictEqual([found.lines, found.blank, found.rejects.length], [5, 3, 0])
    assert.deepStrictEqual([...found.line.subarray(0, 2)], [1, 4])
  })

  it("have five fields that are not empty", () => {
    assert.deepStrictEqual(
      reasons("idfa\ta\t1\t2\nidfa\ta\t1\t2\t3\t4\nidfa\t\t1\t2\t3\nidfa\ta\t\t2\t3\nfree text\n"),
      ["4 fields instead of 5", "6 fields instead of 5", "an empty field", "an empty field", "1 fields instead of 5"]
    )
  })

  it("are of one of four types of device, written as it is", () => {
    assert.deepStrictEqual(reasons("imei\ta\t1\t2\t3\nIDFA\ta\t1\t2\t3\nidf\ta\t1\t2\t3\n"), [
      'the device type "imei", which has no server',
      'the device type "IDFA", which has no server',
      'the device type "idf", which has no server'
    ])
  })

  it("lose applications that are no uint32, and both coordinates with one of them", () => {
    const { found, records } = encoded("idfa\ta\t1\tx\t1,b,4294967295,4294967296, 5 ,,6\n")
    assert.deepStrictEqual([found.droppedApps, found.droppedCoordinates, found.count], [3, 1, 1])
    const message = appsinstalled.UserApps.decode(Buffer.from(records[0]!.hex, "hex"))
    assert.deepStrictEqual(message.apps, [1, 4294967295, 5, 6])
    assert.isFalse(Object.hasOwn(message, "lat") || Object.hasOwn(message, "lon"))
  })

  it("may lie beyond the poles", () => {
    assert.strictEqual(encoded("idfa\ta\t-104.5\t-200\t1\n").found.droppedCoordinates, 0)
  })

  it("are UTF-8 without control characters in the id", () => {
    const latin1 = Buffer.from("idfa\tcaf\xe9\t1\t2\t3\nidfa\tcafe\t1\t2\t3\n", "latin1")
    assert.deepStrictEqual(reasons(latin1), ["not UTF-8"])
    assert.strictEqual(encoded(latin1).records.length, 1)
    assert.deepStrictEqual(reasons("idfa\ta\rflush_all\t1\t2\t3\nidfa\ta\0\t1\t2\t3\n"), [
      "a control character in the device id",
      "a control character in the device id"
    ])
  })

  it("are not sent under a key that memcached does not take", () => {
    const [long, longest] = ["x".repeat(246), "x".repeat(245)]
    const { messages, records } = encoded(
      `idfa\t${long}\t1\t2\t3\nidfa\t${longest}\t1\t2\t3\nidfa\ta flush_all\t1\t2\t3\n`
    )
    assert.deepStrictEqual(
      records.map(({ key }) => key),
      [`idfa:${longest}`]
    )
    assert.deepStrictEqual(
      messages[0]!.unfit.map(({ line, reason }) => [line, reason]),
      [
        [0, "the key has 251 bytes; memcached takes 250"],
        [2, "the key holds white space or a control character"]
      ]
    )
  })

  it("that start before a place are left out, and what cannot be sent is still named", () => {
    const text = "idfa\ta\t1\t2\t3\nidfa\tb b\t1\t2\t3\nidfa\tc\t1\t2\t3\ngaid\td\t1\t2\t3\n"
    const bytes = Buffer.from(text)
    const messages = Messages.write(
      InstallLines.make()(bytes),
      bytes,
      [text.indexOf("idfa\tc"), 0, 0, 0],
      (size) => new Uint8Array(size)
    )
    assert.deepStrictEqual(
      messages.map((batch) => Array.from(batch.starts, (_, n) => MetaSet.keyOf(batch, n))),
      [["idfa:c"], ["gaid:d"], [], []]
    )
    assert.deepStrictEqual(
      messages[0]!.unfit.map(({ key }) => key),
      ["idfa:b b"]
    )
  })
})

describe("plain lines of installs", () => {
  const line = Schema.Struct({
    type: Schema.Literals(Device.types),
    id: Schema.String.check(Schema.isPattern(/^[!-~]{1,40}$/)),
    lat: Schema.Finite,
    lon: Schema.Finite,
    apps: Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 32 - 1 }))),
    bits: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 32 }))
  })
  type Line = typeof line.Type

  /** Of all sizes, which large ones would crowd out. */
  const appsOf = ({ apps, bits }: Line) => apps.map((app) => app % 2 ** bits)
  const textOf = (line: Line, digits = 10) =>
    `${line.type}\t${line.id}\t${(line.lat % 180).toFixed(digits)}\t${(line.lon % 180).toFixed(digits)}\t${appsOf(line)}`

  /** Everything that is known of a text whose lines start with so many bytes that are stripped. */
  const known = (text: string | Uint8Array, stripped: number) => {
    const { found, messages, records } = encoded(text)
    const { blank, count, droppedApps, droppedCoordinates, keyEnd, keyStart, lines, rejects } = found
    return {
      ...{ blank, count, droppedApps, droppedCoordinates, lines, records },
      keys: Array.from({ length: count }, (_, n) => [keyStart[n]! - stripped, keyEnd[n]! - stripped]),
      rejects: rejects.map(({ end, ...reject }) => ({ ...reject, end: end - stripped })),
      dropped: [...found.dropped.subarray(0, count)],
      unfit: messages.map(({ unfit }) => unfit)
    }
  }

  it.prop(
    "become the bytes that protobufjs makes of them",
    { line },
    ({ line }) => {
      const { found, records } = encoded(`${textOf(line)}\n`)
      const [lat, lon] = [Number((line.lat % 180).toFixed(10)), Number((line.lon % 180).toFixed(10))]
      const message = appsinstalled.UserApps.encode({ apps: appsOf(line), lat, lon }).finish()
      assert.deepStrictEqual(records, [{ key: `${line.type}:${line.id}`, hex: Buffer.from(message).toString("hex") }])
      // The kernel has left none of it to the judge, or the test would say nothing of it.
      assert.strictEqual(found.kernel.call.read(0, 10), textOf(line).length + 1)
    },
    { arbitrary: { runs: 1000 } }
  )

  it.prop(
    "are read as the judge reads them, who has those that start with white space, and so are lines with other bytes in them",
    {
      line,
      digits: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 16 })),
      places: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 }))).check(
        Schema.isMaxLength(3)
      ),
      byte: Schema.Int.check(Schema.isBetween({ minimum: 11, maximum: 255 }))
    },
    ({ byte, digits, line, places }) => {
      const usual = Buffer.from("\t\r ,.-+e9x")
      const bytes = Buffer.from(textOf(line, digits))
      for (const place of places) bytes[place % bytes.length] = place % 3 === 0 ? byte : usual[place % usual.length]!
      for (const end of ["\n", "\r\n", ""]) {
        const plain = Buffer.concat([bytes, Buffer.from(end)])
        assert.deepStrictEqual(known(plain, 0), known(Buffer.concat([Buffer.from(" "), plain]), 1))
      }
    },
    { arbitrary: { runs: 3000 } }
  )

  it("stand among others in the order of their lines", () => {
    const { found, records } = encoded(
      "idfa\ta\t1\t2\t3\n idfa\tb\t1\t2\t3,x\nnone\nidfa\tc\t1\t2\t3\n\nidfa\td\tx\t2\t3,,4\nidfa\te\t1\t2\t5\n"
    )
    assert.deepStrictEqual(
      records.map(({ key }) => key),
      ["idfa:a", "idfa:b", "idfa:c", "idfa:d", "idfa:e"]
    )
    assert.deepStrictEqual([...found.line.subarray(0, 5)], [0, 1, 3, 5, 6])
    assert.deepStrictEqual([...found.appsEnd.subarray(0, 5)], [1, 2, 3, 5, 6])
    assert.deepStrictEqual([...found.apps.subarray(0, 6)], [3, 3, 3, 3, 4, 5])
  })

  it("may have any length, and blocks too", () => {
    const read = InstallLines.make()
    for (const count of [1, 5_000_000, 1, 100_000]) {
      const apps = Array.from({ length: count }, (_, n) => n % 10)
      const bytes = Buffer.from(`idfa\ta\t1\t2\t${apps}\n`)
      const found = read(bytes)
      const [idfa] = Messages.write(found, bytes, [0, 0, 0, 0], (size) => new Uint8Array(size))
      assert.deepStrictEqual([found.count, found.appsEnd[0], found.rejects.length], [1, count, 0])
      assert.isTrue(Buffer.from(idfa!.bytes).includes(Buffer.from(`ms idfa:a ${2 * count + 18} q\r\n`)))
    }
  })

  it("that are as short as can be fill a block", () => {
    const bytes = Buffer.from("idfa\ta\t1\t2\t3\n".repeat(100_000))
    const { found, records } = encoded(bytes)
    assert.deepStrictEqual([found.count, records.length], [100_000, 100_000])
  })
})

describe("a decimal number", () => {
  const { read } = Decimal

  it.prop(
    "is the double next to it",
    { value: Schema.Finite, digits: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })) },
    ({ digits, value }) => {
      for (const text of [String(value), Math.abs(value) < 1e21 ? value.toFixed(digits) : "0", `${value % 1000}`]) {
        assert.strictEqual(read(text), Number(text), text)
      }
    },
    { arbitrary: { runs: 2000 } }
  )

  it("is nothing else", () => {
    for (const text of [
      "",
      " ",
      ".",
      "-",
      "1.2.3",
      "1e",
      "0x1",
      "1_0",
      "nan",
      "inf",
      "Infinity",
      "1e999",
      "1 2",
      "١"
    ]) {
      assert.isNaN(read(text), text)
    }
  })
})
