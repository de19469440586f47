/** What a loader in a process of its own says of itself, when it is done. */
export interface Measured {
  readonly records: number
  readonly seconds: number
  /** Seconds of all its threads and processes. */
  readonly cpu: number
  /** MiB at the peak. */
  readonly memory: number
  readonly note?: string
}

/** Measures from after the imports, and prints it as JSON. */
export const report = async (load: () => Promise<number>, note?: string): Promise<void> => {
  const before = process.cpuUsage()
  const started = performance.now()
  const records = await load()
  const seconds = (performance.now() - started) / 1000
  const { system, user } = process.cpuUsage(before)
  const measured: Measured = {
    records,
    seconds,
    cpu: (system + user) / 1e6,
    memory: process.resourceUsage().maxRSS / 1024,
    ...(note === undefined ? {} : { note })
  }
  process.stdout.write(`${JSON.stringify(measured)}\n`)
}
