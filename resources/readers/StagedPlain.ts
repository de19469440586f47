/**
 * How the engine reads staged values between delimiters, as `PlainValues` copied
 * them: nothing is detected and nothing forgiven.
 */
import * as Sql from "../../runtime/definition/Sql.ts"
import * as PlainValues from "./PlainValues.ts"
import { engineType, type Struct } from "./RowShape.ts"
import type { StagedText } from "./Staging.ts"

/** The ordinals and the columns in their order. */
export const query = ({ longest, folded, path }: StagedText, { fields }: Struct): Sql.Sql => {
  const types = fields.map(({ shape }, index) => `c${index}: '${engineType(shape)}'`)
  const values = fields.map((_, index) =>
    Sql.literal((folded >> index) & 1 ? `replace(c${index}, chr(${PlainValues.folded}), chr(10))` : `c${index}`)
  )
  return Sql.sql`SELECT ${Sql.join([Sql.literal("ordinal"), ...values], ", ")}
    FROM read_csv(${path}, auto_detect = false, header = false, delim = ${String.fromCharCode(PlainValues.delimiter)},
      quote = '', escape = '', comment = '', new_line = ${"\\n"}, nullstr = ${String.fromCharCode(PlainValues.absent)},
      null_padding = false, strict_mode = true, ignore_errors = false, decimal_separator = '.', compression = 'none',
      parallel = true, max_line_size = ${Sql.literal(String(Math.max(longest + 1024, lineSize)))},
      columns = ${Sql.literal(`{${["ordinal: 'BIGINT'", ...types].join(", ")}}`)})`
}

/** The engine's own default. */
const lineSize = 2 ** 21
