/** The scripts of the role cache in Redis, and what the server says of itself. */
import * as Effect from "effect/Effect"
import type { Redis, RedisError } from "../Redis.ts"
import * as RoleRegistry from "./RoleRegistry.ts"
import type { Script } from "./RoleScripts.ts"

export type Argument = string | number | Buffer

/** The answer of a script: texts in it are buffers, and nothing is `null`. Its text is sent only where Redis does not know it. */
export const run = (
  redis: Redis["Service"],
  script: Script,
  args: ReadonlyArray<Argument>
): Effect.Effect<unknown, RedisError> => {
  const rest = [1, RoleRegistry.key, ...args]
  return redis
    .use((client) => client.callBuffer("EVALSHA", script.sha, ...rest))
    .pipe(
      Effect.catchIf(
        (error) => error._tag === "RedisRefused" && error.reply.startsWith("NOSCRIPT"),
        () => redis.use((client) => client.callBuffer("EVAL", script.lua, ...rest))
      )
    )
}

/** What `INFO` says in these sections, by name. */
export const info = (
  redis: Redis["Service"],
  ...sections: ReadonlyArray<string>
): Effect.Effect<ReadonlyMap<string, string>, RedisError> =>
  Effect.map(
    redis.use((client) => client.info(...sections)),
    (text) =>
      new Map(
        text.split("\r\n").flatMap((line) => {
          const colon = line.indexOf(":")
          return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : []
        })
      )
  )
