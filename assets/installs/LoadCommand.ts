/**
 * `strata installs load`: makes what of `installs/loaded` is not made yet, and
 * says of each file whether it was loaded well enough.
 *
 * It is a run like any other: what was loaded is remembered, and the same command
 * again sends only what was not accepted.
 */
import { basename, dirname, join, resolve } from "node:path"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import { Materialize } from "../../runtime/index.ts"
import * as Device from "./Device.ts"
import * as DryRun from "./DryRun.ts"
import type { Options } from "./InstallsCommand.ts"
import * as LoadReport from "./LoadReport.ts"
import * as Servers from "./Servers.ts"
import * as Source from "./Source.ts"
import * as Verdict from "./Verdict.ts"

export const load = Effect.fn("installs.load")(
  function* (options: Options) {
    if ((yield* Source.files).length === 0) return yield* Console.error(nothing(options))
    if (options.dry) return yield* DryRun.print(yield* Servers.read(given(options)))
    const reports: Array<LoadReport.LoadReport> = []
    const ended = yield* Effect.exit(
      perform(options).pipe(
        Effect.provideService(LoadReport.Listener, (report) => Effect.sync(() => void reports.push(report)))
      )
    )
    const sorted = reports.toSorted((a, b) => (a.file < b.file ? -1 : 1))
    yield* Effect.forEach(sorted, (report) => Console.log(lineOf(report)), { discard: true })
    if (options.dotRename) {
      yield* Effect.forEach(sorted.filter(Verdict.isGood), ({ file }) => hide(file), { discard: true })
    }
    return yield* ended
  },
  (effect, options) => Effect.scoped(logged(configured(effect, options), options))
)

/** The run says on stderr what it does; stdout has the verdicts alone. Files of a pattern are found again by nobody but this command. */
const perform = (options: Options) =>
  Materialize.use(({ run }) =>
    run({
      selection: ["+installs/loaded"],
      config: addresses(options, (type, address) => [`installs/loaded.${type}=${address}`]),
      ...Option.match(options.pattern, {
        onNone: () => ({}),
        onSome: (pattern) => ({
          resume: [
            ...["installs", "load", "--pattern", resolve(pattern)],
            ...addresses(options, (type, address) => [`--${type}`, address]),
            ...(options.dotRename ? ["--dot-rename"] : [])
          ]
        })
      })
    })
  )

const addresses = (options: Options, words: (type: Device.Type, address: string) => ReadonlyArray<string>) =>
  Device.types.flatMap((type) =>
    Option.match(options[type], { onNone: () => [], onSome: (address) => words(type, address) })
  )

const nothing = ({ pattern }: Options): string =>
  Option.match(pattern, {
    onNone: () =>
      "no file has landed: STRATA_INSTALLS_SOURCE or --pattern names another folder, and strata generate installs makes a sample",
    onSome: (pattern) => `no file matches ${pattern}`
  })

const given = (options: Options) =>
  Object.fromEntries(Device.types.map((type) => [type, Option.getOrNull(options[type])])) as Readonly<
    Record<Device.Type, string | null>
  >

/** Flags stand before the settings that they are for. */
const configured = <A, E, R>(effect: Effect.Effect<A, E, R>, { pattern, workers }: Options) =>
  Effect.gen(function* () {
    const settings = {
      ...Option.match(pattern, {
        onNone: () => ({}),
        onSome: (path) => ({ STRATA_INSTALLS_SOURCE: dirname(path), STRATA_INSTALLS_PATTERN: basename(path) })
      }),
      ...Option.match(workers, {
        onNone: () => ({}),
        onSome: (count) => ({ STRATA_INSTALLS_WORKERS: String(count) })
      })
    }
    const provider = ConfigProvider.orElse(ConfigProvider.fromUnknown(settings), yield* ConfigProvider.ConfigProvider)
    return yield* Effect.provideService(effect, ConfigProvider.ConfigProvider, provider)
  })

const logged = <A, E, R>(effect: Effect.Effect<A, E, R>, { log }: Options) =>
  Option.match(log, {
    onNone: () => effect,
    onSome: (path) =>
      Effect.provide(
        effect,
        Logger.layer([Logger.toFile(Logger.formatLogFmt, path, { flag: "a" })], { mergeWithExisting: true })
      )
  })

const lineOf = (report: LoadReport.LoadReport): string => {
  const { errors, file, processed, rate } = report
  const verdict = Verdict.isGood(report) ? "acceptable" : "not acceptable"
  return `${file}: processed ${processed}, errors ${errors} (${Verdict.percent(report)}), ${rate} records a second, ${verdict}`
}

const hide = Effect.fnUntraced(function* (file: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const folder = yield* Source.folder
  yield* fileSystem.rename(join(folder, file), join(folder, `.${file}`))
})
