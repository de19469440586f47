/** Applications installed on a device, as a row. */
import * as Schema from "effect/Schema"
import * as Device from "./Device.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const AppInstall = Schema.Struct({
  /** Of the file, counted from 1. */
  line: Count,
  device_type: Schema.Literals(Device.types),
  device_id: Schema.String,
  /** Both or none; not held to any bounds. */
  lat: Schema.NullOr(Schema.Finite),
  lon: Schema.NullOr(Schema.Finite),
  apps: Schema.Array(Schema.Int.annotate({ duckdb: "UINTEGER" })),
  /** Applications of the line that are no uint32. */
  dropped_apps: Count
})
