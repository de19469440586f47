/** What the ids of a file's rows begin with: 64 bits of its name and content, so files of equal content differ. */
import { hash } from "node:crypto"

export const of = ({ name, sha256 }: { readonly name: string; readonly sha256: string }): string =>
  hash("sha256", `${sha256} ${name}`).slice(0, 16)
