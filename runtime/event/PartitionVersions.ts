/**
 * The provenance and the data version of each partition in a set: 16 bytes a
 * partition, the content of an object's sidecar.
 */
import * as PartitionSet from "../definition/PartitionSet.ts"
import type * as Version from "./Version.ts"

export interface PartitionVersions {
  readonly partitions: PartitionSet.PartitionSet
  /** Four lanes a partition, in the order of the ordinals: provenance, then data version. */
  readonly lanes: Uint32Array
}

export interface Entry {
  readonly ordinal: number
  readonly provenance: Version.Version
  readonly data: Version.Version
}

export const empty: PartitionVersions = { partitions: PartitionSet.empty, lanes: new Uint32Array(0) }

/** The versions of entries in any order; of two for one ordinal the later wins. */
export const fromEntries = (entries: Iterable<Entry>): PartitionVersions => {
  const all = [...entries]
  if (all.length === 1) {
    const [{ data, ordinal, provenance }] = all as [Entry]
    return { partitions: PartitionSet.of(ordinal), lanes: Uint32Array.of(...provenance, ...data) }
  }
  const byOrdinal = new Map(all.map((entry) => [entry.ordinal, entry]))
  const sorted = [...byOrdinal.values()].sort((a, b) => a.ordinal - b.ordinal)
  const lanes = new Uint32Array(sorted.length * 4)
  for (const [index, entry] of sorted.entries()) lanes.set([...entry.provenance, ...entry.data], index * 4)
  return { partitions: PartitionSet.fromOrdinals(sorted.map((entry) => entry.ordinal)), lanes }
}

export const provenance = (self: PartitionVersions, ordinal: number): Version.Version | undefined =>
  at(self, ordinal, 0)

export const data = (self: PartitionVersions, ordinal: number): Version.Version | undefined => at(self, ordinal, 2)

/** Those of the partitions that are in the set. */
export const restrict = (self: PartitionVersions, set: PartitionSet.PartitionSet): PartitionVersions => {
  const partitions = PartitionSet.intersection(self.partitions, set)
  if (PartitionSet.equals(partitions, self.partitions)) return self
  const lanes = new Uint32Array(PartitionSet.size(partitions) * 4)
  let offset = 0
  for (const { start, end } of PartitionSet.intervals(partitions)) {
    const from = PartitionSet.rank(self.partitions, start) * 4
    const part = self.lanes.subarray(from, from + (end - start) * 4)
    lanes.set(part, offset)
    offset += part.length
  }
  return { partitions, lanes }
}

/** The versions of sets that have no partition in common, as one. */
export const merge = (parts: ReadonlyArray<PartitionVersions>): PartitionVersions => {
  if (parts.length === 1) return parts[0]!
  const partitions = PartitionSet.unionAll(parts.map((part) => part.partitions))
  const lanes = new Uint32Array(PartitionSet.size(partitions) * 4)
  for (const part of parts) {
    if (PartitionSet.isEmpty(part.partitions)) continue
    const first = PartitionSet.rank(partitions, PartitionSet.first(part.partitions)!)
    const last = PartitionSet.rank(partitions, PartitionSet.last(part.partitions)!)
    // Most parts have nothing of another between their first and their last partition.
    if ((last - first + 1) * 4 === part.lanes.length) lanes.set(part.lanes, first * 4)
    else mergeInto(lanes, partitions, part)
  }
  return { partitions, lanes }
}

const mergeInto = (lanes: Uint32Array, partitions: PartitionSet.PartitionSet, part: PartitionVersions): void => {
  let offset = 0
  for (const { start, end } of PartitionSet.intervals(part.partitions)) {
    const length = (end - start) * 4
    lanes.set(part.lanes.subarray(offset, offset + length), PartitionSet.rank(partitions, start) * 4)
    offset += length
  }
}

/** The lanes as little-endian bytes: the sidecar `versions.bin` of an object. */
export const encode = ({ lanes }: PartitionVersions): Uint8Array => inLittleEndian(new Uint8Array(lanes.slice().buffer))

/** The versions of these partitions from their sidecar; `undefined` when its length is not that of the set. */
export const decode = (partitions: PartitionSet.PartitionSet, bytes: Uint8Array): PartitionVersions | undefined =>
  bytes.byteLength === PartitionSet.size(partitions) * 16
    ? { partitions, lanes: new Uint32Array(inLittleEndian(bytes.slice()).buffer) }
    : undefined

/** Lanes as this machine has them from little-endian ones, in place, and the other way round. */
const inLittleEndian = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  if (isLittleEndian) return bytes
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < bytes.length; at += 4) view.setUint32(at, view.getUint32(at, true), false)
  return bytes
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

const at = (self: PartitionVersions, ordinal: number, offset: number): Version.Version | undefined => {
  if (!PartitionSet.has(self.partitions, ordinal)) return undefined
  const index = PartitionSet.rank(self.partitions, ordinal) * 4 + offset
  return [self.lanes[index]!, self.lanes[index + 1]!]
}
