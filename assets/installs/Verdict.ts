/**
 * Whether a file was loaded well enough: fewer than one error in a hundred
 * records that a server accepted.
 *
 * Errors are lines that hold no record, devices of an unknown type, and records
 * that no server took.
 */
import { AssetCheck } from "../../runtime/index.ts"

export interface Counts {
  /** Records that a server accepted. */
  readonly processed: number
  readonly errors: number
}

/** Errors for each processed record; of a file without any, infinite. */
export const rate = ({ errors, processed }: Counts): number =>
  processed === 0 ? Number.POSITIVE_INFINITY : errors / processed

const limit = 0.01

/** In whole numbers, so that one in a hundred is not good on any machine. */
export const isGood = ({ errors, processed }: Counts): boolean => processed > 0 && errors * 100 < processed

export const describe = (counts: Counts): string => {
  const { errors, processed } = counts
  if (processed === 0) return `nothing was processed, with ${errors} errors`
  const percent = `${Number((rate(counts) * 100).toPrecision(3))} %`
  return `${errors} errors for ${processed} processed records (${percent}; less than ${limit * 100} % is acceptable)`
}

/**
 * The same of what a sink wrote and set aside: `errors / processed < 1 / 100` is
 * `errors / (errors + processed) < 1 / 101`, and no other number is as exact.
 */
export const check = AssetCheck.errorRate({ below: 1 / 101, ofNothing: "fail" })
