/**
 * How the engine is set up: from the environment, or from the machine.
 *
 * Nothing is fetched: extensions are neither installed nor loaded on their own,
 * and no secrets are kept. The order of rows is kept, and time is UTC.
 */
import { availableParallelism, totalmem } from "node:os"
import * as Config from "effect/Config"
import type { ByteSize } from "effect/ByteSize"
import type * as Option from "effect/Option"

export interface Settings {
  /** Where Strata keeps its data; what does not fit in memory is written below it. */
  readonly home: string
  /** The folder for that, if not `tmp` in the home. */
  readonly temporary: Option.Option<string>
  readonly memory: ByteSize | number
  readonly threads: number
  /** Statements that may run at once. */
  readonly permits: number
}

/** Each running query holds a thread of libuv's pool; two are left for files and compression. */
const permits = Config.Int("UV_THREADPOOL_SIZE").pipe(
  Config.withDefault(4),
  Config.map((size) => Math.max(1, size - 2))
)

/** 60 % of what the process may use, a container's limit included. */
const defaultMemory = (): number => Math.floor(0.6 * Math.min(process.constrainedMemory() || Infinity, totalmem()))

export const config: Config.Config<Settings> = Config.all({
  home: Config.String("STRATA_HOME").pipe(Config.withDefault(".strata")),
  temporary: Config.option(Config.String("STRATA_DUCKDB_TEMP")),
  memory: Config.ByteSize("STRATA_DUCKDB_MEMORY").pipe(Config.withDefault(defaultMemory())),
  threads: Config.Int("STRATA_DUCKDB_THREADS").pipe(Config.withDefault(availableParallelism())),
  permits
})

/** The settings as DuckDB's own options. */
export const options = (self: Settings, temporary: string): Record<string, string> => ({
  memory_limit: `${Number(self.memory) / 1e6}MB`,
  threads: String(self.threads),
  temp_directory: temporary,
  preserve_insertion_order: "true",
  checkpoint_threshold: "1TB",
  enable_external_file_cache: "false",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
  allow_persistent_secrets: "false"
})
