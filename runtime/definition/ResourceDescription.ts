/**
 * A resource that bodies use, as people know it: what it is, where it is, and
 * what of it may cost them something.
 */
export interface ResourceDescription {
  /** What it is to the asset, such as `role cache`. */
  readonly name: string
  /** What gives it and where that is, without secrets. */
  readonly provider: string
  /** Each a sentence with its remedy. */
  readonly warnings: ReadonlyArray<string>
}
