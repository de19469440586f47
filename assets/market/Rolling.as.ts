/**
 * Means and medians over the last rows of a group, of rows that come group by
 * group and in their order. What a window holds is kept twice: as it came, and
 * sorted.
 */

let window: usize = 0
/** Rows of the group so far; the group, and the place of its last row. */
let seen: usize = 0
let group: u64 = 0
let place: i64 = 0
/** Sum of the window, of two halves. */
let low: u64 = 0
let high: u64 = 0
/** The last values, each list as long as the window. */
let summed: usize = 0
let values: usize = 0
let sorted: usize = 0

/** Begins anew, and gives where free memory begins. */
export function start(size: usize): usize {
  window = size
  seen = 0
  summed = (__heap_base + 7) & ~7
  values = summed + 8 * size
  sorted = values + 8 * size
  return sorted + 8 * size
}

/**
 * Takes rows by columns: group, place in it, what the mean is of, a whole number, and what the median is of. In place
 * of the last two come mean and median, NaN where the window is not full. Writes the groups that begin, and gives how
 * many; -1 if a row does not stand behind the one before.
 */
export function roll(count: usize, groups: usize, places: usize, means: usize, medians: usize, begun: usize): i32 {
  let beginnings: i32 = 0
  for (let row: usize = 0; row < count; row++) {
    const nowGroup = load<u64>(groups + 8 * row)
    const nowPlace = load<i64>(places + 8 * row)
    if (seen === 0 || nowGroup !== group) {
      group = nowGroup
      seen = 0
      low = 0
      high = 0
      store<u64>(begun + 8 * beginnings++, nowGroup)
    } else if (nowPlace <= place) return -1
    place = nowPlace
    add(load<u64>(means + 8 * row), load<f64>(medians + 8 * row))
    const isFull = seen >= window
    store<f64>(means + 8 * row, isFull ? mean() : NaN)
    store<f64>(medians + 8 * row, isFull ? median() : NaN)
  }
  return beginnings
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
