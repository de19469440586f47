// Type '"day"' is not assignable to type '"day Asia/Tokyo"'
import { PartitionsDefinition } from "../../../runtime/index.ts"

const there = PartitionsDefinition.daily({ start: "2025-06-01", timeZone: "Asia/Tokyo" })

export const key: PartitionsDefinition.Key<typeof there> = PartitionsDefinition.dayOfSeconds(0)
