/**
 * The quarters and features of the postings with all that they are made from, as
 * every case has them. While a file `killing` has landed, the process that asks
 * for a role of the company "Kill -9" is killed.
 */
import { existsSync } from "node:fs"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { pools } from "./assets/Pools.ts"
import { Features } from "./assets/postings/Features.ts"
import { Quarterly } from "./assets/postings/Quarterly.ts"
import * as CachedRoles from "./resources/CachedRoles.ts"
import { DuckDB } from "./resources/DuckDB.ts"
import * as EmbeddedRoleCache from "./resources/EmbeddedRoleCache.ts"
import * as EmbeddedSeniorityModel from "./resources/EmbeddedSeniorityModel.ts"
import { SeniorityModel } from "./resources/SeniorityModel.ts"
import { Asset, Definitions } from "./runtime/index.ts"

const withUpstream = (asset: Asset.Any): ReadonlyArray<Asset.Any> => [
  asset,
  ...[...Asset.dependencies(asset).values()].flatMap(({ asset }) => withUpstream(asset))
]

const model = Layer.succeed(SeniorityModel, {
  version: EmbeddedSeniorityModel.version,
  batch: 1000,
  infer: (roles) =>
    Effect.sync(() => {
      const isKilled = roles.some(({ company }) => company === "Kill -9") && existsSync("landed/killing")
      if (isKilled) process.kill(process.pid, "SIGKILL")
      return roles.map(({ title }) => EmbeddedSeniorityModel.read(title))
    })
})

const roles = CachedRoles.layer.pipe(Layer.provide([EmbeddedRoleCache.layer, model]))

export default Definitions.make({ assets: [...new Set([Quarterly, Features].flatMap(withUpstream))], pools }).pipe(
  Definitions.provide(Layer.mergeAll(DuckDB.layer, roles).pipe(Layer.provideMerge(NodeServices.layer)))
)
