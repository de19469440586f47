/**
 * What went wrong, for stderr. Passwords inside of URLs are left out.
 */
import * as Secrets from "../../runtime/record/Secrets.ts"
import * as Ink from "./Ink.ts"
import type { View } from "./View.ts"

export const text = (message: string, view: View): string =>
  `${Ink.make(view).red("error:")} ${Secrets.withoutUserInfo(message)}`

/** Something that should not have been possible: with everything that helps to find it. */
export const bug = (detail: string, view: View): string =>
  text(`this is a bug in Strata or in a command: ${detail}`, view)
