/**
 * Means and medians over the last rows of a group. What a window holds is kept
 * twice: as it came, and sorted.
 */

let window: usize = 0
/** Rows of the group so far. */
let seen: usize = 0
/** Sum of the window, of two halves. */
let low: u64 = 0
let high: u64 = 0
/** The last values, each list as long as the window. */
let summed: usize = 0
let values: usize = 0
let sorted: usize = 0

/** Gives where free memory begins. */
export function start(size: usize): usize {
  window = size
  summed = (__heap_base + 7) & ~7
  values = summed + 8 * size
  sorted = values + 8 * size
  return sorted + 8 * size
}

/** Writes which rows are of another group than the row before, or stand not behind it, and gives how many. */
export function runs(count: usize, groups: usize, places: usize, starts: usize): usize {
  let found = starts
  for (let row: usize = 0; row < count; row++) {
    const at: usize = 8 * row
    const isBehind =
      row > 0 &&
      load<u64>(groups + at) === load<u64>(groups + at - 8) &&
      load<i64>(places + at) > load<i64>(places + at - 8)
    if (isBehind) continue
    store<u32>(found, <u32>row)
    found += 4
  }
  return (found - starts) >> 2
}

/** A group begins. */
export function begin(): void {
  seen = 0
  low = 0
  high = 0
}

/**
 * Takes the next rows of the group: what the mean is of, whole numbers, and what the median is of. In their place come
 * mean and median, NaN where the window is not full.
 */
export function roll(count: usize, means: usize, medians: usize): void {
  for (let at: usize = 0; at < 8 * count; at += 8) {
    add(load<u64>(means + at), load<f64>(medians + at))
    const isFull = seen >= window
    store<f64>(means + at, isFull ? mean() : NaN)
    store<f64>(medians + at, isFull ? median() : NaN)
  }
}

function add(counted: u64, value: f64): void {
  const slot: usize = 8 * <usize>(seen % window)
  let held = seen
  if (seen >= window) {
    const gone = load<u64>(summed + slot)
    if (low < gone) high--
    low -= gone
    held = window - 1
    const at = position(load<f64>(values + slot), window)
    memory.copy(at, at + 8, sorted + 8 * held - at)
  }
  low += counted
  if (low < counted) high++
  store<u64>(summed + slot, counted)
  store<f64>(values + slot, value)
  const at = position(value, held)
  memory.copy(at + 8, at, sorted + 8 * held - at)
  store<f64>(at, value)
  seen++
}

/** Of the first of the sorted values that is not smaller. */
function position(value: f64, count: usize): usize {
  let from: usize = 0
  let to = count
  while (from < to) {
    const middle = (from + to) >> 1
    if (load<f64>(sorted + 8 * middle) < value) from = middle + 1
    else to = middle
  }
  return sorted + 8 * from
}

function mean(): f64 {
  return (<f64>high * 4294967296.0 * 4294967296.0 + <f64>low) / <f64>window
}

function median(): f64 {
  const middle = sorted + 8 * (window >> 1)
  const upper = load<f64>(middle)
  return (window & 1) === 1 ? upper : load<f64>(middle - 8) * 0.5 + upper * 0.5
}
