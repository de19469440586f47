/**
 * Makes the static code of every `proto/*.proto`: `node proto/generate.ts`.
 *
 * Beside `name.proto` come `name.pb.js`, messages with `encode` and `decode` that
 * need no reflection, and `name.pb.d.ts`, their types. Both are checked in, so
 * that nothing is generated at run time; a test says when they are not fresh.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"

/** The folder of the definitions and their code. */
export const folder = import.meta.dirname

/** The definitions, by name without `.proto`. */
export const names = (): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".proto"))
    .map((file) => basename(file, ".proto"))
    .sort()

/** The code of a definition, by file name. */
export const generated = (name: string): ReadonlyMap<string, string> => {
  const directory = mkdtempSync(join(tmpdir(), "strata-proto-"))
  try {
    const target = join(directory, `${name}.pb.js`)
    execFileSync(process.execPath, [pbjs, ...options, "--root", name, "--out", target, join(folder, `${name}.proto`)])
    return new Map(
      [`${name}.pb.js`, `${name}.pb.d.ts`].map((file) => [file, readFileSync(join(directory, file), "utf8")])
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const pbjs = createRequire(import.meta.url).resolve("protobufjs-cli/bin/pbjs")

/** Fields keep the names that they have in the definition; services are left to the gRPC client. */
const options = "--target static-module --wrap esm --dts --keep-case --no-service --no-delimited --no-typeurl".split(
  " "
)

if (import.meta.main) {
  for (const name of names()) {
    for (const [file, text] of generated(name)) writeFileSync(join(folder, file), text)
  }
}
