/**
 * The thread that judges blocks: rules come with the start, blocks and verdicts
 * by messages whose buffers change hands.
 */
import { parentPort, workerData } from "node:worker_threads"
import type { LineBlock } from "./LineBlock.ts"
import { type LineJudge, make } from "./LineJudge.ts"

export interface Request {
  readonly block: LineBlock
  /** Room for the text. */
  readonly scratch: ArrayBuffer | undefined
}

const port = parentPort!
const judge: LineJudge = workerData._tag === "Own" ? (await import(workerData.module)).judge() : make(workerData)

port.on("message", ({ block, scratch }: Request) => {
  const verdict = judge(block, scratch === undefined ? undefined : new Uint8Array(scratch))
  port.postMessage({ verdict, bytes: block.bytes }, [
    verdict.text.buffer as ArrayBuffer,
    verdict.rejects.buffer as ArrayBuffer,
    block.bytes.buffer as ArrayBuffer
  ])
})
