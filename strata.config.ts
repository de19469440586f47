/** The definitions of this project with what their bodies ask for: what `strata` loads. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Layer from "effect/Layer"
import { definitions } from "./assets/Definitions.ts"
import * as CachedRoles from "./resources/CachedRoles.ts"
import { DuckDB } from "./resources/DuckDB.ts"
import * as EmbeddedRoleCache from "./resources/EmbeddedRoleCache.ts"
import * as EmbeddedSeniorityModel from "./resources/EmbeddedSeniorityModel.ts"
import { Definitions } from "./runtime/index.ts"

const roles = CachedRoles.layer.pipe(Layer.provide([EmbeddedRoleCache.layer, EmbeddedSeniorityModel.layer]))

export default definitions.pipe(
  Definitions.provide(Layer.mergeAll(DuckDB.layer, roles).pipe(Layer.provideMerge(NodeServices.layer)))
)
