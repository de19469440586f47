/**
 * The version of the seniority model that is in use, as the settings have it.
 *
 * Answers are kept by it, and another version makes what was made with the last
 * one stale; the address of a model is not part of it. Nobody is asked for it:
 * it has to be known to plan.
 */
import * as Config from "effect/Config"
import * as Option from "effect/Option"
import * as EmbeddedSeniorityModel from "./EmbeddedSeniorityModel.ts"

/** Where the model of a server is; absent, the embedded one answers. */
export const url = Config.String("STRATA_SENIORITY_URL").pipe(Config.option)

/** Of a server's model: `STRATA_SENIORITY_VERSION`, to be changed together with it. */
export const remote = Config.String("STRATA_SENIORITY_VERSION").pipe(Config.withDefault("remote-1"))

/** Of the model that answers. */
export const current = Config.all({ url, remote }).pipe(
  Config.map(({ remote, url }) => (Option.isNone(url) ? EmbeddedSeniorityModel.version : remote))
)
