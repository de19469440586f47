/**
 * What the values of a row may look like, as plain data.
 *
 * It is derived from the row's Schema once, crosses to worker threads, and
 * decides everything that a judge of lines decides: which columns must be
 * there, which types and ranges they take, and how the engine stores them.
 */
import { quote } from "../../runtime/definition/Sql.ts"

export type Shape = Text | Integer | Float | Decimal | Flag | Day | Instant | Json | List | Map | Struct

export interface Text {
  readonly _tag: "Text"
  /** UTF-16 code units, as Schema counts them. */
  readonly minLength: number
  readonly maxLength: number
  readonly patterns: ReadonlyArray<{ readonly source: string; readonly flags: string }>
  readonly accepted?: ReadonlyArray<string>
}

/** Both ends included. */
export interface Integer {
  readonly _tag: "Integer"
  /** As the engine names it. */
  readonly type: string
  readonly minimum: bigint
  readonly maximum: bigint
}

export interface Float {
  readonly _tag: "Float"
  readonly minimum: number
  readonly maximum: number
  readonly exclusiveMinimum: boolean
  readonly exclusiveMaximum: boolean
}

export interface Decimal {
  readonly _tag: "Decimal"
  readonly precision: number
  readonly scale: number
}

export interface Flag {
  readonly _tag: "Flag"
}

/** `2025-06-01`, in the calendar. */
export interface Day {
  readonly _tag: "Day"
}

/** `2025-06-01T10:20:30`, with up to six digits of fraction, in UTC: an ending of `Z` or none. */
export interface Instant {
  readonly _tag: "Instant"
  readonly type: "TIMESTAMP" | "TIMESTAMP WITH TIME ZONE"
}

/** Any JSON value, kept as it was written. */
export interface Json {
  readonly _tag: "Json"
}

export interface List {
  readonly _tag: "List"
  readonly item: Shape
  readonly nullable: boolean
}

/** An object of any keys. */
export interface Map {
  readonly _tag: "Map"
  readonly item: Shape
  readonly nullable: boolean
}

export interface Struct {
  readonly _tag: "Struct"
  readonly fields: ReadonlyArray<Field>
}

export interface Field {
  readonly name: string
  readonly shape: Shape
  /** The key must be there. */
  readonly required: boolean
  /** `null` is a value of it. */
  readonly nullable: boolean
}

/** The type as which the engine reads values of a shape from text. */
export const engineType = (self: Shape): string => {
  switch (self._tag) {
    case "Text":
    case "Json":
      return "VARCHAR"
    case "Integer":
    case "Instant":
      return self.type
    case "Float":
      return "DOUBLE"
    case "Decimal":
      return `DECIMAL(${self.precision}, ${self.scale})`
    case "Flag":
      return "BOOLEAN"
    case "Day":
      return "DATE"
    case "List":
      return `${engineType(self.item)}[]`
    case "Map":
      return `MAP(VARCHAR, ${engineType(self.item)})`
    case "Struct":
      return `STRUCT(${self.fields.map((field) => `${quote(field.name)} ${engineType(field.shape)}`).join(", ")})`
  }
}
