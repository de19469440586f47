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

describe("a decimal number", () => {
  const read = (text: string) => Decimal.read(Buffer.from(text), 0, Buffer.byteLength(text))

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
