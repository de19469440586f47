/** What the measurements say, and how numbers are written. */
import type { Measured } from "./Measured.ts"

export const say = (text: string) => process.stdout.write(`${text}\n`)

export const count = (n: number) => Math.round(n).toLocaleString("en-US")
export const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
export const times = (ours: number, theirs: number) => `${(ours / theirs).toPrecision(3)} ×`

export const perSecond = ({ lines, seconds }: Measured) => lines / seconds
export const enrichedPerSecond = ({ enriching, lines }: Measured) => lines / enriching!

export const row = (name: string, measured: Measured) =>
  say(
    `  ${name.padEnd(38)} ${count(perSecond(measured)).padStart(10)} lines/s  ${measured.seconds.toFixed(2).padStart(7)} s for ${count(measured.lines)}` +
      `${measured.enriching === undefined ? "" : `, ${measured.enriching.toFixed(2)} s in enriching`}  CPU ${measured.cpu.toFixed(1)} s  peak ${mb(measured.memory)}`
  )
