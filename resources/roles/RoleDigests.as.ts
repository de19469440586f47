/**
 * Digests of roles that nobody foretells who has not the key: SipHash-2-4 with
 * 128 bits (https://www.aumasson.jp/siphash/siphash.pdf). What is digested are
 * the lengths of company and title, four bytes each, and both texts.
 */

// biome-ignore-all lint/correctness/noPrecisionLoss: whole numbers of 64 bits

let low: u64 = 0
let high: u64 = 0

/** Gives where free memory begins. */
export function start(): usize {
  return (__heap_base + 7) & ~7
}

export function key(first: u64, second: u64): void {
  low = first
  high = second
}

/** Of each role come its place in the texts, its lengths, and go sixteen bytes. Eight bytes behind the texts may be read. */
export function digest(count: usize, starts: usize, lengths: usize, texts: usize, digests: usize): void {
  for (let role: usize = 0; role < count; role++) {
    const sizes = lengths + 8 * role
    const size: usize = load<u32>(sizes) + load<u32>(sizes, 4)
    sip(load<u64>(sizes), texts + load<u32>(starts + 4 * role), size, digests + 16 * role)
  }
}

/** The first word of the message, and the rest. */
function sip(first: u64, rest: usize, size: usize, target: usize): void {
  let a: u64 = low ^ 0x736f6d6570736575
  let b: u64 = high ^ 0x646f72616e646f6d ^ 0xee
  let c: u64 = low ^ 0x6c7967656e657261
  let d: u64 = high ^ 0x7465646279746573
  const whole = size & ~7
  const last = ((<u64>size + 8) << 56) | (load<u64>(rest + whole) & (((<u64>1) << (8 * (size & 7))) - 1))
  let word = first
  for (let at: usize = 0; ; at += 8) {
    d ^= word
    for (let round = 0; round < 2; round++) {
      a += b
      c += d
      b = rotl<u64>(b, 13) ^ a
      d = rotl<u64>(d, 16) ^ c
      a = rotl<u64>(a, 32)
      c += b
      a += d
      b = rotl<u64>(b, 17) ^ c
      d = rotl<u64>(d, 21) ^ a
      c = rotl<u64>(c, 32)
    }
    a ^= word
    if (at > whole) break
    word = at < whole ? load<u64>(rest + at) : last
  }
  c ^= 0xee
  for (let round = 1; round <= 8; round++) {
    a += b
    c += d
    b = rotl<u64>(b, 13) ^ a
    d = rotl<u64>(d, 16) ^ c
    a = rotl<u64>(a, 32)
    c += b
    a += d
    b = rotl<u64>(b, 17) ^ c
    d = rotl<u64>(d, 21) ^ a
    c = rotl<u64>(c, 32)
    if (round === 4) {
      store<u64>(target, a ^ b ^ c ^ d)
      b ^= 0xdd
    }
  }
  store<u64>(target, a ^ b ^ c ^ d, 8)
}
