// Property '"these resources are asked for by assets and not provided"' is missing in type 'Definitions<Roles>' but required in type 'MissingResources<Roles>'
import { Definitions } from "../../../runtime/index.ts"
import { ClockLive, Parsed, Reconciled } from "../accepted.ts"

export default Definitions.make({ assets: [Parsed], checks: [Reconciled] }).pipe(Definitions.provide(ClockLive))
