/**
 * The resources that a project gives its assets could not be made ready.
 */
import { hasProperty } from "effect/Predicate"
import * as Schema from "effect/Schema"

export class ResourcesUnavailable extends Schema.TaggedError<ResourcesUnavailable>()("ResourcesUnavailable", {
  cause: Schema.Defect()
}) {
  override get message() {
    const { cause } = this
    const reason = hasProperty(cause, "message") ? String(cause.message) : String(cause)
    return `the resources of the definitions are not ready: ${reason}; check their settings, and that what they connect to runs`
  }
}
