/** Runs `strata` in this process: a command line, its exit code, and what it writes into a pipe. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as CommandLine from "../../cli/CommandLine.ts"
import type { View } from "../../cli/render/View.ts"
import { Screen } from "../../cli/Screen.ts"
import type { Ended } from "./strata.ts"

/** One at a time, as a process stands in one folder. */
export const call = (args: ReadonlyArray<string>, cwd: string): Effect.Effect<Ended> =>
  Effect.suspend(() => {
    const text = { stdout: "", stderr: "" }
    const write = (stream: keyof typeof text) => (render: (view: View) => string) =>
      Effect.sync(() => {
        const said = render({ tty: false, width: 80, color: false, now: 0 })
        text[stream] += said === "" || said.endsWith("\n") ? said : `${said}\n`
      })
    return Effect.acquireUseRelease(
      Effect.sync(() => {
        const before = process.cwd()
        process.chdir(cwd)
        return before
      }),
      () => CommandLine.run(args),
      (before) => Effect.sync(() => process.chdir(before))
    ).pipe(
      Effect.map((code) => ({ code, ...text })),
      Effect.provideService(Screen, {
        print: write("stdout"),
        tell: write("stderr"),
        show: () => Effect.void,
        write: (said) => write("stdout")(() => said),
        isTerminal: false,
        isLive: false
      }),
      Effect.provide(NodeServices.layer),
      Effect.scoped
    )
  })
