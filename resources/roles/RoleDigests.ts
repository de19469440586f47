/**
 * Digests of roles, sixteen bytes each: for who has the key, any two roles differ
 * in them but for a chance of 2^-128, and who has not cannot make two that do not.
 */
import * as Kernel from "../kernel/Kernel.ts"
import type { RoleList } from "../Role.ts"
import * as TextRows from "../TextRows.ts"
import { code } from "./RoleDigests.wasm.ts"

/** Those of the roles, in their order. The key is of sixteen bytes. */
export const make = (roles: RoleList, key: Buffer): Uint8Array => {
  kernel ??= Kernel.make(code)
  const { bytes, call, reserve } = kernel
  call.key(key.readBigUInt64LE(0), key.readBigUInt64LE(8))
  const { parts } = "parts" in roles ? roles : TextRows.fromRows(columns, roles)
  const digests = new Uint8Array(roles.length * length)
  let made = 0
  for (const part of parts) {
    const start = call.start()
    const starts = start + part.rows * length
    const lengths = starts + part.rows * 4
    const texts = lengths + part.rows * 8
    reserve(texts + part.bytes.length + readBehind)
    const memory = bytes()
    memory.set(bytesOf(part.starts), starts)
    memory.set(bytesOf(part.lengths), lengths)
    memory.set(part.bytes, texts)
    call.digest(part.rows, starts, lengths, texts, start)
    digests.set(memory.subarray(start, starts), made)
    made += part.rows * length
  }
  return digests
}

/** Bytes of a digest. */
export const length = 16

interface RoleDigests extends Kernel.Exports {
  readonly start: () => number
  readonly key: (low: bigint, high: bigint) => void
  readonly digest: (rows: number, starts: number, lengths: number, texts: number, digests: number) => void
}

let kernel: Kernel.Kernel<RoleDigests> | undefined

const readBehind = 8

const columns = ["company", "title"] as const

const bytesOf = ({ buffer, byteLength, byteOffset }: Uint32Array) => new Uint8Array(buffer, byteOffset, byteLength)
