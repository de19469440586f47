import * as Contract from "./contract.ts"
import * as Hostile from "./hostile.ts"
import { DuckDB } from "../../../resources/DuckDB.ts"
import { Definitions } from "../../../runtime/index.ts"

export const contract = [Contract.assets("fiber"), Contract.assets("thread"), Contract.assets("process")].flat()
export const hostile = Hostile.assets

export default Definitions.make({ assets: [...contract, ...hostile] }).pipe(Definitions.provide(DuckDB.layer))
