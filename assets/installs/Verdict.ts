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

/** In whole numbers, so that one in a hundred is not good on any machine. */
export const isGood = ({ errors, processed }: Counts): boolean => processed > 0 && errors * 100 < processed

export const describe = (counts: Counts): string => {
  const { errors, processed } = counts
  return processed === 0
    ? `nothing was processed, with ${errors} errors`
    : `${errors} errors for ${processed} processed records (${percent(counts)}; less than 1 % is acceptable)`
}

/** Errors for each processed record; of a file without any, all. */
export const percent = ({ errors, processed }: Counts): string =>
  processed === 0 ? "all" : `${Number(((errors / processed) * 100).toPrecision(3))} %`

/**
 * The same of what a sink wrote and set aside: `errors / processed < 1 / 100` is
 * `errors / (errors + processed) < 1 / 101`, and no other number is as exact.
 */
export const check = AssetCheck.errorRate({ below: 1 / 101, ofNothing: "fail" })
