// Property '"these resources are asked for by assets and not provided"' is missing in type 'Definitions<Clock | Roles>' but required in type 'MissingResources<Clock>'
import { Definitions } from "../../../runtime/index.ts"
import { definitions, RolesLive } from "../accepted.ts"

export default definitions.pipe(Definitions.provide(RolesLive))
