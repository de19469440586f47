/**
 * How writing and reading an asset fail.
 */
import { InvalidOutput, IOManagerError, type Stored } from "../../runtime/definition/IOManager.ts"

/** What the body returned is not what the asset declares. */
export const invalid = (stored: Stored, reason: string): InvalidOutput =>
  new InvalidOutput({ asset: stored.asset, reason })

export const writing = (stored: Stored) => (cause: unknown) =>
  new IOManagerError({ asset: stored.asset, operation: "write", cause })

export const reading = (stored: Stored) => (cause: unknown) =>
  new IOManagerError({ asset: stored.asset, operation: "read", cause })
