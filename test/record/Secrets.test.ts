import { assert, describe, it } from "@effect/vitest"
import * as Secrets from "../../runtime/record/Secrets.ts"

const { scrub } = Secrets.make({
  SHOP_API_TOKEN: 't0p "secret"',
  STRATA_REDIS_URL: "redis://:p%40ssword1@localhost:6379",
  OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer abcdef,x=y",
  PLACE: "not a secret",
  SHORT_KEY: "abc",
  STRATA_SECRETS: "OTHER, ANOTHER",
  ANOTHER: "another value",
  PWD: "/home/me/project"
})

describe("secrets of the settings", () => {
  for (const [name, text] of Object.entries({
    "as they are": 't0p "secret"',
    "as JSON": JSON.stringify('t0p "secret"').slice(1, -1),
    "as a part of a URL": encodeURIComponent('t0p "secret"'),
    "as base64": Buffer.from('t0p "secret"').toString("base64").replace(/=+$/, ""),
    "that are passwords of URLs, decoded": "p@ssword1",
    "that are passwords of URLs": "p%40ssword1",
    "that are headers": "Bearer abcdef",
    "that are listed": "another value"
  })) {
    it(`are left out ${name}`, () => assert.strictEqual(scrub(`a ${text} b`), "a … b"))
  }

  it("are left out with all their letters where one is the beginning of another", () => {
    const { scrub } = Secrets.make({ A_KEY: "abcdef", B_KEY: "abcdefghi" })
    assert.strictEqual(scrub("abcdefghi abcdef"), "… …")
  })

  it("leave everything else as it is", () => {
    for (const text of ["not a secret", "abc", "/home/me/project", "https://example.org/a@b"]) {
      assert.strictEqual(scrub(text), text)
    }
  })

  it("leave no user in a URL, whoever knows of it", () => {
    const text = "could not reach postgres://me:secret@host/db?x=1, https://token@host"
    assert.strictEqual(Secrets.make({}).scrub(text), "could not reach postgres://…@host/db?x=1, https://…@host")
  })
})
