/**
 * An explanation for people, with the command that helps at its end, and as data.
 */
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as Explanation from "./Explanation.ts"

/** Writes the words of a command line so that they can be typed into a shell. */
export type CommandLine = (words: ReadonlyArray<string>) => string

/** One or two sentences. */
export const text = (self: Explanation.Explanation, line: CommandLine): string => {
  const helps = `: ${line(command(self))}`
  switch (self._tag) {
    case "Observed":
      return `${self.subject.name} is observed, not made${observed(self)}. What is made from it${helps}`
    case "DoesNotExist":
      return self.inputs.length === 0
        ? `${self.subject.name} does not exist: nothing has landed there. What has${helps}`
        : `${self.subject.name} does not exist: there is nothing of ${listed(self.inputs)} that it would be made from. What there is${helps}`
    case "UpToDate":
      return `${self.subject.name} is up to date: made by run ${self.object.runId} at ${time(self.object.createdAt)}, and nothing that it is made from has changed since. How it was made${helps}`
    case "Behind":
      return `${self.subject.name} is behind: nothing has changed since run ${self.object.runId} made it, but ${listed(self.causes.map(cause))}. To make both${helps}`
    case "Failed":
      return `${self.subject.name} failed${failure(self)}. To make it again${helps}`
    case "Missing":
      return self.waitsFor.length === 0
        ? `${self.subject.name} is missing: it was not made yet, and everything that it is made from is there. To make it${helps}`
        : `${self.subject.name} is missing: it waits for ${listed(self.waitsFor.map(waiting))}. To make both${helps}`
    case "Incomplete":
      return `${self.subject.name} is missing: it is made once all of ${listed(self.inputs.map(({ asset }) => asset))} is there, and waits for ${listed(self.inputs.map(incomplete))}. What there is${helps}`
    case "Stale":
      return `${self.subject.name} is stale: ${reasons(self.changes).join("; ")}. To make it again${helps}`
  }
}

/** The words of the command that helps. */
export const command = (self: Explanation.Explanation): ReadonlyArray<string> => {
  const { asset, key } = self.subject
  const partition = key === "" ? [] : ["-p", key]
  switch (self._tag) {
    case "Observed":
      return ["list", `${asset}+`]
    case "DoesNotExist":
      return ["show", self.inputs[0] ?? asset]
    case "Incomplete":
      return ["show", self.inputs[0]!.asset]
    case "UpToDate":
      return ["run", self.object.runId]
    case "Behind":
      return ["materialize", `+${asset}`, ...partition]
    case "Missing":
      return ["materialize", self.waitsFor.length === 0 ? asset : `+${asset}`, ...partition]
    case "Failed":
    case "Stale":
      return ["materialize", asset, ...partition]
  }
}

/** What has changed, a line each: `code changed: assets/postings/Title.ts`. */
export const reasons = ({ code, config, inputs, schema }: Explanation.Changes): ReadonlyArray<string> => {
  const lines = [
    ...(code === undefined ? [] : [`code changed: ${codeText(code)}`]),
    ...(config.length === 0
      ? []
      : [`config changed: ${config.map(({ before, field, now }) => `${field} ${before} → ${now}`).join(", ")}`]),
    ...(schema === undefined ? [] : [`schema changed: ${schema}`]),
    ...(inputs.length === 0 ? [] : [`input changed: ${listed(inputs.map(inputText))}`])
  ]
  return lines.length > 0 ? lines : ["input changed: it is made from other partitions now, or one of them is gone"]
}

/** The explanation as data; the form is kept. */
export const json = (self: Explanation.Explanation): unknown => ({
  asset: self.subject.asset,
  partition: self.subject.key === "" ? null : self.subject.key,
  status: self._tag,
  ...details(self),
  command: command(self)
})

