/**
 * The process of the command line: signals come in, an exit code goes out.
 *
 * The first Ctrl-C cancels what runs and waits until it is recorded; a second
 * one ends the process at once. A reader of stdout that has gone is no error.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { ProcessName } from "../runtime/definition/ProcessName.ts"
import * as ProcessFolder from "../runtime/record/ProcessFolder.ts"
import * as Secrets from "../runtime/record/Secrets.ts"
import * as CommandLine from "./CommandLine.ts"
import * as Screen from "./Screen.ts"

const fiber = Effect.runFork(
  CommandLine.run(process.argv.slice(2)).pipe(
    Effect.provide(Layer.merge(NodeServices.layer, Screen.layer)),
    Effect.provideService(Secrets.Secrets, Secrets.make(process.env)),
    Effect.provideServiceEffect(ProcessName, ProcessFolder.name)
  )
)

/** The code that the process ends with once it was told to end. */
let ending: { readonly code: number; readonly since: number } | undefined

const end = (code: number): void => {
  ending ??= { code, since: performance.now() }
  fiber.interruptUnsafe()
}

/** A press of Ctrl-C may come twice, from the terminal and from the launcher. */
const samePress = 150

const onSignal = (code: number) => () => {
  if (ending !== undefined && performance.now() - ending.since > samePress) process.exit(ending.code)
  end(code)
}

process.on("SIGINT", onSignal(130))
process.on("SIGTERM", onSignal(143))
process.on("SIGHUP", onSignal(129))
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => end(code === "EPIPE" ? 0 : 1))
process.stderr.on("error", () => {})

/** A fiber that waits for nothing but a signal does not keep a process alive. */
const alive = setInterval(() => {}, 2 ** 31 - 1)

fiber.addObserver((exit) => {
  clearInterval(alive)
  process.exit(ending?.code ?? (Exit.isSuccess(exit) ? exit.value : 1))
})
