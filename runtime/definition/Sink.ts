/**
 * Data that lives elsewhere, such as records in memcached.
 *
 * What is kept here is that it was written, with which metadata, and what was
 * refused; its data version is its provenance.
 */
import * as Output from "./Output.ts"

/** What an asset downstream of a sink gets: that it was written. */
export interface Sink {
  readonly written: number
}

/** What the body of a sink returns: how many records the other side accepted. */
export interface Report {
  readonly written: number
}

export interface SinkSpec {
  readonly _tag: "Sink"
}

export interface SinkOutput extends Output.Output<Sink, Report>, SinkSpec {}

export const sink: SinkOutput = { ...Output.base, _tag: "Sink" }
