/** What the features of a symbol are, told in the plainest way: each window is summed and sorted anew. */

export interface Day {
  readonly price: number
  readonly volume: number
}

/** Of each day, in order: the mean volume and the median price of the last `window` days, if there were as many. */
export const rolling = (days: ReadonlyArray<Day>, window: number) =>
  days.map((_, index) => {
    if (index + 1 < window) return { mean: null, median: null }
    const last = days.slice(index + 1 - window, index + 1)
    const sum = last.reduce((sum, { volume }) => sum + BigInt(volume), 0n)
    return { mean: Number(sum) / window, median: middle(last.map(({ price }) => price).sort((a, b) => a - b)) }
  })

const middle = (sorted: ReadonlyArray<number>): number => {
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
