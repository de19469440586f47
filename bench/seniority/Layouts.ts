/** What roles cost in Redis by the layout of the cache, and by one string key a role. */
import type { Layout } from "./Layout.ts"
import type { Server } from "./Programs.ts"
import { count, say } from "./Report.ts"
import * as Ways from "./Ways.ts"

export const measure = async (server: Server, roles: number): Promise<void> => {
  await server.client.flushall()
  const lines = await Ways.layouts(server, roles)
  say(`\n${count(roles)} roles in Redis`)
  for (const line of lines) {
    const { bytes, layout, lookupsPerSecond, savesPerSecond }: Layout = JSON.parse(line)
    say(
      `  ${layout.padEnd(42)} ${bytes.toFixed(1).padStart(6)} bytes a role  ${count(lookupsPerSecond).padStart(10)} lookups/s  ${count(savesPerSecond).padStart(9)} saves/s`
    )
  }
}
