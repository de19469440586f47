/** A partition for each file that has landed, by its name. */
import { PartitionsDefinition } from "../../runtime/index.ts"

export const landings = PartitionsDefinition.dynamic("installs")
