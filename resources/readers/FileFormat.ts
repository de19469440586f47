/**
 * What a file is by its first bytes, for telling what was landed instead of
 * what was expected.
 */

const magics: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a zip archive", [0x50, 0x4b, 0x03, 0x04]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["lz4", [0x04, 0x22, 0x4d, 0x18]],
  ["Parquet", [0x50, 0x41, 0x52, 0x31]],
  ["UTF-32", [0xff, 0xfe, 0, 0]],
  ["UTF-16", [0xff, 0xfe]],
  ["UTF-16", [0xfe, 0xff]]
]

/** The name of the format, or none for what may be UTF-8 text. */
export const detect = (head: Uint8Array): string | undefined => {
  const magic = magics.find(([, bytes]) => head.length >= bytes.length && bytes.every((byte, i) => head[i] === byte))
  if (magic !== undefined) return magic[0]
  const ascii = head.length >= 4 && [0, 1].find((odd) => head[odd] === 0 && head[odd + 2] === 0)
  return ascii === 0 || ascii === 1 ? "UTF-16" : undefined
}

/** The bytes of UTF-8's mark at the start of a file. */
export const byteOrderMark = (head: Uint8Array): number =>
  head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
