/**
 * Installs the servers that tests start, where the machine lacks them: Debian
 * packages, which takes root. Elsewhere it says what to install.
 */
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

/** The program that a test starts, and the Debian package that holds it. */
const servers = [
  { program: "redis-server", package: "redis-server" },
  { program: "memcached", package: "memcached" }
]

export const setup = (): void => {
  const missing = servers.filter(({ program }) => !isInstalled(program)).map((server) => server.package)
  if (missing.length === 0) return
  process.stderr.write(`installing ${missing.join(" and ")} for the tests\n`)
  try {
    apt("update")
    apt("install", "--yes", "--no-install-recommends", ...missing)
  } catch (cause) {
    throw new Error(
      `the tests start ${missing.join(" and ")}: install them, as in apt-get install ${missing.join(" ")}`,
      { cause }
    )
  }
}

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)))

// The packages would start services of their own, which no test uses.
const apt = (...words: ReadonlyArray<string>) =>
  execFileSync("apt-get", words, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }
  })
