/** Lines of which each role comes some 90 times and none is known, by a model of 1,000 roles a second. */
import * as Programs from "./Programs.ts"
import { count, row, say, times } from "./Report.ts"
import * as Ways from "./Ways.ts"

export const measure = async (server: Programs.Server, lines: number): Promise<void> => {
  const path = await Ways.landed(lines, 0)
  const env = {
    STRATA_REDIS_URL: server.url,
    STRATA_ROLE_CACHE_SIZE: "1000000",
    STRATA_SENIORITY_URL: await Programs.model(),
    STRATA_HOME: Ways.home("model")
  }
  const { cold, hot } = await Ways.inTurn({
    cold: async () => {
      await server.client.flushall()
      return Ways.strata(path, env)
    },
    hot: () => Ways.strata(path, env)
  })
  const misses = cold.misses!
  const most = Math.max(1.3 * hot.enriching!, (1.1 * misses) / 1000)
  say(`\n${count(lines)} lines, none known, by gRPC from a model of 1,000 roles a second`)
  say(
    `  ${count(misses)} roles asked in ${cold.calls} calls of at least ${Math.ceil(misses / 1000)}; enriching takes ${cold.enriching!.toFixed(2)} s,` +
      ` ${times(cold.enriching!, most)} of the larger of 1.3 × hot and 1.1 × what the model takes (${most.toFixed(2)} s)`
  )
  row("Strata, cold", cold)
  row("Strata, hot", hot)
}
