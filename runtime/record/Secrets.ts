/**
 * The last line of defence for secrets: what is written for people, or kept of
 * what happened, leaves out the values that the settings say are secret.
 *
 * A setting is secret when its name ends like one (`…_PASSWORD`, `…_TOKEN`,
 * `…_KEY`, `…_SECRET`), when `STRATA_SECRETS` lists it, or as far as it is the
 * password of a URL. Values are found as they are, and as JSON, URLs and base64
 * write them. Texts shorter than six characters are not looked for.
 */
import * as Context from "effect/Context"
import * as Result from "effect/Result"

export interface Scrubbing {
  /** The text with `…` in place of secrets. */
  readonly scrub: (text: string) => string
}

/** Without settings only passwords of URLs are known for what they are. */
export const Secrets = Context.Reference<Scrubbing>("strata/record/Secrets", { defaultValue: () => make({}) })

/** Leaves out what these settings hold. */
export const make = (settings: Readonly<Record<string, string | undefined>>): Scrubbing => {
  const listed = new Set((settings.STRATA_SECRETS ?? "").split(",").map((name) => name.trim()))
  const values = Object.entries(settings).flatMap(([name, value = ""]) =>
    isSecret.test(name) || listed.has(name) ? [value, ...partsOf(value)] : passwordOf(value)
  )
  const texts = [...new Set(values.flatMap(formsOf))].filter(({ length }) => length >= shortest)
  if (texts.length === 0) return { scrub: withoutUserInfo }
  // The longest first, so that nothing is left of it.
  const known = new RegExp(
    texts
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
      .join("|"),
    "g"
  )
  return { scrub: (text) => withoutUserInfo(text.replace(known, "…")) }
}

/** The text without user names and passwords of URLs. */
export const withoutUserInfo = (text: string): string =>
  text.includes("://") ? text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, "$1…@") : text

const isSecret =
  /(^|_)(PASS|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|KEY|AUTHORIZATION|DSN|HEADERS)$|_PWD$/i

const shortest = 6

/** Headers hold names and values: `authorization=Bearer …`. */
const partsOf = (value: string): ReadonlyArray<string> =>
  value.includes("=") ? value.split(",").map((part) => part.slice(part.indexOf("=") + 1)) : passwordOf(value)

/** Of a URL; a name without a password is a token. */
const passwordOf = (value: string): ReadonlyArray<string> => {
  const url = value.includes("://") ? Result.try(() => new URL(value)) : undefined
  if (url === undefined || Result.isFailure(url)) return []
  const { password, username } = url.success
  const secret = password === "" ? username : password
  return [
    secret,
    Result.getOrElse(
      Result.try(() => decodeURIComponent(secret)),
      () => secret
    )
  ]
}

const formsOf = (value: string): ReadonlyArray<string> =>
  value.trim().length < shortest
    ? []
    : [
        value.trim(),
        JSON.stringify(value).slice(1, -1),
        encodeURIComponent(value),
        Buffer.from(value).toString("base64").replace(/=+$/, "")
      ]
