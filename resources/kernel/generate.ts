/**
 * Compiles every kernel: `node resources/kernel/generate.ts`.
 *
 * Beside `Name.as.ts` comes `Name.wasm.ts`, its code as text, so that it is
 * found wherever the package is. It is checked in, and a test says when it is
 * not fresh.
 */
import { execFileSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"

/** The folder that their names start from. */
export const root = join(import.meta.dirname, "../..")

/** The kernels, by path without `.as.ts`; what lies in this folder is part of others. */
export const names = (): ReadonlyArray<string> =>
  globSync("{resources,assets}/**/*.as.ts", { cwd: root, exclude: ["resources/kernel/**"] })
    .map((file) => file.slice(0, -".as.ts".length))
    .sort()

/** The module with the code of a kernel. */
export const generated = (name: string): string => {
  const directory = mkdtempSync(join(tmpdir(), "strata-kernel-"))
  try {
    const target = join(directory, "kernel.wasm")
    execFileSync(process.execPath, [asc, `${name}.as.ts`, ...options, "--outFile", target], { cwd: root })
    const code = readFileSync(target).toString("base64")
    return `/** Compiled from \`${basename(name)}.as.ts\` by \`resources/kernel/generate.ts\`. */\nexport const code =\n  "${code}"\n`
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const asc = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js")

const options = ["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd", "--use", "abort="]

if (import.meta.main) {
  for (const name of names()) writeFileSync(join(root, `${name}.wasm.ts`), generated(name))
}
