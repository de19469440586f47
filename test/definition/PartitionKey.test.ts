import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as PartitionKey from "../../runtime/definition/PartitionKey.ts"

/** Texts that have broken systems that put keys into paths, SQL, URLs and terminals. */
const catalogue = [
  ...[
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "../../x",
    "%2e%2e",
    "%",
    "%%",
    "%-",
    "\0",
    "a\nb",
    "a\r\nb",
    "a\tb",
    " a",
    "a ",
    "  "
  ],
  ...[
    "'",
    '"',
    ";--",
    "`",
    "$",
    "{}",
    "*?[]",
    "~",
    "=",
    ":",
    "|",
    "a|b",
    "\\|",
    "CON",
    "con",
    "aux.txt",
    "com1",
    "nul"
  ],
  ...[
    ".hidden",
    "dot.",
    "0.94-to-0.95",
    "0.94-to-0.96",
    "__HIVE_DEFAULT_PARTITION__",
    "k=..",
    "_staging",
    "A",
    "a",
    "ß",
    "SS"
  ],
  ...[
    "é",
    "e\u0301",
    "\u212b",
    "\u00c5",
    "\u202e",
    "\u200d",
    "👩‍💻",
    "😀",
    "\ud800",
    "\udc00",
    "\udc00\ud800",
    "\ufffd",
    "\ufeff"
  ],
  ...["1", "01", "1.0", "2024-02-30", "2024-03-31T02:30", "2025-06-01|us", "a".repeat(200), "a".repeat(201)],
  ...["a".repeat(255), "a".repeat(256), "a".repeat(5000), `${"a".repeat(5000)}b`, "é".repeat(34), "é".repeat(5000)]
]

const fromCatalogue = Arbitrary.map(Arbitrary.schema(Schema.Array(Schema.Int)), (list) =>
  list
    .map((n) => catalogue[Math.abs(n) % catalogue.length]!)
    .join("")
    .slice(0, 300)
)

describe("a partition key", () => {
  it("is refused with the rule when it cannot be seen or written", () => {
    const refused: ReadonlyArray<readonly [string, string]> = [
      ["", "not empty"],
      ["\ud800", "surrogate"],
      ["a\0", "control characters"],
      ["a\nb", "line breaks"],
      ["a\u202eb", "direction"],
      [" a", "white space"],
      ["a\u00a0", "white space"],
      ["é".repeat(513), "1024 bytes"]
    ]
    for (const [key, rule] of refused) assert.include(PartitionKey.refusal(key), rule, JSON.stringify(key))
  })

  it("may hold everything else", () => {
    for (const key of ["a/b", "..", "CON", "'; --", "é", "e\u0301", "👩‍💻", "a b", "1.0", "a|b", "x".repeat(1024)]) {
      assert.isUndefined(PartitionKey.refusal(key), key)
    }
  })

  it.prop("of a product is joined from parts that it gives back", [Schema.NonEmptyArray(Schema.String)], ([parts]) =>
    assert.deepStrictEqual(PartitionKey.split(PartitionKey.join(parts)), parts)
  )

  it.prop("of a product gives back odd parts", [Arbitrary.array(fromCatalogue, { minLength: 1 })], ([parts]) =>
    assert.deepStrictEqual(PartitionKey.split(PartitionKey.join(parts)), parts)
  )

  it("of a product reads as its parts", () => {
    assert.strictEqual(PartitionKey.join(["2025-06-01", "us"]), "2025-06-01|us")
    for (const text of ["a\\b", "a\\", "\\|\\"]) assert.isUndefined(PartitionKey.split(text), text)
  })
})
