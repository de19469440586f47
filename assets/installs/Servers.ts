/** The memcached server of each type of device: a parameter of the asset, or a setting. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Device from "./Device.ts"

/** `host:port` for each type of device. */
export type Servers = Readonly<Record<Device.Type, string>>

/** Without settings. */
export const standard: Servers = {
  idfa: "127.0.0.1:33013",
  gaid: "127.0.0.1:33014",
  adid: "127.0.0.1:33015",
  dvid: "127.0.0.1:33016"
}

/** What is no address is refused before anything is read. */
export const Address = Schema.String.check(
  Schema.isPattern(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):\d{1,5}$/, { expected: "a server such as 127.0.0.1:33013" })
)

export const setting = (type: Device.Type): string => `STRATA_MEMCACHED_${type.toUpperCase()}`

/** Those that are given, and for the others what the settings say. */
export const read = (given: Readonly<Record<Device.Type, string | null>>) =>
  Effect.forEach(Device.types, (type) => {
    const address = given[type]
    const fromSetting = Config.schema(Address, setting(type)).pipe(Config.withDefault(standard[type]))
    return Effect.map(address === null ? fromSetting : Effect.succeed(address), (address) => [type, address] as const)
  }).pipe(Effect.map((entries) => Object.fromEntries(entries) as unknown as Servers))
