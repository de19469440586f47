/**
 * Numbers, sizes and times as people read them.
 */

/** Digits in groups of three: `5,580`. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",")

/** A count with its noun: `1 asset`, `2 assets`. */
export const counted = (n: number, noun: string, plural: string = `${noun}s`): string =>
  `${count(n)} ${n === 1 ? noun : plural}`

/** Three digits and a decimal unit: `1.42 MB`. */
export const bytes = (n: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"]
  let value = n
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : threeDigits(value)} ${units[unit]}`
}

/** `340 ms`, `1.2 s`, `2 m 05 s`, `3 h 07 m`. */
export const duration = (millis: number): string => {
  if (millis < 1000) return `${Math.round(millis)} ms`
  if (millis < 59_950) return `${(millis / 1000).toFixed(1)} s`
  const seconds = Math.round(millis / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`
}

/** Three digits and a letter: `12.0k`. */
export const short = (n: number): string => {
  const [value, unit] = n < 1000 ? [n, ""] : n < 999_500 ? [n / 1000, "k"] : [n / 1e6, "M"]
  return `${unit === "" ? Math.round(value) : threeDigits(value)}${unit}`
}

/** How long before `now`: `just now`, `2 minutes ago`, `3 days ago`. */
export const ago = (millis: number, now: number): string => {
  const seconds = Math.max(0, Math.floor((now - millis) / 1000))
  if (seconds < 10) return "just now"
  if (seconds < 60) return `${seconds} seconds ago`
  if (seconds < 3600) return `${counted(Math.floor(seconds / 60), "minute")} ago`
  if (seconds < 86_400) return `${counted(Math.floor(seconds / 3600), "hour")} ago`
  if (seconds < 30 * 86_400) return `${counted(Math.floor(seconds / 86_400), "day")} ago`
  return `on ${iso(millis).slice(0, 10)}`
}

export const iso = (millis: number): string => new Date(millis).toISOString()

const threeDigits = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)

const twoDigits = (value: number): string => String(value).padStart(2, "0")
