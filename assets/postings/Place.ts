/**
 * Where a posting is: a city and a state, read from its location.
 *
 * A location is "City, State" with the state's name or two letters. A ZIP code
 * or the country may follow, and anything may stand before another comma, as
 * in "Naval Base, Norfolk, Virginia": the city is what stands right before the
 * state. A state alone is a state without a city.
 */
import * as States from "./States.ts"
import * as Title from "./Title.ts"

export interface Place {
  /** Two letters. */
  readonly state: string
  /** In the form in which cities are looked up; empty where none is named. */
  readonly city: string
}

/** The place of a location, if its state is one. */
export const parse = (location: string): Place | undefined => {
  const parts = location.split(",").map((part) => part.trim())
  if (parts.length > 1 && countries.has(Title.clean(parts.at(-1)!))) parts.pop()
  const state = States.code(parts.at(-1)!.replace(/\s+\d{5}(?:-\d{4})?$/, ""))
  return state === undefined ? undefined : { state, city: city(parts.at(-2) ?? "") }
}

/** `MO/st louis`: what cities are joined by. */
export const key = ({ city, state }: Place): string => `${state}/${city}`

/** The name of a city in one form: as titles are cleaned, without accents, "Saint", "Fort" and "Mount" abbreviated. */
export const city = (name: string): string =>
  Title.clean(name)
    .replace(/\p{M}+/gu, "")
    .replace(/\b(?:sainte?|fort|mount)\b/g, (word) => abbreviations[word]!)

const abbreviations: Readonly<Record<string, string>> = { saint: "st", sainte: "ste", fort: "ft", mount: "mt" }

const countries: ReadonlySet<string> = new Set([
  "us",
  "usa",
  "u s",
  "u s a",
  "united states",
  "united states of america"
])
