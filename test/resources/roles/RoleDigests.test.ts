import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as RoleDigests from "../../../resources/roles/RoleDigests.ts"

const key = Buffer.from(Array.from({ length: 16 }, (_, index) => index))

const mask = 2n ** 64n - 1n
const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & mask

/** SipHash-2-4 with 128 bits, as its authors wrote it down. */
const siphash = (message: Buffer): Buffer => {
  const [low, high] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)]
  let [a, b, c, d] = [
    low ^ 0x736f6d6570736575n,
    high ^ 0x646f72616e646f6dn ^ 0xeen,
    low ^ 0x6c7967656e657261n,
    high ^ 0x7465646279746573n
  ]
  const rounds = (count: number) => {
    for (let round = 0; round < count; round++) {
      a = (a + b) & mask
      b = rotate(b, 13n) ^ a
      a = rotate(a, 32n)
      c = (c + d) & mask
      d = rotate(d, 16n) ^ c
      a = (a + d) & mask
      d = rotate(d, 21n) ^ a
      c = (c + b) & mask
      b = rotate(b, 17n) ^ c
      c = rotate(c, 32n)
    }
  }
  const padded = Buffer.alloc((message.length & ~7) + 8)
  message.copy(padded)
  padded[padded.length - 1] = message.length & 255
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at)
    d ^= word
    rounds(2)
    a ^= word
  }
  c ^= 0xeen
  rounds(4)
  const digest = Buffer.alloc(16)
  digest.writeBigUInt64LE(a ^ b ^ c ^ d)
  b ^= 0xddn
  rounds(4)
  digest.writeBigUInt64LE(a ^ b ^ c ^ d, 8)
  return digest
}

const message = (company: string, title: string): Buffer => {
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32LE(Buffer.byteLength(company))
  lengths.writeUInt32LE(Buffer.byteLength(title), 4)
  return Buffer.concat([lengths, Buffer.from(company), Buffer.from(title)])
}

describe("digests of roles", () => {
  it("are compared with what gives the vectors of the paper", () => {
    const vectors = ["a3817f04ba25a8e66df67214c7550293", "da87c1d86b99af44347659119b22fc45"]
    for (const [length, vector] of vectors.entries()) {
      assert.strictEqual(siphash(Buffer.from(Array.from({ length }, (_, index) => index))).toString("hex"), vector)
    }
  })

  it.prop(
    "are those of SipHash of both lengths and both texts",
    [Schema.Array(Schema.Tuple([Schema.String, Schema.String]))],
    ([tuples]) => {
      const roles = [...tuples, ["", ""], ["ab", "c"], ["a", "bc"], ["x".repeat(300), "😀"]] as const
      const digests = RoleDigests.make(
        roles.map(([company, title]) => ({ company, title })),
        key
      )
      const expected = roles.map(([company, title]) => siphash(message(company, title)))
      assert.strictEqual(Buffer.from(digests).toString("hex"), Buffer.concat(expected).toString("hex"))
    }
  )

  it("of another key are others", () => {
    const role = { company: "Acme", title: "Clerk" }
    const other = Buffer.from(key)
    other[15]! ^= 1
    assert.notDeepEqual(RoleDigests.make([role], key), RoleDigests.make([role], other))
  })
})
