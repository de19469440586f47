/** `strata serve`: servers that belong to the assets of this project. */
import * as Command from "effect/cli/Command"
import { predictor } from "./market/predictor/PredictorCommand.ts"
import { seniority } from "./postings/SeniorityCommand.ts"

export const command = Command.make("serve").pipe(
  Command.withDescription("Run a server of this project"),
  Command.withSubcommands([predictor, seniority])
)
