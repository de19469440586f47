/**
 * How senior a role is: 1 to 7, with a name for each level.
 */
import * as Schema from "effect/Schema"

const names = ["Entry", "Junior", "Associate", "Manager", "Director", "Executive", "Senior Executive"] as const

export const Seniority = Schema.Literals([1, 2, 3, 4, 5, 6, 7])
export type Seniority = typeof Seniority.Type

/** All levels, the lowest first. */
export const all: ReadonlyArray<Seniority> = Seniority.literals

export const isSeniority = Schema.is(Seniority)

export const name = (self: Seniority): (typeof names)[number] => names[self - 1]!
