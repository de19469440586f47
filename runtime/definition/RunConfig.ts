/**
 * Parameters of an asset: a schema and a default for every field.
 *
 * Values come from the defaults, from the definitions, and from the command
 * line, each over the one before. They are part of the provenance of every
 * partition, so changing one makes the asset stale and nothing that it is made
 * from.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** Parameters of type `A`. */
export interface RunConfig<in out A> {
  readonly schema: Schema.Codec<A, unknown>
  readonly defaults: A
}

export interface Any {
  readonly schema: Schema.Codec<unknown, unknown>
  readonly defaults: unknown
}

/** Values for some fields of an asset's parameters, as JSON. */
export type Values = Readonly<Record<string, unknown>>

/** Parameters as a body gets them, and as the text that is hashed and shown: JSON with sorted keys. */
export interface Resolved {
  readonly value: unknown
  readonly text: string
}

/** The parameters of an asset that has none. */
export const none: Resolved = { value: undefined, text: "" }

/** Parameters with this schema: `RunConfig.of(Schema.Struct({ top: Schema.Int }), { top: 10 })`. */
export const of = <A extends object, I>(schema: Schema.Codec<A, I>, defaults: NoInfer<A>): RunConfig<A> => ({
  schema,
  defaults
})

/** The parameters with these values over the defaults; the failure says which field is wrong. */
export const resolve = (self: Any, values: ReadonlyArray<Values>): Result.Result<Resolved, string> =>
  Result.gen(function* () {
    const defaults = yield* described(Schema.encodeUnknownResult(self.schema)(self.defaults))
    const merged = Object.assign({}, defaults, ...values)
    const foreign = Object.keys(merged).find((name) => !Object.hasOwn(defaults as object, name))
    if (foreign !== undefined) {
      return yield* Result.fail(
        `there is no parameter "${foreign}"; there are ${Object.keys(defaults as object).join(", ")}`
      )
    }
    const value = yield* described(Schema.decodeUnknownResult(self.schema)(merged))
    return { value, text: canonical(yield* described(Schema.encodeUnknownResult(self.schema)(value))) }
  })

const described = <A>(result: Result.Result<A, { readonly message: string }>): Result.Result<A, string> =>
  Result.mapError(result, ({ message }) => message.replaceAll(/\s+/g, " "))

const canonical = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  )
