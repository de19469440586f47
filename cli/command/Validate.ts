/**
 * `strata validate`: checks the definitions without running any asset, and says
 * everything that is wrong with them.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Columns from "../../resources/Columns.ts"
import * as AssetConfigs from "../../runtime/graph/AssetConfigs.ts"
import { Told } from "../Failure.ts"
import type * as Flags from "../Flags.ts"
import * as Project from "../Project.ts"
import * as ProjectRequest from "../ProjectRequest.ts"
import * as Validation from "../render/Validation.ts"
import { Screen } from "../Screen.ts"

export const validate = Effect.fn("validate")(function* (options: Flags.Options<typeof Flags.validate>) {
  const screen = yield* Screen
  const result = yield* Effect.match(Project.load(ProjectRequest.of(options)), {
    onFailure: ({ message }): Validation.Validation => ({ assets: 0, problems: [message], warnings: [] }),
    onSuccess: check
  })
  if (options.json) yield* screen.print(() => Validation.json(result))
  else if (result.problems.length === 0) yield* screen.print((view) => Validation.text(result, view))
  if (!options.json) yield* screen.tell((view) => Validation.problems(result, view))
  if (result.problems.length > 0) return yield* new Told()
})

const check = (project: Project.Project): Validation.Validation => ({
  assets: project.graph.order.length,
  problems: [...configProblems(project), ...columnProblems(project)],
  warnings: project.unnoticed.map(unnoticed)
})

const unnoticed = ({ importedBy, module, names }: Project.Project["unnoticed"][number]): string =>
  `${importedBy} uses ${names.join(", ")} of ${module}, which makes assets: a change there goes unnoticed, so give it a module of its own`

const configProblems = ({ definitions, graph }: Project.Project): ReadonlyArray<string> =>
  Result.match(AssetConfigs.resolve(graph, [definitions.config]), {
    onFailure: ({ problems }) => problems.map(({ asset, reason }) => `config of ${asset}: ${reason}`),
    onSuccess: () => []
  })

/** Tables whose rows have a field that no column can hold. */
const columnProblems = ({ graph }: Project.Project): ReadonlyArray<string> =>
  [...graph.assets.values()].flatMap(({ key, output }) =>
    output._tag === "Table"
      ? Result.match(Columns.make(output.row), {
          onFailure: ({ message }) => [`${key}: ${message}`],
          onSuccess: () => []
        })
      : []
  )
