#!/usr/bin/env node
/**
 * Starts Strata: plain JavaScript that any Node reads.
 *
 * On a Node that is too old it goes on with the one that the package `node`
 * brings, where that is installed. Beside the sources it runs the sources, in
 * the published package what was built from them. The help of a command is
 * printed before anything is loaded.
 */
import { existsSync, readFileSync } from "node:fs"
import * as module from "node:module"
import { stripVTControlCharacters } from "node:util"

const [major, minor] = process.versions.node.split(".").map(Number)

if (major > 22 || (major === 22 && minor >= 19)) await start(process.argv.slice(2))
else await startWithNewerNode()

async function start(args) {
  const folder = existsSync(new URL("./main.ts", import.meta.url)) ? "." : "../dist/cli"
  const help = helpOf(args, folder)
  if (help !== undefined) return print(help)
  // A running query holds one of libuv's threads: four are too few for queries and files together.
  process.env.UV_THREADPOOL_SIZE ??= "16"
  module.enableCompileCache()
  const extension = folder === "." ? "ts" : "js"
  const load = (name) => import(`${folder}/${name}.${extension}`)
  const { answer } = await load("quick")
  const text = await answer(args, { isColored: isColored() })
  if (text === undefined) await load("main")
  else print(text)
}

/** `help.json` holds what the command line itself would print; a test keeps it so. */
function helpOf([command, flag, ...rest], folder) {
  if (rest.length > 0 || (flag !== "--help" && flag !== "-h")) return undefined
  const texts = JSON.parse(readFileSync(new URL(`${folder}/help.json`, import.meta.url), "utf8"))
  if (!Object.hasOwn(texts, command)) return undefined
  return isColored() ? texts[command] : stripVTControlCharacters(texts[command])
}

function isColored() {
  const { FORCE_COLOR = "", NO_COLOR = "", TERM } = process.env
  const isWanted = (FORCE_COLOR !== "" && FORCE_COLOR !== "0") || (process.stdout.isTTY && TERM !== "dumb")
  return NO_COLOR === "" && isWanted
}

function print(text) {
  process.stdout.on("error", () => process.exit(0))
  process.stdout.write(`${text}\n`)
}

async function startWithNewerNode() {
  const node = newerNode()
  if (node === undefined || process.env.STRATA_NODE !== undefined) {
    console.error(`strata needs Node 22.19 or newer, and this is ${process.version}`)
    process.exit(1)
  }
  const { spawn } = await import("node:child_process")
  const { constants } = await import("node:os")
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, STRATA_NODE: node }
  })
  // From a terminal Ctrl-C reaches both processes: the child takes the two within a moment as one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function newerNode() {
  try {
    return module.createRequire(import.meta.url).resolve("node/bin/node")
  } catch {
    return undefined
  }
}
