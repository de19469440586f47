/**
 * Colors for terminals, and plain text where there are none.
 */
import type { View } from "./View.ts"

export interface Ink {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

export const make = ({ color }: Pick<View, "color">): Ink => (color ? colored : plain)

const code = (open: number, close: number) => (text: string) =>
  text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`

const colored: Ink = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  green: code(32, 39),
  yellow: code(33, 39),
  cyan: code(36, 39)
}

const same = (text: string): string => text

const plain: Ink = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same }
