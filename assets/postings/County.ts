/** The name of a county in one form, so that sources which write it differently agree. */

/** `dekalb` for "De Kalb" and "DeKalb County", `stlouiscity` for "Saint Louis City": an independent city stays one. */
export const key = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/ (?:county|parish|city and borough|borough|census area|municipality|municipio|planning region)$/, "")
    .replace(/\bsaint(e?)\b/g, "st$1")
    .replace(/[^a-z0-9]+/g, "")
