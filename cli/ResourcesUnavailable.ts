/**
 * The resources that a project gives its assets could not be made ready.
 */
import * as Schema from "effect/Schema"
import * as ErrorMessage from "../runtime/definition/ErrorMessage.ts"

export class ResourcesUnavailable extends Schema.TaggedError<ResourcesUnavailable>()("ResourcesUnavailable", {
  cause: Schema.Defect()
}) {
  override get message() {
    const reason = ErrorMessage.of(this.cause)
    return `the resources of the definitions are not ready: ${reason}; check their settings, and that what they connect to runs`
  }
}
