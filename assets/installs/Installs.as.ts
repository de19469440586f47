/**
 * Reads plain lines of installs into columns, and writes records as sets for memcached.
 *
 * A plain line has five fields as nearly all have: a printable ASCII id, coordinates of up to fifteen digits, and
 * applications that are digits alone. Whether any other is a record, the module says that uses this.
 */

/** Records and lines that were read. */
export let count: usize = 0
export let lines: u32 = 0

/** Sets that were written, and their bytes. */
export let sets: usize = 0
export let size: usize = 0

// The block and the columns of its records: see the interface in InstallLines.ts.
export let text: usize = 0
export let line: usize = 0
export let offset: usize = 0
export let type: usize = 0
export let keyStart: usize = 0
export let keyEnd: usize = 0
export let lat: usize = 0
export let lon: usize = 0
export let appsEnd: usize = 0
export let apps: usize = 0
export let dropped: usize = 0

/** The sets, and of each where it starts, its line in the block, and where that starts. */
export let out: usize = 0
export let setStart: usize = 0
export let setLine: usize = 0
export let setOffset: usize = 0

/** Makes room for a block of so many bytes; gives those of memory that it takes. The shortest record has twelve. */
export function place(bytes: usize): usize {
  const rows = mostRecords(bytes)
  free = __heap_base
  text = take(bytes)
  line = take(rows << 2)
  offset = take(rows << 2)
  type = take(rows)
  keyStart = take(rows << 2)
  keyEnd = take(rows << 2)
  lat = take(rows << 3)
  lon = take(rows << 3)
  appsEnd = take(rows << 2)
  apps = take(bytes << 1)
  dropped = take(rows << 2)
  out = take(3 * bytes)
  setStart = take(rows << 2)
  setLine = take(rows << 2)
  setOffset = take(rows << 2)
  return free
}

export function mostRecords(bytes: usize): usize {
  return bytes / 12 + 1
}

let free: usize = 0

/** With some more behind it, where reading and writing sixteen bytes at once may end. */
function take(bytes: usize): usize {
  const start = free
  free = (start + bytes + 128) & ~15
  return start
}

/**
 * Reads lines from a place of the block on; gives the place of the first one that is not plain, or the end. The block
 * ends with a line feed.
 */
export function read(from: usize, end: usize): usize {
  let n = count
  let app = apps + (firstApp(n) << 2)
  let start = from
  while (start < end) {
    const kind = typeOf(load<u32>(text + start))
    if (kind > 3 || load<u8>(text + start, 4) !== tab) break
    const id = text + start + 5
    const idEnd = afterPrintable(id)
    if (load<u8>(idEnd) !== tab || idEnd === id || idEnd - id > longestId) break
    const y = decimal(idEnd + 1)
    if (F64.isNaN(y)) break
    const x = decimal(afterDecimal + 1)
    if (F64.isNaN(x)) break

    const next = readApps(afterDecimal + 1, app)
    if (next === 0) break
    const column = n << 2
    store<u32>(line + column, lines)
    store<u32>(offset + column, <u32>start)
    store<u8>(type + n, kind)
    store<u32>(keyStart + column, <u32>start)
    store<u32>(keyEnd + column, <u32>(idEnd - text))
    store<f64>(lat + (n << 3), y)
    store<f64>(lon + (n << 3), x)
    app = afterApps
    store<u32>(appsEnd + column, <u32>((app - apps) >> 2))
    store<u32>(dropped + column, 0)
    n++
    lines++
    start = next - text
  }
  count = n
  return start
}

/**
 * Writes a set for each record of a type from one record on, behind those that are written; of lines before `from`
 * none. Gives the first record whose key memcached does not take, or the end.
 */
