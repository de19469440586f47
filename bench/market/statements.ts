/** CSV files of prices to their features in two statements of DuckDB, which believe what they read. */
import { DuckDBInstance } from "@duckdb/node-api"

const number = (name: string) => `'${name}': 'DOUBLE'`
const columns = `{'Date': 'DATE', ${["Open", "High", "Low", "Close", "Adj Close", "Volume"].map(number).join(", ")}}`

/** As `strata` writes it. */
const format = "PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1"

export const perform = async (source: string, out: string, threads: string): Promise<void> => {
  const connection = await (await DuckDBInstance.create(":memory:", { threads })).connect()
  await connection.run(`
    COPY (
      SELECT Symbol, "Security Name", Date, Open, High, Low, Close, "Adj Close", CAST(Volume AS BIGINT) AS Volume
      FROM (
        SELECT *, parse_filename(filename, true) AS Symbol
        FROM read_csv(['${source}/stocks/*.csv', '${source}/etfs/*.csv'], auto_detect = false, header = true,
          delim = ',', quote = '"', escape = '"', new_line = '\\n', filename = true, columns = ${columns})
        WHERE Volume IS NOT NULL)
      JOIN (SELECT "NASDAQ Symbol" AS Symbol, "Security Name" FROM read_csv('${source}/symbols_valid_meta.csv')) USING (Symbol)
    ) TO '${out}/prices.parquet' (${format})`)
  await connection.run(`
    COPY (
      SELECT *,
        CASE WHEN count(*) OVER w = 30 THEN avg(Volume) OVER w END AS vol_moving_avg,
        CASE WHEN count(*) OVER w = 30 THEN median("Adj Close") OVER w END AS adj_close_rolling_med
      FROM '${out}/prices.parquet'
      WINDOW w AS (PARTITION BY Symbol ORDER BY Date ROWS BETWEEN 29 PRECEDING AND CURRENT ROW)
    ) TO '${out}/features.parquet' (${format})`)
}

/** A query of what does not depend on the order of rows. */
export const digest = (features: string): string =>
  `SELECT count(*)::VARCHAR || ' ' || sum(hash(Symbol, "Security Name", Date, Open, Volume, vol_moving_avg, adj_close_rolling_med)::HUGEINT)::VARCHAR AS digest FROM ${features}`

/** The digest of the features that the statements wrote. */
export const result = async (out: string): Promise<string> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const reader = await connection.runAndReadAll(digest(`'${out}/features.parquet'`))
  return String(reader.getRows()[0]![0])
}
