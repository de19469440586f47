import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Protocol from "../../../resources/seniority/Protocol.ts"
import { answered, right, roles, scripted } from "./Harness.ts"

const levels = (request: Uint8Array) =>
  Protocol.decodeRequest(request).map(({ uuid, title }) => ({
    uuid,
    seniority: 1 + (Number(title.split(" ").at(-1)) % 7)
  }))

const expected = (n: number) => Array.from({ length: n }, (_, index) => 1 + (index % 7))

const message = (batch: ReadonlyArray<Protocol.Answered>) =>
  ({ _tag: "Message", bytes: Protocol.encodeReply(batch) }) as const

describe("a reply", () => {
  it.live("is matched by uuid in any order", () =>
    Effect.gen(function* () {
      const { model } = yield* scripted((_, request) => message(levels(request).reverse()))
      expect(yield* model.infer(roles(1000))).toEqual(expected(1000))
    }).pipe(Effect.scoped)
  )

  it.live("that misses some is asked for these again", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const { model } = yield* scripted((_, request) => {
        const all = levels(request)
        asked.push(all.length)
        return message(asked.length < 3 ? all.slice(0, all.length / 2) : all)
      })
      expect(yield* model.infer(roles(100))).toEqual(expected(100))
      expect(asked).toEqual([100, 50, 25])
    }).pipe(Effect.scoped)
  )

  it.live("that misses some is asked for these as often as others are answered", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => message(levels(request).slice(0, 10)))
      expect(yield* model.infer(roles(100))).toEqual(expected(100))
      expect(server.calls()).toBe(10)
    }).pipe(Effect.scoped)
  )

  it.live("that misses some for good is bad", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => message(levels(request).slice(1)))
      const error = yield* Effect.flip(model.infer(roles(10)))
      expect(error).toMatchObject({ _tag: "BadReply" })
      expect(error.message).toContain("1 of 10 roles were left out 3 times in a row")
      expect(server.calls()).toBe(4)
    }).pipe(Effect.scoped)
  )

  const bad: ReadonlyArray<readonly [string, ReadonlyArray<Protocol.Answered>]> = [
    ["an uuid that was not asked", [{ uuid: 7, seniority: 1 }]],
    ["a seniority of 0", [{ uuid: 0, seniority: 0 }]],
    ["a seniority of 8", [{ uuid: 0, seniority: 8 }]],
    [
      "two answers for one role",
      [
        { uuid: 0, seniority: 1 },
        { uuid: 0, seniority: 2 }
      ]
    ]
  ]
  it.live.each(bad)("with %s is bad", ([, batch]) =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => message(batch))
      expect((yield* Effect.flip(model.infer(roles(1))))._tag).toBe("BadReply")
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("with the same answer twice is an answer", () =>
    Effect.gen(function* () {
      const { model } = yield* scripted((_, request) => message([...levels(request), ...levels(request)]))
      expect(yield* model.infer(roles(3))).toEqual(expected(3))
    }).pipe(Effect.scoped)
  )

  it.live("of bytes that are no message is bad", () =>
    Effect.gen(function* () {
      const { model } = yield* scripted(() => ({ _tag: "Message", bytes: Buffer.from("this is no message") }))
      expect((yield* Effect.flip(model.infer(roles(1))))._tag).toBe("BadReply")
    }).pipe(Effect.scoped)
  )

  it.live("of another type of message is bad", () =>
    Effect.gen(function* () {
      const { model } = yield* scripted((_, request) => ({ _tag: "Message", bytes: request }))
      expect((yield* Effect.flip(model.infer(roles(2))))._tag).toBe("BadReply")
    }).pipe(Effect.scoped)
  )

  it.live.each(["NoMessage", "HalfMessage"] as const)("that is %s fails and is not asked for again", (_tag) =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => ({ _tag }))
      expect((yield* Effect.flip(model.infer(roles(1))))._tag).toBe("ModelRefused")
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("of more than 4 MiB is too large, and not asked for again", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted(() => ({
        _tag: "Message",
        bytes: new Uint8Array(Protocol.largest + 1)
      }))
      expect((yield* Effect.flip(model.infer(roles(1))))._tag).toBe("MessageTooLarge")
      expect(server.calls()).toBe(1)
    }).pipe(Effect.scoped)
  )
})

describe("a request", () => {
  it.live("has no more roles than a batch", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => answered(request), { batch: 10 })
      expect(yield* model.infer(roles(95))).toHaveLength(95)
      expect(server.calls()).toBe(10)
    }).pipe(Effect.scoped)
  )

  it.live("is made in parts where its titles are long", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => ({ _tag: "Message", bytes: right(request) }))
      const long = Array.from({ length: 9 }, (_, index) => ({ company: "ü".repeat(2 ** 19), title: `${index}` }))
      expect(yield* model.infer(long)).toHaveLength(9)
      expect(server.calls()).toBe(3)
    }).pipe(Effect.scoped)
  )

  it.live("of a role that is too large by itself is not sent", () =>
    Effect.gen(function* () {
      const { model, server } = yield* scripted((_, request) => answered(request))
      const error = yield* Effect.flip(model.infer([{ company: "a", title: "b".repeat(Protocol.largest) }]))
      expect(error._tag).toBe("MessageTooLarge")
      expect(server.calls()).toBe(0)
    }).pipe(Effect.scoped)
  )
})
