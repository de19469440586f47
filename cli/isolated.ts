/**
 * The process or thread that performs isolated steps: definitions and resources
 * are loaded once, steps come by messages.
 *
 * It ends when the run does: a process when the channel to it closes.
 */
import { writeFileSync } from "node:fs"
import { parentPort } from "node:worker_threads"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { ProcessName } from "../runtime/definition/ProcessName.ts"
import type { ToSide } from "../runtime/execute/IsolatedMessage.ts"
import * as IsolatedServer from "../runtime/execute/IsolatedServer.ts"
import * as ProcessFolder from "../runtime/record/ProcessFolder.ts"
import * as Secrets from "../runtime/record/Secrets.ts"
import * as Project from "./Project.ts"
import type { ProjectLocation } from "./ProjectLocation.ts"
import * as Wiring from "./Wiring.ts"

const location: ProjectLocation = JSON.parse(process.argv[2]!)

const load = Effect.gen(function* () {
  const { codeVersions, definitions } = yield* Project.definitions(location)
  const build = yield* Wiring.builder
  const resources = yield* build(Wiring.resources(definitions))
  const engine = yield* build(Wiring.engine)
  const assets = new Map(definitions.assets.map((asset) => [asset.key, asset]))
  return { assets, codeVersions, resources, engine, isAlone: parentPort === null }
})

const port: IsolatedServer.Port =
  parentPort === null
    ? {
        send: (message) => void process.send!(message, () => {}),
        receive: (listener) => process.on("message", (message: ToSide) => listener(message))
      }
    : {
        send: (message) => parentPort!.postMessage(message),
        receive: (listener) => parentPort!.on("message", listener)
      }

const fiber = Effect.runFork(
  IsolatedServer.serve(port, load).pipe(
    Effect.scoped,
    Effect.provide(NodeServices.layer),
    Effect.provideService(Secrets.Secrets, Secrets.make(process.env)),
    Effect.provideServiceEffect(ProcessName, ProcessFolder.name)
  )
)

/** A thread ends by itself: with `process.exit` it would take along what native code is in the middle of. */
let end: () => void = () => (parentPort === null ? process.exit(0) : parentPort.close())
fiber.addObserver(() => end())
if (parentPort === null) {
  process.on("disconnect", endAlone)
  preferForKilling()
}

/** The run is gone: finalizers get a second, and then all that was started here ends too. */
function endAlone() {
  end = () => process.kill(-process.pid, "SIGKILL")
  setTimeout(end, 1000)
  fiber.interruptUnsafe()
}

/** Where memory is short, the kernel ends this process and not the run. */
function preferForKilling() {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000")
  } catch {
    // Not on Linux.
  }
}
