/**
 * What a correct store is, as a function: every partition that exists holds
 * what its body gives on the current values of its inputs.
 */
import { type BackfillPolicy, PartitionsDefinition } from "../../runtime/index.ts"

export const days = ["2025-06-01", "2025-06-02", "2025-06-03", "2025-06-04", "2025-06-05"]
export const daily = PartitionsDefinition.daily({ start: days[0]!, end: days[days.length - 1]! })

export type Mapped = "identity" | "window" | "all" | "last"

/** What others write, from two places. */
export const sources = [-2, -1]

export interface Input {
  /** The number of an asset, or of a source. */
  readonly of: number
  readonly mapped: Mapped
}

export interface Shape {
  readonly partitioned: boolean
  readonly policy: BackfillPolicy.BackfillPolicy
  readonly inputs: ReadonlyArray<Input>
}

/** What changes between runs. */
export interface World {
  /** By source. */
  readonly landed: ReadonlyMap<number, Map<string, number>>
  readonly code: Map<number, number>
  readonly config: Map<number, number>
  /** Assets whose bodies fail. */
  readonly failing: Set<number>
  /** Partitions that their bodies give up, as `<number of the asset>/<key>`. */
  readonly givenUp: Set<string>
}

export const isPartitioned = (shapes: ReadonlyArray<Shape>, of: number): boolean => of < 0 || shapes[of]!.partitioned

/** How the input stands to the asset when one of both has no partitions. */
export const mappedOf = (shapes: ReadonlyArray<Shape>, shape: Shape, input: Input): Mapped =>
  shape.partitioned && isPartitioned(shapes, input.of) ? input.mapped : "all"

/** Small, so that equal content after a change is common. */
export const contentOf = (parts: ReadonlyArray<unknown>): number => {
  let hash = 7
  for (const char of JSON.stringify(parts)) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  return hash % 5
}

/** The correct store, from nothing but shapes and world. */
export const correct = (shapes: ReadonlyArray<Shape>, world: World) => {
  const existing = (of: number): ReadonlyArray<string> => {
    if (of < 0) return days.filter((day) => world.landed.get(of)!.has(day))
    const shape = shapes[of]!
    const partitioned = shape.inputs.filter((input) => isPartitioned(shapes, input.of))
    const deciding = partitioned.length > 0 ? partitioned : shape.inputs
    const all = deciding.flatMap((input) => {
      const there = existing(input.of)
      if (there.length === 0) return []
      if (!shape.partitioned) return [""]
      const mapped = mappedOf(shapes, shape, input)
      return days.filter((day) => there.some((other) => takes(mapped, there, day, other)))
    })
    return (shape.partitioned ? days : [""]).filter((day) => all.includes(day))
  }
  const inputsOf = (of: number, day: string) =>
    shapes[of]!.inputs.map((input) => {
      const mapped = mappedOf(shapes, shapes[of]!, input)
      const there = existing(input.of)
      const wanted = there.filter((other) => takes(mapped, there, day, other))
      return wanted.map((other) => [other, value(input.of, other)] as const)
    })
  const value = (of: number, day: string): number =>
    of < 0
      ? world.landed.get(of)!.get(day)!
      : contentOf([of, world.code.get(of) ?? 0, world.config.get(of) ?? 0, inputsOf(of, day)])
  return { existing, inputsOf, value }
}

/** Whether a day is made from another of those that are there. */
export const takes = (mapped: Mapped, there: ReadonlyArray<string>, day: string, other: string): boolean => {
  if (mapped === "all") return true
  if (mapped === "last") return other === there.at(-1)
  return other === day || (mapped === "window" && other === before(day))
}

const before = (day: string): string => days[days.indexOf(day) - 1] ?? "none"
