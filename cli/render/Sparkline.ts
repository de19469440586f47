/**
 * Numbers over time as a row of blocks, the lowest the smallest of them.
 */

/** The last ones that fit; numbers that are all the same stand in the middle. */
export const of = (values: ReadonlyArray<number>, width: number): string => {
  const shown = values.slice(-width)
  const least = Math.min(...shown)
  const most = Math.max(...shown)
  return shown
    .map((value) => blocks[most === least ? 3 : Math.round(((value - least) / (most - least)) * (blocks.length - 1))])
    .join("")
}

const blocks = "▁▂▃▄▅▆▇█"
