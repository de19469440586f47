/** A job posting: as it lands, one a line, and as a row. */
import * as Schema from "effect/Schema"

export const PostingLine = Schema.Struct({
  url: Schema.String,
  company: Schema.String,
  title: Schema.String,
  location: Schema.String,
  /** Seconds since 1970. */
  scraped_on: Schema.Int,
  description: Schema.optionalKey(Schema.NullOr(Schema.String))
})

export const Posting = Schema.Struct({
  /** Unique: what everything downstream joins on. Hash of the file's name and content, and the line. */
  row_id: Schema.String,
  /** Hash of url and scraped_on, which postings may share. */
  posting_id: Schema.String,
  url: Schema.String,
  company: Schema.String,
  title: Schema.String,
  location: Schema.String,
  scraped_on: Schema.Int,
  description: Schema.NullOr(Schema.String)
})
