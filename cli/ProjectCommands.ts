/**
 * The commands that a project adds to the command line.
 *
 * Only its definitions have them, so these are loaded for a command that is
 * none of Strata's own, unless their kept snapshot says that the project has
 * none of that name either.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Command from "effect/cli/Command"
import type { CommandSnapshot } from "../runtime/graph/AssetGraphSnapshot.ts"
import type * as Commands from "./Commands.ts"
import * as DefinitionsCache from "./DefinitionsCache.ts"
import * as ProjectLocation from "./ProjectLocation.ts"

/** What may be meant by this first word; without one, all of them, as far as the definitions can be loaded. */
export const find = Effect.fn("ProjectCommands.find")(function* (word: string | undefined) {
  const cwd = process.cwd()
  const location = ProjectLocation.find({ cwd })
  if (location === undefined) return []
  const known = DefinitionsCache.read(location)?.commands
  if (known !== undefined && !known.some(({ name }) => name === word)) return known.map(named)
  return yield* word === undefined ? Effect.orElseSucceed(load(cwd), () => []) : load(cwd)
})

const load = Effect.fnUntraced(function* (cwd: string) {
  const Project = yield* Effect.promise(() => import("./Project.ts"))
  const Wiring = yield* Effect.promise(() => import("./Wiring.ts"))
  const StoredState = yield* Effect.promise(() => import("./StoredState.ts"))
  const ProjectMaterialize = yield* Effect.promise(() => import("./ProjectMaterialize.ts"))
  const project = yield* Project.load({ cwd })
  const provided = Layer.mergeAll(
    Wiring.resources(project.definitions),
    StoredState.layer(project),
    ProjectMaterialize.layer
  )
  return project.definitions.commands.map((command) => Command.provide(command as Commands.OfProject, provided))
})

/** Stands for a command in help and suggestions. */
const named = ({ description, name }: CommandSnapshot): Commands.OfProject =>
  Command.make(name).pipe(Command.withDescription(description))
