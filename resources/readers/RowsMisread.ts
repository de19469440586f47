/**
 * The engine read other rows than it was given. Nothing of it can be trusted,
 * so it dies.
 */
import * as Schema from "effect/Schema"

export class RowsMisread extends Schema.TaggedError<RowsMisread>()("RowsMisread", {
  judged: Schema.String,
  loaded: Schema.String
}) {
  override get message() {
    return `${this.judged} were judged good, but the engine loaded ${this.loaded}; report this with the file`
  }
}
