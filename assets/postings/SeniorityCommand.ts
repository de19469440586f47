/** `strata serve seniority`. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Faults from "../../resources/seniority/Faults.ts"
import * as Listening from "../Listening.ts"

export const seniority = Command.make(
  "seniority",
  {
    ...Listening.flags(50_051),
    rate: Flag.Finite("rate").pipe(
      Flag.filter(
        (rate) => rate > 0,
        (rate) => `--rate is a number of roles a second above 0, not ${rate}`
      ),
      Flag.withDefault(1000),
      Flag.withDescription("roles a second; what comes faster waits in a line")
    ),
    faults: Flag.String("faults").pipe(
      Flag.filter(
        (text) => Result.isSuccess(Faults.parse(text)),
        (text) => new Faults.UnknownFault({ text }).message
      ),
      Flag.withDefault(""),
      Flag.withDescription(
        "what goes wrong, with its share of the calls: latency=50ms:0.5,UNAVAILABLE:0.01,RESOURCE_EXHAUSTED=2s:0.01,drop=0.1,reorder,wrong-uuid:0.01,oversize:0.01,garbage:0.01,goaway:0.01"
      )
    ),
    seed: Flag.Int("seed").pipe(Flag.withDefault(1), Flag.withDescription("another seed puts faults on other calls"))
  },
  Effect.fnUntraced(
    function* ({ faults, host, port, rate }) {
      const Server = yield* Effect.promise(() => import("../../resources/seniority/Server.ts"))
      const chances = Result.getOrElse(Faults.parse(faults), () => [])
      const random = yield* Random.Random
      const server = yield* Server.start({
        host,
        port,
        rate,
        faults: () => Faults.drawn(chances, () => random.nextDoubleUnsafe())
      })
      yield* Console.log(`seniority model at http://${host}:${server.port}, ${rate} roles a second; Ctrl-C stops it`)
      return yield* Effect.never
    },
    (effect, { seed }) => Effect.scoped(Random.withSeed(effect, seed))
  )
).pipe(
  Command.withDescription("The seniority model by gRPC, to develop and test with"),
  Command.withExamples([
    {
      command: "strata serve seniority --port 50051",
      description:
        "Then, elsewhere, with STRATA_SENIORITY_URL=http://127.0.0.1:50051: strata materialize postings/enriched"
    },
    {
      command: "strata serve seniority --faults latency=200ms:0.1,UNAVAILABLE:0.05,drop=0.1,reorder",
      description: "A server on a bad day"
    }
  ])
)