export function write(kind: u32, from: u32, first: usize): usize {
  let at = out + size
  let set = sets << 2
  let n = first
  for (; n < count; n++) {
    if (load<u8>(type + n) !== kind) continue
    const column = n << 2
    const key = text + <usize>load<u32>(keyStart + column)
    const length = text + <usize>load<u32>(keyEnd + column) - key
    if (length - 5 > longestId || !copyKey(at + 3, key, length)) break
    if (load<u32>(offset + column) < from) continue
    store<u32>(setStart + set, <u32>(at - out))
    store<u32>(setLine + set, load<u32>(line + column))
    store<u32>(setOffset + set, load<u32>(offset + column))
    set += 4
    store<u16>(at, 0x736d)
    store<u8>(at, 0x20, 2)
    store<u8>(at, 0x3a, 7)
    at += 3 + length
    // The length is not known yet; nearly all have three digits.
    const value = at + 8
    const after = writeValue(value, n)
    at = writeLength(at, after - value)
    if (at !== value) memory.copy(at, value, after - value)
    at += after - value
    store<u16>(at, 0x0a0d)
    at += 2
  }
  size = at - out
  sets = set >> 2
  return n
}

const tab: u8 = 9
const lineFeed: u32 = 10
const carriageReturn: u32 = 13
const comma: u32 = 44

/** Memcached takes 250 bytes, five of them for the type and a colon. */
const longestId: usize = 245

/** Its index in `Device.types`; 4 for none. */
function typeOf(name: u32): u32 {
  if (name === 0x61666469) return 0
  if (name === 0x64696167) return 1
  if (name === 0x64696461) return 2
  return name === 0x64697664 ? 3 : 4
}

/** The first place from `p` whose byte is no printable ASCII, or a space. */
function afterPrintable(p: usize): usize {
  let i = p
  while (notPrintable(i) === 0) i += 16
  return i + <usize>ctz(notPrintable(i))
}

function notPrintable(p: usize): i32 {
  return i8x16.bitmask(i8x16.gt_u(i8x16.sub(v128.load(p), i8x16.splat(33)), i8x16.splat(93)))
}

/** Where the decimal ended that was read last. */
let afterDecimal: usize

/** The number before a tab as `Decimal.ts` reads it; NaN for one that has more than fifteen digits, or is none. */
function decimal(from: usize): f64 {
  let p = from
  const isNegative = load<u8>(p) === 45
  if (isNegative) p++
  const first = p
  let mantissa: i64 = 0
  let digits: usize = 0
  let scale: usize = 0
  let digit: u32 = <u32>load<u8>(p) - 48
  for (; digit <= 9; digit = <u32>load<u8>(++p) - 48) mantissa = mantissa * 10 + <i64>digit
  digits = p - first
  if (load<u8>(p) === 46) {
    const point = p
    digit = <u32>load<u8>(++p) - 48
    for (; digit <= 9; digit = <u32>load<u8>(++p) - 48) mantissa = mantissa * 10 + <i64>digit
    scale = p - point - 1
    digits += scale
  }
  afterDecimal = p
  if (load<u8>(p) !== tab || digits - 1 > 14) return NaN
  const value = <f64>mantissa / load<f64>(powers + (scale << 3))
  return isNegative ? -value : value
}

const powers = memory.data<f64>([1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15])

/** Where the application is put that is read next. */
let afterApps: usize = 0

/** Puts numbers between commas at `to`; gives the place behind the line feed that follows them, or 0. */
function readApps(from: usize, to: usize): usize {
  let start = from
  let chunk = from
  let ends = nonDigits(chunk)
  afterApps = to
  for (;;) {
    while (ends === 0) {
      chunk += 64
      ends = nonDigits(chunk)
    }
    const end = chunk + <usize>ctz(ends)
    ends &= ends - 1
    const app = number(start, end)
    if (app > 0xffffffff) return 0
    store<u32>(afterApps, <u32>app)
    afterApps += 4
    start = end + 1
    const last = load<u8>(end)
    if (last === comma) continue
    if (last === carriageReturn && load<u8>(start) === lineFeed) return start + 1
    return last === lineFeed ? start : 0
  }
}

