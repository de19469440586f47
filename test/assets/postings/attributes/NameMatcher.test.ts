import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as NameMatcher from "../../../../assets/postings/attributes/NameMatcher.ts"

const names = ["C", "C++", "C#", "R", "Go", "Java", "JavaScript", "Oracle Java", "Oracle", "SQL", "!Trak-it", "Node.js"]

const found = (text: string, of: ReadonlyArray<string> = names) =>
  NameMatcher.find(NameMatcher.make(of), text).map(({ name }) => name)

/** The rules word by word, by trying every name at every place. */
const naive = (names: ReadonlyArray<string>, text: string) => {
  const sorted = [...new Set(names)].filter((name) => name !== "").sort()
  const matches: Array<NameMatcher.Found> = []
  for (let start = 0; start < text.length; start++) {
    if (/[\p{L}\p{N}\p{M}]$/u.test(text.slice(0, start))) continue
    const here = sorted.filter((name) => {
      const [written, after] = [text.slice(start, start + name.length), text.slice(start + name.length)]
      if (/^[\p{L}\p{N}\p{M}]/u.test(after)) return false
      if ([...name].length > 2) return written.toLowerCase() === name.toLowerCase()
      const line = text
        .slice(0, start)
        .split(/[\n\r\u2028\u2029]/)
        .at(-1)!
      return written === name && !(/^\s*[([]?$/.test(line) && /^[.)\]]/.test(after))
    })
    const name = here.reduce((longest, name) => (name.length > longest.length ? name : longest), "")
    if (name === "") continue
    matches.push({ name, start, end: start + name.length })
    start += name.length - 1
  }
  return matches
}

describe("a name in a text", () => {
  it("is found in any case, as it is written in the list", () => {
    assert.deepStrictEqual(found("JAVA, javascript and Sql"), ["Java", "JavaScript", "SQL"])
    assert.deepStrictEqual(found("nope"), [])
    assert.deepStrictEqual(found(""), [])
  })

  it("stands free: no letter, digit or mark is beside it", () => {
    assert.deepStrictEqual(found("C++, (C++) C++/C# Node.js. !trak-it"), [
      "C++",
      "C++",
      "C++",
      "C#",
      "Node.js",
      "!Trak-it"
    ])
    assert.deepStrictEqual(found("MySQL SQL2 SQLé éSQL SQLe\u0301 e\u0301SQL SQL\u0301 𝐀SQL SQL𝐀 ٣SQL"), [])
    assert.deepStrictEqual(found("😀SQL😀 _SQL_ SQL's"), ["SQL", "SQL", "SQL"])
  })

  it("is the leftmost, of those the longest, and none overlaps another", () => {
    assert.deepStrictEqual(found("Oracle Java Oracle JavaBeans"), ["Oracle Java", "Oracle"])
    assert.deepStrictEqual(found("b c d", ["a b", "b c", "c d"]), ["b c"])
    assert.deepStrictEqual(found("a b c d", ["a b", "b c d", "c d"]), ["a b", "c d"])
  })

  it("of one or two characters is in its exact case", () => {
    assert.deepStrictEqual(found("c r go GO Go R C c# C#"), ["Go", "R", "C", "C#"])
    assert.deepStrictEqual(found("ab Ab AB", ["ab", "AB"]), ["ab", "AB"])
  })

  it("of one or two characters is no label of a list", () => {
    assert.deepStrictEqual(found("C. yes\n  R. no\r\n\t(C) maybe\n[R] never\nC) done\nC# no label"), ["C#"])
    assert.deepStrictEqual(found("C, R and Go.\nuses C.\nC\nR (C)"), ["C", "R", "Go", "C", "C", "R", "C"])
    assert.deepStrictEqual(found("SQL. yes"), ["SQL"])
  })

  it("that differs from another by case alone is counted as one", () => {
    assert.deepStrictEqual(found("ajax AJAX", ["Ajax", "AJAX"]), ["AJAX", "AJAX"])
  })

  it("is counted as often as it stands there", () => {
    const mentions = NameMatcher.mentions(NameMatcher.make(names), "SQL, sql; Java")
    assert.deepStrictEqual(mentions, new Map(Object.entries({ SQL: 2, Java: 1 })))
  })

  it("has its place in the text as it was, whatever lower case makes of it", () => {
    const [match] = NameMatcher.find(NameMatcher.make(["SQL"]), "İİ SQL")
    assert.deepStrictEqual(match, { name: "SQL", start: 3, end: 6 })
    assert.deepStrictEqual(found("ΟΔΟΣ, ΟΔΟΣ ΟΔΟΣ", ["οδος"]), ["οδος", "οδος", "οδος"])
  })

  const characters = [
    "a",
    "A",
    "b",
    "B",
    "c",
    "+",
    ".",
    " ",
    "\n",
    "(",
    ")",
    "\t",
    "-",
    "1",
    "é",
    "e\u0301",
    "😀",
    "𝐀"
  ] as const
  const piece = Schema.Literals([
    ...characters,
    "Java",
    "javascript",
    "C",
    "C++",
    "Oracle Java",
    "SQL",
    "\nC.",
    "\n (R)"
  ])
  const text = Schema.Array(piece)

  it.effect.prop("is found where the rules say, and nowhere else", [Schema.Array(text), text], ([lists, pieces]) =>
    Effect.sync(() => {
      const some = lists.map((list) => list.join(""))
      // Where names differ by case alone, one stands for all, so the rule has one of them.
      const once = [
        ...new Map(
          [...some, ...names]
            .sort()
            .toReversed()
            .map((name) => [key(name), name])
        ).values()
      ]
      const matches = NameMatcher.find(NameMatcher.make([...some, ...names]), pieces.join(""))
      assert.deepStrictEqual(matches, naive(once, pieces.join("")))
    })
  )

  it.effect.prop("is found in a text that is made of names", [Schema.Array(Schema.Literals(names))], ([list]) =>
    Effect.sync(() => {
      const text = list.join(" | ")
      assert.deepStrictEqual(NameMatcher.find(NameMatcher.make(names), text), naive(names, text))
      assert.deepStrictEqual(found(text), list)
    })
  )

  it.effect.prop("never moves when the text is folded", [Schema.String], ([text]) =>
    Effect.sync(() => assert.strictEqual(NameMatcher.fold(text).length, text.length))
  )
})

/** Short names are themselves in their own case only. */
const key = (name: string) => ([...name].length <= 2 ? `short ${name}` : name.toLowerCase())
