/**
 * A role: a title at a company. What seniority is asked for and remembered by.
 */
import type { TextRows } from "./TextRows.ts"

export interface Role {
  readonly company: string
  readonly title: string
}

/** Roles in an order; of texts, a role is made when one is asked for. */
export type RoleList = ReadonlyArray<Role> | TextRows<keyof Role>

/** One text a role: ("ab", "c") and ("a", "bc") differ. */
export const key = (self: Role): string => `${self.company.length}:${self.company}${self.title}`

/** Those at these places. */
export const some = (self: RoleList, places: ReadonlyArray<number>): ReadonlyArray<Role> =>
  places.map((place) => self.at(place)!)
