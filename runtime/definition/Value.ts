/**
 * One value with a schema, stored as JSON: a model's parameters, a summary, a
 * count. A step over several partitions returns a map by partition key.
 */
import type * as Schema from "effect/Schema"
import * as Output from "./Output.ts"

/** Marks an input as a value: the body gets the `A` itself, or a map of it by partition key. */
export interface Value<out A> {
  readonly "~Value": A
}

export interface ValueSpec {
  readonly _tag: "Value"
  readonly schema: Schema.Codec<unknown, unknown>
}

export interface ValueOutput<in out A> extends Output.Output<Value<A>, A | ReadonlyMap<string, A>>, ValueSpec {}

export const of = <A, I>(schema: Schema.Codec<A, I>): ValueOutput<A> => ({ ...Output.base, _tag: "Value", schema })
