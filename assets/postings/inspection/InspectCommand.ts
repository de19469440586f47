/** `strata inspect posting <id>`: everything that is known of one posting. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"

const posting = Command.make(
  "posting",
  {
    id: Argument.String("id").pipe(
      Argument.withDescription("a row_id or posting_id, or a landed file and its line: 1748822400.jsonl:17")
    ),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("print JSON"))
  },
  Effect.fnUntraced(function* ({ id, json }) {
    const [{ inspect }, InspectionText] = yield* Effect.promise(() =>
      Promise.all([import("./Inspection.ts"), import("./InspectionText.ts")])
    )
    const inspections = yield* inspect(id)
    yield* Console.log(json ? InspectionText.json(inspections) : InspectionText.text(inspections))
  })
).pipe(
  Command.withDescription("Everything that is known of one posting, and the code that said it"),
  Command.withExamples([
    { command: "strata inspect posting 1748822400.jsonl:17", description: "A line of a landed file" },
    { command: "strata inspect posting 95c76844401b57ae-17", description: "A row of postings/parsed, by its row_id" }
  ])
)

export const command = Command.make("inspect").pipe(
  Command.withDescription("Show what is known of a single row"),
  Command.withSubcommands([posting])
)
