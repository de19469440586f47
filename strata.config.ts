/** The definitions of this project with what their bodies ask for: what `strata` loads. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { definitions } from "./assets/Definitions.ts"
import * as CachedRoles from "./resources/CachedRoles.ts"
import * as ConfiguredRoleCache from "./resources/ConfiguredRoleCache.ts"
import { DuckDB } from "./resources/DuckDB.ts"
import * as EmbeddedSeniorityModel from "./resources/EmbeddedSeniorityModel.ts"
import { Definitions } from "./runtime/index.ts"

const roles = CachedRoles.layer.pipe(
  Layer.provideMerge(ConfiguredRoleCache.layer),
  Layer.provide(EmbeddedSeniorityModel.layer)
)

export default definitions.pipe(
  Definitions.provide(Layer.mergeAll(DuckDB.layer, roles).pipe(Layer.provideMerge(NodeServices.layer))),
  Definitions.describe({ "postings/enriched": Effect.map(ConfiguredRoleCache.description, (cache) => [cache]) })
)
