/** The title of a posting, brought into one form so that equal ones can be counted. */

/** Lower case, NFKD, apostrophes gone, other punctuation and symbols to spaces, white space collapsed. */
export const clean = (title: string): string =>
  title
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll("'", "")
    .replace(/[\p{P}\p{S}\p{White_Space}]+/gu, " ")
    .trim()
