/**
 * A role: a title at a company. What seniority is asked for and remembered by.
 */
export interface Role {
  readonly company: string
  readonly title: string
}

/** One text a role: ("ab", "c") and ("a", "bc") differ. */
export const key = (self: Role): string => `${self.company.length}:${self.company}${self.title}`