/** A bit for each of 64 bytes that is no digit. */
function nonDigits(p: usize): u64 {
  return nonDigits16(p) | (nonDigits16(p + 16) << 16) | (nonDigits16(p + 32) << 32) | (nonDigits16(p + 48) << 48)
}

function nonDigits16(p: usize): u64 {
  return <u64>(<u32>i8x16.bitmask(i8x16.gt_s(i8x16.sub(v128.load(p), i8x16.splat(-80)), i8x16.splat(-119))))
}

/** The number between two places, of up to ten digits; one too large of more, and of none. */
function number(from: usize, end: usize): u64 {
  const length = end - from
  if (length - 1 < 7) return upToSeven(end, length)
  if (length - 1 > 9) return u64.MAX_VALUE
  let value: u64 = 0
  for (let i = from; i < end; i++) value = value * 10 + load<u8>(i) - 48
  return value
}

/** That of up to seven digits: pairs of them, then pairs of pairs, at once. */
function upToSeven(end: usize, length: usize): u64 {
  const unused = <u64>(64 - (length << 3))
  let value = ((load<u64>(end - 8) ^ both(0x30303030)) >> unused) << unused
  value = ((value * 2561) >> 8) & both(0x00ff00ff)
  value = ((value * 6553601) >> 16) & 0x0000ffff0000ffff
  return (value * 42949672960001) >> 32
}

/** The same bytes twice. */
function both(half: u64): u64 {
  return (half << 32) | half
}

/** Whether memcached takes the key; more is written behind it. */
function copyKey(to: usize, key: usize, length: usize): bool {
  store<u32>(to, load<u32>(key))
  for (let i: usize = 5; i < length; i += 16) {
    const bytes = v128.load(key + i)
    v128.store(to + i, bytes)
    let bad = i8x16.bitmask(v128.or(i8x16.le_u(bytes, i8x16.splat(32)), i8x16.eq(bytes, i8x16.splat(127))))
    if (length - i < 16) bad &= (1 << (<i32>(length - i))) - 1
    if (bad !== 0) return false
  }
  return true
}

/** The number of a record's first application. */
function firstApp(n: usize): usize {
  return n === 0 ? 0 : <usize>load<u32>(appsEnd + ((n - 1) << 2))
}

/** Writes the message of a record, field after field; gives the place behind it. */
function writeValue(from: usize, n: usize): usize {
  let at = from
  let app = apps + (firstApp(n) << 2)
  const end = apps + ((<usize>load<u32>(appsEnd + (n << 2))) << 2)
  for (; app < end; app += 4) {
    let value = load<u32>(app)
    store<u8>(at++, 0x08)
    if (value - 0x80 < 0x3f80) {
      store<u16>(at, <u16>((value & 0x7f) | 0x80 | ((value >> 7) << 8)))
      at += 2
      continue
    }
    for (; value > 0x7f; value >>= 7) store<u8>(at++, <u8>(value | 0x80))
    store<u8>(at++, <u8>value)
  }
  const y = load<f64>(lat + (n << 3))
  if (F64.isNaN(y)) return at
  store<u8>(at, 0x11)
  store<f64>(at + 1, y)
  store<u8>(at, 0x19, 9)
  store<f64>(at + 10, load<f64>(lon + (n << 3)))
  return at + 18
}

/** Writes what stands between key and value; gives the place where the value goes. */
function writeLength(at: usize, length: usize): usize {
  let digits: usize = 1
  for (let rest = length; rest > 9; rest /= 10) digits++
  store<u8>(at, 0x20)
  let rest = length
  for (let i = at + digits; i > at; i--) {
    store<u8>(i, <u8>(48 + (rest % 10)))
    rest /= 10
  }
  store<u32>(at + digits + 1, 0x0a0d7120)
  return at + digits + 5
}
