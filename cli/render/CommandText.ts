/**
 * Command lines as they can be typed into a shell.
 */

export const make = (words: ReadonlyArray<string>): string => ["strata", ...words.map(word)].join(" ")

/** Quoted where a shell would see more in it than its letters. */
const word = (text: string): string =>
  /^[A-Za-z0-9_/.,:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
