/**
 * What a thread or process prints, line by line: blank lines are left out, and
 * of a line without an end only so much is kept.
 */
import type { Readable } from "node:stream"

export const listen = (stream: Readable, each: (line: string) => void): void => {
  let rest = ""
  const tell = (line: string) => {
    if (line.trim() !== "") each(line.slice(0, longest))
  }
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop()!.slice(0, longest)
    lines.forEach(tell)
  })
  stream.on("end", () => tell(rest))
}

/** Characters; no log keeps more of a line. */
const longest = 16_384
