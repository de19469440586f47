import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as SourceModule from "../../runtime/record/SourceModule.ts"

const parse = (text: string, path = "a.ts") => Result.getOrThrow(SourceModule.parse(path, text))
const hash = (text: string) => parse(text).hash
const specifiers = (text: string) => parse(text).imports.map(({ specifier }) => specifier)

describe("the hash of a module", () => {
  const text = `import { b } from "./b.ts"
export const f = (a: number) => { return b('x', [a]) }
`
  const same: Readonly<Record<string, string>> = {
    comments: `// why\n${text.replace("return", "/* b */ return")}`,
    "white space": text.replaceAll(" ", "   ").replace("{ return", "{\n\n\treturn"),
    quotes: text.replace("'x'", '"x"'),
    "semicolons and trailing commas": text.replace("[a])", "[a,]);").replace('.ts"\n', '.ts";\n'),
    "empty statements": `;${text.replace("{ return", "{ ; return")};;`,
    "needless parentheses": text.replace("[a]", "([a])"),
    types: text.replace("(a: number)", "a").replace("export", "interface A { b: 1 }\ntype B = A; export"),
    "imports of types": `import type { C } from "./c.ts"\nimport { type D } from "./d.ts"\nexport type { E } from "./e.ts"\nexport { type G } from "./g.ts"\n${text}`,
    "a type among what is imported": text.replace("{ b }", "{ b, type C }")
  }
  for (const [what, changed] of Object.entries(same)) {
    it(`does not change with ${what}`, () => {
      assert.notStrictEqual(changed, text)
      assert.strictEqual(hash(changed), hash(text))
    })
  }

  const different: ReadonlyArray<readonly [string, string]> = [
    ["1", "2"],
    ["1", "1n"],
    ["1", '"1"'],
    ["/a/g", "/a/i"],
    ["() => { return\n1 }", "() => { return 1 }"],
    ["`a`", "`b`"],
    ["a - (b - c)", "a - b - c"],
    ["{ a: 1 }", "{ b: 1 }"],
    ["a?.b", "a.b"],
    ["String.raw`\\n`", "String.raw`\n`"]
  ]
  for (const [one, other] of different) {
    it(`tells ${JSON.stringify(one)} from ${JSON.stringify(other)}`, () =>
      assert.notStrictEqual(hash(`export const x = ${one}`), hash(`export const x = ${other}`)))
  }

  it("does not change with the layout of JSON, and does with its content", () => {
    assert.strictEqual(parse(`{"a": [1]}`, "a.json").hash, parse(`{\n  "a": [ 1 ]\n}\n`, "a.json").hash)
    assert.notStrictEqual(parse(`{"a": [1]}`, "a.json").hash, parse(`{"a": [2]}`, "a.json").hash)
  })
})

describe("the imports of a module", () => {
  it("are those that bring in values or run the other module", () =>
    assert.deepStrictEqual(
      parse(`import type { A } from "./a.ts"
import { type B } from "./b.ts"
import { type C, d as e } from "./c.ts"
import x, * as n from "./n.ts"
import "./side.ts"
export { q as r } from "./q.ts"
export * from "./star.ts"
let f: typeof import("./type.ts")`).imports,
      [
        { specifier: "./c.ts", kind: "Static", names: ["d"] },
        { specifier: "./n.ts", kind: "Static", names: ["default", "*"] },
        { specifier: "./side.ts", kind: "Static", names: [] },
        { specifier: "./q.ts", kind: "Static", names: ["q"] },
        { specifier: "./star.ts", kind: "Static", names: ["*"] }
      ]
    ))

  it("are also literal dynamic imports, requires and workers, wherever they stand", () =>
    assert.deepStrictEqual(
      parse(
        "const f = async () => [import('./a.ts'), import(`./b.ts`), import(x), new Worker(new URL('./w.ts', import.meta.url))]\nrequire('./c.cjs')"
      ).imports.map(({ kind, specifier }) => [kind, specifier]),
      [
        ["Dynamic", "./a.ts"],
        ["Dynamic", "./b.ts"],
        ["Dynamic", "./w.ts"],
        ["Dynamic", "./c.cjs"]
      ]
    ))

  it("are SQL files beside the module, and not data", () =>
    assert.deepStrictEqual(
      specifiers(
        "new URL('./a.sql', import.meta.url); new URL('../data/a.csv', import.meta.url); new URL('./b.sql', base)"
      ),
      ["./a.sql"]
    ))

  it("are not what comments and strings say", () =>
    assert.deepStrictEqual(specifiers(`// import "./a.ts"\nconst s = 'import "./b.ts"'`), []))
})

it("a module defines what it exports and did not import", () =>
  assert.deepStrictEqual(
    parse(`import { a, b } from "./b.ts"
export { a, b as c, d as e, d as default }
export { f } from "./f.ts"
const d = 1
export const { g, h: [i, ...j], k = 2 } = d as any, l = 3
export function m() {}
export class N {}
export type O = 1`).defines,
    ["e", "default", "g", "i", "j", "k", "l", "m", "N"]
  ))

describe("a module without valid syntax", () => {
  const failure = (path: string, text: string) => Result.getOrThrow(Result.flip(SourceModule.parse(path, text)))

  it("is refused with its line", () => {
    assert.strictEqual(failure("a.ts", "const a = 1\nconst b: = 2").line, 2)
    assert.strictEqual(
      failure("a.mjs", "const a = 1\n\nconst b = (").message,
      "a.mjs:3 cannot be read: Unexpected token; fix the file, or remove its import"
    )
  })

  it("may be one that Node would not run either", () =>
    assert.strictEqual(
      failure("a.ts", "\nenum A { B }").message,
      "a.ts:2 cannot be read: TypeScript enum is not supported in strip-only mode; fix the file, or remove its import"
    ))
})
