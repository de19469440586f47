/**
 * Shows where in a line of text something is wrong.
 */

/** The text and, below it, a caret at the place; of a long text, the part around it. */
export const show = (text: string, at: number): string => {
  const start = Math.max(0, Math.min(at - around, text.length - 2 * around))
  const cut = { before: start > 0 ? "…" : "", after: start + 2 * around < text.length ? "…" : "" }
  const shown = `${cut.before}${visible(text.slice(start, start + 2 * around))}${cut.after}`
  return `  ${shown}\n  ${" ".repeat(at - start + cut.before.length)}^`
}

const around = 35

/** Line breaks and other control characters would move the caret from its place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const visible = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/g, " ")
