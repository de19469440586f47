/**
 * Lines drawn from so many known roles that nearly each is another: ours against
 * the loop, and against itself with a cache that holds nothing but these roles.
 */
import { entries } from "../../data/prefill.ts"
import * as Programs from "./Programs.ts"
import { count, enrichedPerSecond, mb, perSecond, row, say, times } from "./Report.ts"
import * as Ways from "./Ways.ts"

export const measure = async (server: Programs.Server, lines: number, known: number): Promise<void> => {
  const path = await Ways.landed(lines, known)
  // Each in a server of its own.
  const [small, strings] = [await Programs.redis(), await Programs.redis()]
  const env = (of: Programs.Server, home: string) => ({
    STRATA_REDIS_URL: of.url,
    STRATA_ROLE_CACHE_SIZE: `${known}`,
    STRATA_HOME: Ways.home(home)
  })
  await server.client.flushall()
  await Promise.all([
    Programs.strata(["cache", "prefill", "--roles", `${known}`], env(server, "drawn")),
    saveStrings(strings, known)
  ])
  const filled = await server.now()
  const { alone, empty, full, loop } = await Ways.inTurn({
    loop: () => Ways.line(strings, "loop", path, lines),
    full: () => Ways.strata(path, env(server, "drawn")),
    empty: async () => {
      await small.client.flushall()
      return Ways.strata(path, env(small, "small"))
    },
    // What the last one made known is all there is.
    alone: () => Ways.strata(path, env(small, "small"))
  })
  for (const { client } of [small, strings]) client.disconnect()
  say(`\n${count(lines)} lines drawn from ${count(known)} known roles, 1 in 90 new at first`)
  say(
    `  Strata: ${times(enrichedPerSecond(full), perSecond(loop))} the loop in enriching, ${times(perSecond(full), perSecond(loop))} with all;` +
      ` enriching takes ${times(full.enriching!, alone.enriching!)} the time of a cache with these roles alone;` +
      ` the cache takes ${mb(filled.memory)}, ${(filled.memory / known).toFixed(1)} bytes a role with all of Redis`
  )
  row(`the loop: a command a line, scaled from ${count(Ways.mostLooped)}`, loop)
  row(`Strata, ${count(known)} roles known`, full)
  row("Strata, these roles known", alone)
  row("Strata, none known, embedded model", empty)
}

/** The roles under string keys, as the loops look them up. */
const saveStrings = async (server: Programs.Server, known: number) => {
  for (const some of entries(known, 1)) {
    await server.client.mset(
      ...some.flatMap(({ company, seniority, title }) => [`${company}|${title}`, `${seniority}`])
    )
  }
}
