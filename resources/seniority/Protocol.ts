/** The call of `proto/seniority.proto` as client and server make it. */
import type { MethodDefinition } from "@grpc/grpc-js"
import { SeniorityRequestBatch, SeniorityResponseBatch } from "../../proto/seniority.pb.js"

/** The bytes of messages: what cannot be read is told from what a server says of itself. */
export const inferSeniority: MethodDefinition<Uint8Array, Uint8Array> = {
  path: "/SeniorityModel/InferSeniority",
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
  responseDeserialize: (bytes) => bytes
}

/** A trailer: milliseconds that the server wants to be left alone; a negative number, or none at all, for good. */
export const pushback = "grpc-retry-pushback-ms"

/** Bytes that a message may have. */
export const largest = 4 * 2 ** 20

export interface Asked {
  readonly uuid: number
  readonly company: string
  readonly title: string
}

export interface Answered {
  readonly uuid: number
  readonly seniority: number
}

export const encodeRequest = (batch: ReadonlyArray<Asked>): Uint8Array =>
  SeniorityRequestBatch.encode({ batch: [...batch] }).finish()

/** Throws where the bytes are no such message. */
export const decodeRequest = (bytes: Uint8Array): ReadonlyArray<Asked> =>
  SeniorityRequestBatch.decode(bytes).batch.map(({ company, title, uuid }) => ({
    uuid: uuid ?? 0,
    company: company ?? "",
    title: title ?? ""
  }))

export const encodeReply = (batch: ReadonlyArray<Answered>): Uint8Array =>
  SeniorityResponseBatch.encode({ batch: [...batch] }).finish()

/** Throws where the bytes are no such message. */
export const decodeReply = (bytes: Uint8Array): ReadonlyArray<Answered> =>
  SeniorityResponseBatch.decode(bytes).batch.map(({ seniority, uuid }) => ({
    uuid: uuid ?? 0,
    seniority: seniority ?? 0
  }))
