/** The definitions of this project with what their bodies ask for: what `strata` loads. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { definitions } from "./assets/Definitions.ts"
import { Encoders } from "./assets/installs/Encoders.ts"
import * as CachedRoles from "./resources/CachedRoles.ts"
import * as ConfiguredRoleCache from "./resources/ConfiguredRoleCache.ts"
import * as ConfiguredSeniorityModel from "./resources/ConfiguredSeniorityModel.ts"
import { DuckDB } from "./resources/DuckDB.ts"
import * as EmbeddedDeliveries from "./resources/EmbeddedDeliveries.ts"
import * as Memcached from "./resources/Memcached.ts"
import { Definitions } from "./runtime/index.ts"

const roles = CachedRoles.layer.pipe(
  Layer.provideMerge(ConfiguredRoleCache.layer),
  Layer.provide(ConfiguredSeniorityModel.layer)
)

const installs = Layer.mergeAll(Memcached.layer, Encoders.layer, EmbeddedDeliveries.layer)

export default definitions.pipe(
  Definitions.provide(Layer.mergeAll(DuckDB.layer, roles, installs).pipe(Layer.provideMerge(NodeServices.layer))),
  Definitions.describe({
    "postings/enriched": Effect.all([ConfiguredRoleCache.description, ConfiguredSeniorityModel.description])
  })
)
