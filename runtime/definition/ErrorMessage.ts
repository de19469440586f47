/** What something that was thrown says of itself: its message, or its text where it has none. */
import { hasProperty } from "effect/Predicate"

export const of = (thrown: unknown): string =>
  hasProperty(thrown, "message") ? String(thrown.message) : String(thrown)
