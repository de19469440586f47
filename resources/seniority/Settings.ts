/** The settings of a seniority model that a server answers for. */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SeniorityVersion from "../SeniorityVersion.ts"

/** The address is none that can be used. */
export class InvalidSeniorityUrl extends Schema.TaggedError<InvalidSeniorityUrl>()("InvalidSeniorityUrl", {
  reason: Schema.String
}) {
  override get message() {
    return `STRATA_SENIORITY_URL is no address of a model: ${this.reason}; write https://host:port, or http://127.0.0.1:port for one on this machine`
  }
}

export interface Settings {
  /** Host and port. */
  readonly target: string
  readonly tls: boolean
  readonly version: string
  /** The most roles a call. */
  readonly batch: number
  /** Calls at once. */
  readonly calls: number
  /** Milliseconds for all attempts at a batch together. */
  readonly timeoutMillis: number
  /** How many roles, or calls, in which time. */
  readonly rate: number
  readonly per: Duration.Duration
  readonly unit: "roles" | "calls"
}

const positive = (name: string, value: number) =>
  Config.schema(Schema.NumberFromString.check(Schema.isInt(), Schema.isGreaterThan(0)), name).pipe(
    Config.withDefault(value)
  )

/** As the environment has them. */
export const config = Config.all({
  version: SeniorityVersion.remote,
  batch: positive("STRATA_SENIORITY_BATCH", 1000),
  calls: positive("STRATA_SENIORITY_CALLS", 8),
  timeout: Config.Duration("STRATA_SENIORITY_TIMEOUT").pipe(Config.withDefault(Duration.seconds(30))),
  rate: positive("STRATA_SENIORITY_RATE", 1000),
  per: Config.Duration("STRATA_SENIORITY_RATE_PER").pipe(Config.withDefault(Duration.seconds(1))),
  unit: Config.Literals(["roles", "calls"], "STRATA_SENIORITY_RATE_UNIT").pipe(Config.withDefault("roles" as const)),
  plaintext: Config.Boolean("STRATA_SENIORITY_PLAINTEXT").pipe(Config.withDefault(false))
})

/** The settings of the model at this address. */
export const load = Effect.fnUntraced(function* (url: string) {
  const { plaintext, timeout, ...rest } = yield* config
  const settings: Settings = {
    ...rest,
    ...(yield* address(url, plaintext)),
    timeoutMillis: Duration.toMillis(timeout)
  }
  return settings
})

/** The most roles of a call: no more than the limit lets through at once. */
export const batch = ({ batch, rate, unit }: Settings): number => (unit === "roles" ? Math.min(batch, rate) : batch)

/** Names and titles go out in plain text to this machine only, unless that is wanted. */
const address = Effect.fnUntraced(function* (url: string, plaintext: boolean) {
  const invalid = (reason: string) => new InvalidSeniorityUrl({ reason })
  const parsed = URL.parse(url)
  if (parsed === null || parsed.hostname === "") return yield* invalid("it is no URL with a host")
  const { hostname, port, protocol, username } = parsed
  if (username !== "") return yield* invalid("it holds a user, which is not sent anywhere")
  if (protocol !== "http:" && protocol !== "https:") return yield* invalid(`it begins with ${protocol}`)
  const tls = protocol === "https:"
  if (!tls && !plaintext && !isLoopback(hostname)) {
    return yield* invalid("it leaves this machine without TLS, which STRATA_SENIORITY_PLAINTEXT=true allows")
  }
  return { target: `${hostname}:${port || (tls ? 443 : 80)}`, tls }
})

const isLoopback = (host: string): boolean => host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host)
