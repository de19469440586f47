// Property '"these resources are asked for by assets and not provided"' is missing in type 'Definitions<Roles>' but required in type 'MissingResources<Roles>'
import { Definitions } from "../../../runtime/index.ts"
import { Checked, ClockLive, Parsed } from "../accepted.ts"

export default Definitions.make({ assets: [Parsed, Checked] }).pipe(Definitions.provide(ClockLive))
