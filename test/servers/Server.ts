/**
 * A real server for a test: on loopback, on a free port, gone with the scope.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { connect, createServer } from "node:net"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"

export class ServerNotStarted extends Schema.TaggedError<ServerNotStarted>()("ServerNotStarted", {
  program: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.program} did not start: ${this.reason}`
  }
}

export interface Server {
  readonly host: string
  /** Stays the same over restarts. */
  readonly port: number
  /** Of the process that runs now, or ran last. */
  readonly pid: () => number
  /** Sends a signal, such as SIGSTOP and SIGCONT; SIGKILL ends it without a word. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Ends the process and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Effect.Effect<void>
  /** Starts it again on the same port, after it was stopped. */
  readonly start: Effect.Effect<void, ServerNotStarted>
}

export interface Program {
  readonly command: string
  readonly args: (port: number) => ReadonlyArray<string>
  /** Asked once the port accepts; says what a server that is ready answers. */
  readonly question: string
  readonly answer: RegExp
}

/** Starts the program on a free port; another one is tried where somebody else was faster. */
export const make = (program: Program) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const port = yield* freePort
      const server = onPort(program, port)
      yield* server.start
      return server
    }).pipe(Effect.retry({ times: 5 })),
    (server) => Effect.andThen(server.signal("SIGCONT"), server.stop("SIGKILL"))
  )

const onPort = (program: Program, port: number): Server => {
  const running: { child: ChildProcess | undefined; pid: number } = { child: undefined, pid: 0 }
  const stop = (signal: NodeJS.Signals = "SIGTERM") =>
    Effect.callback<void>((resume) => {
      const { child } = running
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
      child.once("exit", () => resume(Effect.void))
      child.kill(signal)
    })
  const start = Effect.gen(function* () {
    const child = spawn(program.command, program.args(port), { stdio: "ignore" })
    running.child = child
    running.pid = child.pid ?? 0
    // A server that dies before it answers is not waited for.
    yield* Effect.raceFirst(ready(program, port), ended(program, child))
  })
  const signal = (signal: NodeJS.Signals) => Effect.sync(() => void running.child?.kill(signal))
  return { host: "127.0.0.1", port, pid: () => running.pid, signal, stop, start }
}

const ended = (program: Program, child: ChildProcess) =>
  Effect.callback<never, ServerNotStarted>((resume) => {
    const fail = (reason: string) => resume(Effect.fail(new ServerNotStarted({ program: program.command, reason })))
    child.once("error", (error) => fail(error.message))
    child.once("exit", (code, signal) => fail(`it ended with ${code ?? signal}`))
  })

const ready = (program: Program, port: number) =>
  ask(program, port).pipe(
    Effect.retry({ schedule: Schedule.spaced("20 millis"), times: 500 }),
    // A server takes real time to start, also in a test whose clock stands still.
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
  )

const ask = ({ command, question, answer }: Program, port: number) =>
  Effect.callback<void, ServerNotStarted>((resume) => {
    const socket = connect({ host: "127.0.0.1", port })
    const end = (effect: Effect.Effect<void, ServerNotStarted>) => {
      socket.destroy()
      resume(effect)
    }
    const fail = (reason: string) => end(Effect.fail(new ServerNotStarted({ program: command, reason })))
    socket.on("connect", () => socket.write(question))
    socket.on("data", (data) => {
      const text = data.toString("latin1")
      return answer.test(text) ? end(Effect.void) : fail(`it answers ${JSON.stringify(text)}`)
    })
    socket.on("error", (error) => fail(error.message))
    return Effect.sync(() => socket.destroy())
  })

/** Ports from 32768 on are given to clients by the system, and one of them could sit on it at a restart. */
const freePort: Effect.Effect<number, ServerNotStarted> = Effect.callback<number, ServerNotStarted>((resume) => {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const probe = createServer()
  probe.once("error", ({ message }) =>
    resume(Effect.fail(new ServerNotStarted({ program: "a port", reason: message })))
  )
  probe.listen(port, "127.0.0.1", () => probe.close(() => resume(Effect.succeed(port))))
}).pipe(Effect.retry({ times: 20 }))
