/** The thread that encodes blocks: requests and answers come as messages whose buffers change hands. */
import { parentPort } from "node:worker_threads"
import { make, type Request } from "./Encoding.ts"

const port = parentPort!
const encode = make()

port.on("message", (request: Request) => {
  const encoded = encode(request)
  port.postMessage(encoded, [
    encoded.block.buffer as ArrayBuffer,
    ...encoded.messages.filter(({ bytes }) => bytes.length > 0).map(({ bytes }) => bytes.buffer as ArrayBuffer)
  ])
})
