/** The kinds of device that records come from; each has a memcached server of its own. */
export const types = ["idfa", "gaid", "adid", "dvid"] as const
export type Type = (typeof types)[number]
