/**
 * The lease of a run is its heartbeat: a run that has said nothing for as long
 * as a lease lasts may be closed by any other process, and cannot publish from
 * then on, also when its process wakes.
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"

/** `STRATA_LEASE`, such as `90 seconds`: a minute where not given, and never less than a second. */
export const duration: Config.Config<Duration.Duration> = Config.Duration("STRATA_LEASE").pipe(
  Config.withDefault(Duration.minutes(1)),
  Config.map((lease) => Duration.max(lease, Duration.seconds(1)))
)

/** The time between two heartbeats. */
export const beat = (lease: Duration.Duration): Duration.Duration =>
  Duration.min(Duration.seconds(2), Duration.divideUnsafe(lease, 5))

/** The time between two looks of a run for others whose lease is over. */
export const watch = (lease: Duration.Duration): Duration.Duration => Duration.divideUnsafe(lease, 4)
