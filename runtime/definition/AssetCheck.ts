/**
 * A condition that every new version of an asset is held to before it is
 * published.
 *
 * A blocking check that fails keeps the version from being published, and what
 * is made from it from being made; any other says so in the metadata.
 */

/** What was written, as far as checks look at it. */
export interface Measures {
  readonly rows: number
  /** Rows set aside. */
  readonly quarantined: number
}

export interface AssetCheck {
  readonly name: string
  readonly blocking: boolean
  /** `reason` says in a phrase what was found. */
  readonly evaluate: (measures: Measures) => { readonly passed: boolean; readonly reason: string }
}

/**
 * The share of rows that were set aside stays below a limit.
 *
 * `ofNothing` says what holds where nothing was read at all: by default the check passes.
 */
export const errorRate = (options: {
  readonly below: number
  readonly ofNothing?: "pass" | "fail"
  readonly blocking?: boolean
}): AssetCheck => ({
  name: "error_rate",
  blocking: options.blocking ?? true,
  evaluate: ({ quarantined, rows }) => {
    const all = rows + quarantined
    if (all === 0) return { passed: options.ofNothing !== "fail", reason: "nothing was read" }
    const rate = quarantined / all
    const limit = `less than ${percent(options.below)} may be`
    return {
      passed: rate < options.below,
      reason: `${quarantined} of ${all} rows were set aside (${percent(rate)}), ${limit}`
    }
  }
})

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`
