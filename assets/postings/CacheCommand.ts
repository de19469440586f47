/** `strata cache`: tends the cache of roles that the postings are enriched with. */
import * as ByteSize from "effect/ByteSize"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { Stale } from "../../resources/RoleCache.ts"
import { RoleCache } from "../../resources/RoleCache.ts"
import * as SeniorityVersion from "../../resources/SeniorityVersion.ts"

/** Not exactly one of the flags that say what to forget. */
class UnclearPrune extends Schema.TaggedError<UnclearPrune>()("UnclearPrune", {}) {
  override get message() {
    return "say what to forget with one of --company, --unseen-days, --other-models and --all"
  }
}

const prune = Command.make(
  "prune",
  {
    company: Flag.String("company").pipe(
      Flag.optional,
      Flag.withDescription("forget the roles of this company, which has another name now")
    ),
    unseenDays: Flag.Int("unseen-days").pipe(
      Flag.filter(
        (days) => days >= 1 && days <= 400,
        (days) => `--unseen-days is a number from 1 to 400, not ${days}`
      ),
      Flag.optional,
      Flag.withDescription("forget roles that were not looked up for so many days, to about two weeks")
    ),
    otherModels: Flag.Boolean("other-models").pipe(
      Flag.withDefault(false),
      Flag.withDescription("forget what any other model than the one in use has answered")
    ),
    all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("forget everything"))
  },
  Effect.fnUntraced(function* ({ all, company, otherModels, unseenDays }) {
    const cache = yield* RoleCache
    const chosen: ReadonlyArray<Stale> = [
      ...Option.match(company, { onNone: () => [], onSome: (company) => [{ _tag: "Company", company } as const] }),
      ...Option.match(unseenDays, { onNone: () => [], onSome: (days) => [{ _tag: "Unseen", days } as const] }),
      ...(otherModels ? [{ _tag: "OtherModels", model: yield* SeniorityVersion.current } as const] : []),
      ...(all ? [{ _tag: "All" } as const] : [])
    ]
    const [stale] = chosen
    if (stale === undefined || chosen.length > 1) return yield* new UnclearPrune()
    const forgotten = yield* cache.prune(stale)
    yield* Console.log(
      forgotten === undefined ? "forgotten; how many roles that were is not known" : `${forgotten} roles forgotten`
    )
  })
).pipe(
  Command.withDescription("Forget roles: they are asked again when they are needed"),
  Command.withExamples([
    { command: 'strata cache prune --company "Acme Inc"', description: "Acme has another name now" },
    { command: "strata cache prune --unseen-days 180", description: "What half a year has not needed" }
  ])
)

const stats = Command.make(
  "stats",
  {
    json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("print JSON"))
  },
  Effect.fnUntraced(function* ({ json }) {
    const cache = yield* RoleCache
    const current = yield* SeniorityVersion.current
    const models = (yield* cache.count).map((count) => ({ ...count, current: count.model === current }))
    const gauges = yield* cache.gauges
    yield* Console.log(
      json
        ? JSON.stringify({
            models,
            ...Object.fromEntries(Object.entries(gauges).map(([name, { value }]) => [name, value]))
          })
        : [
            ...models.map(
              ({ current, model, roles }) =>
                `${roles.toLocaleString("en")} ${roles === 1 ? "role" : "roles"}\t${model}${current ? ", in use" : ""}`
            ),
            ...(models.length === 0 ? ["no roles"] : []),
            ...Object.entries(gauges).map(
              ([name, { _tag, value }]) =>
                `${name}\t${_tag === "Bytes" ? ByteSize.format(ByteSize.bytes(Number(value))) : Duration.format(Duration.millis(Number(value)))}`
            )
          ].join("\n")
    )
  })
).pipe(Command.withDescription("How many roles of each model are known, and what that costs"))

const prefill = Command.make(
  "prefill",
  {
    roles: Flag.Int("roles").pipe(Flag.withDefault(1_000_000), Flag.withDescription("how many roles")),
    seed: Flag.Int("seed").pipe(Flag.withDefault(1), Flag.withDescription("that of the postings to come"))
  },
  Effect.fnUntraced(function* ({ roles, seed }) {
    const { entries } = yield* Effect.promise(() => import("../../data/prefill.ts"))
    const cache = yield* RoleCache
    const model = yield* SeniorityVersion.current
    let saved = 0
    for (const some of entries(roles, seed)) {
      yield* cache.save(some, model)
      saved += some.length
      if (saved % 1_000_000 === 0) yield* Effect.logInfo(`${saved} of ${roles} roles`)
    }
    yield* Console.log(`saved ${roles} roles, as strata generate postings --known ${roles} --seed ${seed} draws them`)
  })
).pipe(Command.withDescription("Make the roles of generated postings known, with the answers of the embedded model"))

export const command = Command.make("cache").pipe(
  Command.withDescription("Tend the cache of roles"),
  Command.withSubcommands([stats, prune, prefill])
)
