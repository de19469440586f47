/**
 * The ordinals of partition keys that have no arithmetic: those of static and
 * dynamic definitions.
 *
 * A key gets the next free ordinal when it is first seen and keeps it for ever,
 * so reordering or extending a definition never renames stored data.
 */
export interface PartitionDictionary {
  readonly ordinals: ReadonlyMap<string, number>
  readonly keys: ReadonlyArray<string>
}

export const empty: PartitionDictionary = { ordinals: new Map(), keys: [] }

/** The dictionary whose key at each index has that index as its ordinal. */
export const make = (keys: ReadonlyArray<string>): PartitionDictionary => ({
  ordinals: new Map(keys.map((key, ordinal) => [key, ordinal])),
  keys
})

/** Keys of the list that have no ordinal yet, each once, in the order given. */
export const unknown = (self: PartitionDictionary, keys: Iterable<string>): ReadonlyArray<string> => [
  ...new Set([...keys].filter((key) => !self.ordinals.has(key)))
]

/** Gives each key that has none the next free ordinal. */
export const extend = (self: PartitionDictionary, keys: Iterable<string>): PartitionDictionary => {
  const added = unknown(self, keys)
  return added.length === 0 ? self : make([...self.keys, ...added])
}

/** What follows from a dictionary for a definition or a mapping, worked out once as long as both live. */
export const remember = <A>(self: PartitionDictionary, owner: object, make: () => A): A => {
  const ofOwner = remembered.get(owner) ?? new WeakMap<PartitionDictionary, unknown>()
  remembered.set(owner, ofOwner)
  if (!ofOwner.has(self)) ofOwner.set(self, make())
  return ofOwner.get(self) as A
}

const remembered = new WeakMap<object, WeakMap<PartitionDictionary, unknown>>()
