/** The same by data frames of Python, from a folder of CSV files to a file of prices and one of features. */

const measured = (body: string): string => `
import sys, glob, json, resource, time
started = time.time()
source, out = sys.argv[1], sys.argv[2]
files = sorted(glob.glob(source + "/stocks/*.csv") + glob.glob(source + "/etfs/*.csv"))
${body}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": time.time() - started, "cpu": used.ru_utime + used.ru_stime, "mebibytes": used.ru_maxrss / 1024}))
`

/** By the module that they need. */
export const frames: Readonly<Record<string, string>> = {
  polars: measured(`
import polars as pl
schema = {"Date": pl.Date, **{name: pl.Float64 for name in ["Open", "High", "Low", "Close", "Adj Close", "Volume"]}}
names = pl.read_csv(source + "/symbols_valid_meta.csv").select(pl.col("NASDAQ Symbol").alias("Symbol"), "Security Name")
(pl.scan_csv(files, schema=schema, include_file_paths="file").drop_nulls("Volume")
  .with_columns(pl.col("file").str.extract(r"([^/]+)\\.csv$").alias("Symbol"), pl.col("Volume").cast(pl.Int64)).drop("file")
  .join(names.lazy(), on="Symbol").collect().write_parquet(out + "/prices.parquet"))
(pl.scan_parquet(out + "/prices.parquet").sort("Symbol", "Date").with_columns(
  pl.col("Volume").rolling_mean(30).over("Symbol").alias("vol_moving_avg"),
  pl.col("Adj Close").rolling_median(30).over("Symbol").alias("adj_close_rolling_med"))
  .collect().write_parquet(out + "/features.parquet"))`),
  pandas: measured(`
import os, pandas as pd
names = pd.read_csv(source + "/symbols_valid_meta.csv", keep_default_na=False).set_index("NASDAQ Symbol")["Security Name"]
def read(file):
  prices = pd.read_csv(file, parse_dates=["Date"]).dropna().astype({"Volume": "int64"})
  prices.insert(0, "Symbol", os.path.basename(file)[:-4])
  prices.insert(1, "Security Name", names[prices["Symbol"].iloc[0]] if len(prices) else "")
  return prices
pd.concat(map(read, files)).to_parquet(out + "/prices.parquet")
prices = pd.read_parquet(out + "/prices.parquet").sort_values(["Symbol", "Date"])
of = prices.groupby("Symbol")
prices["vol_moving_avg"] = of["Volume"].transform(lambda volume: volume.rolling(30).mean())
prices["adj_close_rolling_med"] = of["Adj Close"].transform(lambda price: price.rolling(30).median())
prices.to_parquet(out + "/features.parquet")`),
  /** A query a symbol, whose file is looked into for its dialect and its types, and a file of features each. */
  duckdb: measured(`
import duckdb, os
for file in files:
  symbol = os.path.basename(file)[:-4]
  duckdb.sql(f"""COPY (
    SELECT '{symbol}' AS Symbol, *,
      CASE WHEN count(*) OVER w = 30 THEN avg(Volume) OVER w END AS vol_moving_avg,
      CASE WHEN count(*) OVER w = 30 THEN median("Adj Close") OVER w END AS adj_close_rolling_med
    FROM read_csv('{file}') WHERE Volume IS NOT NULL
    WINDOW w AS (ORDER BY Date ROWS BETWEEN 29 PRECEDING AND CURRENT ROW)
  ) TO '{out}/{symbol}.parquet'""")`)
}