const details = (self: Explanation.Explanation): Readonly<Record<string, unknown>> => {
  switch (self._tag) {
    case "Observed":
      return {
        changedAt: self.observation === undefined ? null : time(self.observation.changedAt),
        files: self.observation?.files.map(({ name }) => name) ?? []
      }
    case "DoesNotExist":
      return { inputs: self.inputs }
    case "UpToDate":
      return madeJson(self.object)
    case "Behind":
      return { ...madeJson(self.object), causes: self.causes.map(json) }
    case "Failed":
      return {
        run: self.failure?.run.id ?? null,
        attempts: self.failure?.attempts ?? null,
        error: self.failure?.error ?? null
      }
    case "Missing":
      return { waitsFor: self.waitsFor.map(json) }
    case "Incomplete":
      return {
        inputs: self.inputs.map(({ absent, asset, text }) => ({
          asset,
          absent: text,
          count: PartitionSet.size(absent)
        }))
      }
    case "Stale":
      return { ...madeJson(self.object), reasons: reasons(self.changes), changes: changesJson(self.changes) }
  }
}

const madeJson = ({ createdAt, runId }: { readonly createdAt: number; readonly runId: string }) => ({
  run: runId,
  at: time(createdAt)
})

const changesJson = ({ code, config, inputs, schema }: Explanation.Changes) => ({
  code: code === undefined ? null : { ...code, parts: code.parts ?? null },
  config,
  schema: schema ?? null,
  inputs: inputs.map(({ at, files, run, subject }) => ({
    asset: subject.asset,
    partition: subject.key === "" ? null : subject.key,
    at: time(at),
    files,
    run: run ?? null
  }))
})

const observed = ({ observation }: Extract<Explanation.Explanation, { readonly _tag: "Observed" }>): string => {
  if (observation === undefined) return ""
  const files = observation.files.length === 0 ? "" : `${counted(observation.files.length, "file")}, `
  return `: ${files}last changed at ${time(observation.changedAt)}`
}

const failure = ({ failure }: Extract<Explanation.Explanation, { readonly _tag: "Failed" }>): string => {
  if (failure === undefined) return ""
  const attempts = failure.attempts === 1 ? "" : ` after ${failure.attempts} attempts`
  return ` in run ${failure.run.id}${attempts}: ${failure.error.tag}: ${failure.error.message}`
}

const waiting = (self: Explanation.Explanation): string => {
  const { name } = self.subject
  switch (self._tag) {
    case "Failed":
      return `${name}, which failed${self.failure === undefined ? "" : ` (${self.failure.error.message})`}`
    case "Missing":
      return self.waitsFor.length === 0
        ? `${name}, which was not made yet`
        : `${name}, which waits for ${listed(self.waitsFor.map(waiting), 2)}`
    case "Incomplete":
      return `${name}, which waits for ${listed(self.inputs.map(incomplete), 2)}`
    case "Observed":
    case "DoesNotExist":
    case "UpToDate":
    case "Behind":
    case "Stale":
      return name
  }
}

const cause = ({ _tag, subject }: Explanation.Explanation): string =>
  _tag === "Failed" ? `${subject.name} failed` : `${subject.name} is ${_tag === "Stale" ? "stale" : "missing"}`

const incomplete = ({ asset, text }: Explanation.IncompleteInput): string => `${asset} ${text}`

const codeText = ({ before, now, parts }: Explanation.CodeChange): string =>
  parts === undefined || parts.length === 0 ? `version ${before || "none"} → ${now || "none"}` : listed(parts)

const inputText = ({ files, subject }: Explanation.InputChange): string =>
  files.length === 0 ? subject.name : `${subject.name} (${listed(files, 2)})`

/** The first few, and how many more. */
const listed = (all: ReadonlyArray<string>, limit = 3): string =>
  all.length <= limit ? all.join(", ") : `${all.slice(0, limit).join(", ")} and ${all.length - limit} more`

const counted = (n: number, noun: string): string => (n === 1 ? `1 ${noun}` : `${n} ${noun}s`)

const time = (millis: number): string => new Date(millis).toISOString().replace(".000Z", "Z")
