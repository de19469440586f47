#!/usr/bin/env node
/**
 * Starts Strata: plain JavaScript that any Node reads.
 *
 * On a Node that is too old it goes on with the one that the package `node`
 * brings, where that is installed. Beside the sources it runs the sources, in
 * the published package what was built from them.
 */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import * as module from "node:module"
import { constants } from "node:os"

const [major, minor] = process.versions.node.split(".").map(Number)

if (major > 22 || (major === 22 && minor >= 19)) await start()
else startWithNewerNode()

async function start() {
  // A running query holds one of libuv's threads: four are too few for queries and files together.
  process.env.UV_THREADPOOL_SIZE ??= "16"
  module.enableCompileCache()
  const file = existsSync(new URL("./main.ts", import.meta.url))
    ? (name) => `./${name}.ts`
    : (name) => `../dist/cli/${name}.js`
  const { answer } = await import(file("quick"))
  if (!answer(process.argv.slice(2))) await import(file("main"))
}

function startWithNewerNode() {
  const node = newerNode()
  if (node === undefined || process.env.STRATA_NODE !== undefined) {
    console.error(`strata needs Node 22.19 or newer, and this is ${process.version}`)
    process.exit(1)
  }
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
