/**
 * A set of files, with hash and size.
 *
 * A body returns the paths of files that it wrote; they are copied into the
 * asset's own storage. An external asset's files stay where they landed.
 */
import * as Output from "./Output.ts"

/** A file that an input holds. */
export interface File {
  /** Absolute. */
  readonly path: string
  /** The name that the file has in its set. */
  readonly name: string
  readonly size: number
  /** Lower-case hexadecimal SHA-256 of the content. */
  readonly sha256: string
  readonly partition: { readonly key: string; readonly ordinal: number }
}

/** An input of files, sorted by partition and name. */
export interface Files {
  readonly files: ReadonlyArray<File>
}

/** A file that a body made. `partitionKey` may be left out by a step of one partition. */
export interface Made {
  readonly path: string
  readonly name: string
  readonly partitionKey?: string
}

export interface FilesSpec {
  readonly _tag: "Files"
}

export interface FilesOutput extends Output.Output<Files, ReadonlyArray<Made>>, FilesSpec {}

export const files: FilesOutput = { ...Output.base, _tag: "Files" }
