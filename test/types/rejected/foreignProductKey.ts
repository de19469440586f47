// Type '"mars"' is not assignable to type
import { PartitionsDefinition } from "../../../runtime/index.ts"
import { daily, region } from "../accepted.ts"

const product = PartitionsDefinition.product({ day: daily, region })

export const key = PartitionsDefinition.productKey(product, {
  day: PartitionsDefinition.dayOfSeconds(0),
  region: "mars"
})
