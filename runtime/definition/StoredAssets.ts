/**
 * What is stored of a project's assets now, for the commands that the project
 * adds: `yield* StoredAssets` in a handler.
 *
 * Nothing is opened before the first question, and nothing is written.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Asset from "./Asset.ts"
import * as ErrorMessage from "./ErrorMessage.ts"
import type * as Files from "./Files.ts"
import type { Relation } from "./Sql.ts"

/** What is stored cannot be read. */
export class StoredAssetsError extends Schema.TaggedError<StoredAssetsError>()("StoredAssetsError", {
  cause: Schema.Defect()
}) {
  override get message() {
    return `what is stored of the assets cannot be read: ${ErrorMessage.of(this.cause)}`
  }
}

/** How a partition was made. */
export interface Made {
  readonly codeVersion: string
  /** Its parameters; see `RunConfig.Resolved`. */
  readonly config: string
  readonly run: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Whether it would be made again now. */
  readonly stale: boolean
}

export class StoredAssets extends Context.Service<
  StoredAssets,
  {
    /** The assets of the project, inputs before what is made from them. */
    readonly assets: ReadonlyArray<Asset.Any>
    /** The rows of a table; of these partitions alone, where keys are given. */
    readonly rows: (key: string, partitions?: ReadonlyArray<string>) => Effect.Effect<Relation, StoredAssetsError>
    /** The rows that were set aside; see `Quarantine`. */
    readonly quarantine: (key: string) => Effect.Effect<Relation, StoredAssetsError>
    /** The landed files of an external asset, as they were last seen. */
    readonly files: (key: string) => Effect.Effect<ReadonlyArray<Files.File>, StoredAssetsError>
    /** How a partition was made; nothing where it is not there. Without partitions, the key is the empty text. */
    readonly made: (key: string, partition: string) => Effect.Effect<Made | undefined, StoredAssetsError>
  }
>()("strata/definition/StoredAssets") {}
