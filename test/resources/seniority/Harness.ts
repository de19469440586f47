/** The gRPC model of a test, at a server of the test. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as GrpcSeniorityModel from "../../../resources/GrpcSeniorityModel.ts"
import * as RateLimiting from "../../../resources/RateLimiting.ts"
import type { Role } from "../../../resources/Role.ts"
import { SeniorityModel } from "../../../resources/SeniorityModel.ts"
import * as Protocol from "../../../resources/seniority/Protocol.ts"
import * as GrpcServer from "../../servers/Grpc.ts"

export const options = (port: number): GrpcSeniorityModel.Options => ({
  target: `127.0.0.1:${port}`,
  tls: false,
  version: "1",
  batch: 1000,
  calls: 8,
  timeoutMillis: 5000,
  rate: 1_000_000,
  per: Duration.seconds(1),
  unit: "roles"
})

export const model = (port: number, changes: Partial<GrpcSeniorityModel.Options> = {}) =>
  Effect.map(
    Layer.build(
      GrpcSeniorityModel.layer({ ...options(port), ...changes }).pipe(Layer.provide(RateLimiting.layerMemory))
    ),
    (context) => Context.get(context, SeniorityModel)
  )

/** A server with the script, and the model at it. */
export const scripted = Effect.fnUntraced(function* (
  script: (call: number, request: Uint8Array) => GrpcServer.Answer,
  changes: Partial<GrpcSeniorityModel.Options> = {}
) {
  const server = yield* GrpcServer.start(script)
  return { server, model: yield* model(server.port, changes) }
})

export const roles = (n: number): ReadonlyArray<Role> =>
  Array.from({ length: n }, (_, index) => ({ company: `company ${index % 7}`, title: `Senior Clerk ${index}` }))

/** The right answer: the seniority 2 for each role. */
export const right = (request: Uint8Array): Uint8Array =>
  Protocol.encodeReply(Protocol.decodeRequest(request).map(({ uuid }) => ({ uuid, seniority: 2 })))

export const answered = (request: Uint8Array): GrpcServer.Answer => ({ _tag: "Message", bytes: right(request) })
