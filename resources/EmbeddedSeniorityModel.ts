/**
 * The seniority model that needs nothing: it reads the words of the title.
 *
 * The most senior word decides ("Vice President of Sales" is Executive, "Senior
 * Director" Director), except that an assistant to somebody is an assistant. A
 * title that says nothing is Associate, an ordinary position. The company has no
 * part in it.
 */
import type * as Layer from "effect/Layer"
import type { Seniority } from "./Seniority.ts"
import * as SeniorityModel from "./SeniorityModel.ts"

/** Change it with the rules: answers of another version are asked again. */
export const version = "title-words-1"

export const layer: Layer.Layer<SeniorityModel.SeniorityModel> = SeniorityModel.layerMemory({
  version,
  seniority: (role) => read(role.title)
})

/** The seniority that a title speaks of. */
export const read = (title: string): Seniority => {
  const words = ` ${title.toLowerCase().match(word)?.join(" ") ?? ""} `
  for (const [seniority, pattern] of rules) if (pattern.test(words)) return seniority
  return 3
}

const word = /[\p{L}\p{N}]+/gu

/** Phrases between single spaces, the deciding rule first. */
const rule = (seniority: Seniority, ...phrases: ReadonlyArray<string>): readonly [Seniority, RegExp] => [
  seniority,
  new RegExp(` (?:${phrases.join("|")}) `)
]

const rules = [
  rule(2, "(?:executive |administrative |personal )?assistant to", "executive assistant", "administrative assistant"),
  rule(1, "intern", "internship", "trainee", "student", "apprentice", "entry level", "graduate program", "volunteer"),
  rule(
    6,
    "(?:senior |executive |assistant )?vice president",
    "s?vp",
    "evp",
    "avp",
    "executive director",
    "general manager"
  ),
  rule(
    7,
    "chief(?: \\w+){1,3} officer",
    "c[efotims]o",
    "ciso",
    "president",
    "founder",
    "co founder",
    "managing partner"
  ),
  rule(5, "director", "head of", "head", "dean", "principal investigator", "chief of staff", "chief"),
  rule(
    4,
    "manager",
    "supervisor",
    "supervisory",
    "superintendent",
    "foreman",
    "lead",
    "team leader",
    "principal",
    "staff engineer"
  ),
  rule(2, "junior", "jr", "assistant", "helper", "aide", "clerk", "technician i", "level 1")
]
