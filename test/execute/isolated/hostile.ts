/** Assets whose bodies do what takes a process along. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { Input } from "../../../runtime/definition/Isolation.ts"
import { Asset, BackfillPolicy, Metadata, PartitionsDefinition, Value } from "../../../runtime/index.ts"
import { say } from "./contract.ts"

const Int = Value.of(Schema.Int)

const doing = (key: string, isolation: Input, does: () => unknown) =>
  Asset.make(key, {
    isolation,
    output: Int,
    timeout: "1 second",
    materialize: () => Effect.andThen(Effect.logInfo(`last words of ${key}`), Effect.as(Effect.sync(does), 1))
  })

const loop = () => {
  for (;;);
}

const fillHeap = () => {
  const all: Array<unknown> = []
  for (;;) all.push(new Array(1_000).fill({}))
}

const fillMemory = () => {
  const all: Array<unknown> = []
  for (;;) all.push(new Uint8Array(8e6).fill(1))
}

const later = (error: () => never) => {
  setTimeout(error, 10)
  return Effect.never
}

export const assets = [
  doing("process/aborts", "process", () => process.abort()),
  doing("process/segfaults", "process", () => process.kill(process.pid, "SIGSEGV")),
  doing("process/killed", "process", () => process.kill(process.pid, "SIGKILL")),
  doing("process/exits", "process", () => process.exit(3)),
  doing("process/loops", "process", loop),
  Asset.make("process/full", {
    isolation: { process: { memory: "320 MiB" } },
    output: Int,
    materialize: () => Effect.as(Effect.sync(fillMemory), 1)
  }),
  Asset.make("process/heap", {
    isolation: { process: { memory: "256 MiB" } },
    output: Int,
    materialize: () => Effect.as(Effect.sync(fillHeap), 1)
  }),
  Asset.make("process/throws", {
    isolation: "process",
    output: Int,
    materialize: () =>
      Effect.suspend(() =>
        later(() => {
          throw new TypeError("nobody handles this")
        })
      )
  }),
  Asset.make("process/fragile", {
    partitions: PartitionsDefinition.fixed(["a", "b", "c", "d"]),
    backfillPolicy: BackfillPolicy.singleRun,
    dataErrors: ["StepCrashed"],
    isolation: "process",
    output: Int,
    materialize: ({ partitions }) =>
      Effect.sync(() => {
        if (partitions.some(({ key }) => key === "c")) process.abort()
        return new Map(partitions.map(({ key, ordinal }) => [key, ordinal]))
      })
  }),
  Asset.make("process/again", {
    isolation: "process",
    output: Int,
    retry: { StepCrashed: Schedule.recurs(1) },
    materialize: () =>
      Effect.as(
        Effect.andThen(
          say("again"),
          Effect.sync(() => process.exit(1))
        ),
        1
      )
  }),
  Asset.make("process/unsendable", {
    isolation: "process",
    output: Int,
    materialize: () => Effect.as(Metadata.add({ odd: { _tag: "Json", value: (() => 1) as never } }), 1)
  }),
  ...["one", "two"].map((name) =>
    Asset.make(`process/${name}`, {
      isolation: "process",
      output: Int,
      materialize: () => Effect.as(Metadata.add({ pid: process.pid }), 1)
    })
  ),
  Asset.make("process/parent", {
    isolation: "process",
    output: Int,
    materialize: Effect.fn(function* () {
      for (const { detached } of [{ detached: false }, { detached: true }]) {
        const script = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)`
        const child = spawn(process.execPath, ["-e", script], { detached, stdio: "inherit" })
        child.unref()
        yield* say("grandchildren", child.pid)
      }
      return 1
    })
  }),
  doing("thread/loops", "thread", loop),
  doing("thread/exits", "thread", () => process.exit(3)),
  Asset.make("thread/throws", {
    isolation: "thread",
    output: Int,
    materialize: () =>
      Effect.suspend(() =>
        later(() => {
          throw new TypeError("nobody handles this")
        })
      )
  })
]
