/**
 * Columns as Parquet stores them, in the memory of a kernel: leaves, each with
 * its values and its levels of definition and repetition, a byte a level.
 *
 * `readers/ColumnMemory.ts` says how leaves lie. What a row has added so far is
 * taken back by `restore`, so a row is there whole or not at all.
 */

/** The leaf that had no room for a row, or 0. */
let lacking: usize = 0
/** Those that are there whole. */
let rows: u32 = 0

/** Where free memory begins. */
export function heap(): usize {
  return __heap_base
}

export function lackingLeaf(): usize {
  return lacking
}

export function rowCount(): u32 {
  return rows
}

export function clear(): void {
  lacking = 0
  rows = 0
}

/** Adds the number of a row to its leaf, and counts the row. */
export function count(leaf: usize, number: i64): bool {
  if (!append<i64>(leaf, number)) return false
  rows++
  return true
}

export function lacks(leaf: usize): bool {
  lacking = leaf
  return false
}

/** What the leaves held before the row. */
export function save(leaves: usize, end: usize): void {
  for (let leaf = leaves; leaf < end; leaf += 64) v128.store(leaf, v128.load(leaf), 48)
}

export function restore(leaves: usize, end: usize): void {
  for (let leaf = leaves; leaf < end; leaf += 64) v128.store(leaf, v128.load(leaf, 48))
}

/** Adds to the levels of a leaf that has any. */
export function mark(leaf: usize, rep: u32, def: u32): bool {
  if (load<u32>(leaf, 40) === 0) return true
  const defs = load<u32>(leaf, 4)
  if (defs >= load<u32>(leaf, 20)) return lacks(leaf)
  store<u8>(defs, def)
  store<u32>(leaf, defs + 1, 4)
  if (load<u32>(leaf, 44) === 0) return true
  const reps = load<u32>(leaf, 8)
  store<u8>(reps, rep)
  store<u32>(leaf, reps + 1, 8)
  return true
}

/** Adds a value of so many bytes. */
export function append<T>(leaf: usize, value: T): bool {
  const at = load<u32>(leaf)
  if (at + sizeof<T>() > load<u32>(leaf, 16)) return lacks(leaf)
  store<T>(at, value)
  store<u32>(leaf, at + <u32>sizeof<T>())
  return true
}

/** Writes levels as Parquet's runs, of so many bits each; gives the end. Eight bytes after them are overwritten. */
export function runs(from: usize, count: u32, width: u32, out: usize): usize {
  const first = load<u8>(from)
  let equal: u32 = 1
  while (equal < count && load<u8>(from + equal) === first) equal++
  if (equal < count) return packed(from, count, width, varint(((count + 7) >> 3) * 2 + 1, out))
  const end = varint(count * 2, out)
  store<u8>(end, first)
  return end + 1
}

/** Writes the lowest bits of bytes, so many of each. */
export function packed(from: usize, count: u32, width: u32, out: usize): usize {
  store<u64>(from + count, 0)
  const end = from + count
  for (let i = from; i < end; i += 8) {
    let group: u64 = 0
    for (let j: u32 = 0; j < 8; j++) group |= (<u64>load<u8>(i + j)) << (j * width)
    store<u64>(out, group)
    out += width
  }
  return out
}

function varint(value: u32, out: usize): usize {
  while (value > 127) {
    store<u8>(out++, value | 128)
    value >>= 7
  }
  store<u8>(out++, value)
  return out
}
