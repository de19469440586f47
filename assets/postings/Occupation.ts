/** The occupations of postings, by their SOC codes. */

/** What no occupation was found for: a group of its own at every level. */
export const unknown = "99-9999.00"
