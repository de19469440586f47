/**
 * Threads and processes of a project's isolated steps: nothing of it is loaded
 * for a project that has none.
 */
import { getCompileCacheDir } from "node:module"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type { Launch } from "../runtime/execute/IsolatedSide.ts"
import type * as Project from "./Project.ts"

export const layer = ({ graph, ...location }: Project.Project): Layer.Layer<never, never, FileSystem.FileSystem> =>
  [...graph.assets.values()].some(({ source }) => source._tag === "Computation" && source.isolation._tag !== "Fiber")
    ? Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("../runtime/execute/IsolatedHost.ts")),
          (host) => host.layer(launchOf(location))
        )
      )
    : Layer.empty

const launchOf = ({ config, home, root }: Pick<Project.Project, "config" | "home" | "root">): Launch => {
  const compiled = process.env.NODE_COMPILE_CACHE ?? getCompileCacheDir()
  return {
    entry,
    argument: JSON.stringify({ config, root, home }),
    // A variable that is undefined would be the text "undefined" there.
    env: { ...process.env, STRATA_HOME: home, ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }) },
    scratch: join(home, "tmp")
  }
}

/** Beside this module, in TypeScript or compiled. */
const entry = new URL(`./isolated${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)
