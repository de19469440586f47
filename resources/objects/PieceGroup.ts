/**
 * Pieces that one scan can read, and the scan.
 *
 * Pieces stand together where what is dead in each is wanted of none, so that
 * one filter serves all; those that are wanted whole need none. A thousand
 * objects of which some days were made again are two scans.
 */
import type { Piece } from "../../runtime/definition/IOManager.ts"
import * as PartitionSet from "../../runtime/definition/PartitionSet.ts"
import * as Sql from "../../runtime/definition/Sql.ts"
import { sql } from "../../runtime/definition/Sql.ts"
import * as PartitionColumn from "./PartitionColumn.ts"

export interface PieceGroup {
  readonly pieces: ReadonlyArray<Piece>
  /** The columns of all of them. */
  readonly columns: Piece["columns"]
  readonly wanted: PartitionSet.PartitionSet
  /** What the objects hold besides. */
  readonly dead: PartitionSet.PartitionSet
}

/** Pieces that have no wanted partition in common, in as few groups as may be. */
export const make = (pieces: ReadonlyArray<Piece>): ReadonlyArray<PieceGroup> => {
  const alone = pieces.map(single)
  const partial = alone.filter(({ dead }) => !PartitionSet.isEmpty(dead))
  const wanted = PartitionSet.unionAll(partial.map(({ wanted }) => wanted))
  const isApart = ({ dead }: PieceGroup) => overlaps(dead, wanted)
  return [
    ...byColumns(alone.filter(({ dead }) => PartitionSet.isEmpty(dead))),
    ...byColumns(partial.filter((group) => !isApart(group))),
    ...partial.filter(isApart)
  ]
}

/** The columns of the files that are chosen, by their paths. */
export const scan = (
  { dead, pieces, wanted }: PieceGroup,
  columns: ReadonlyArray<Sql.Sql>,
  filesOf: (piece: Piece) => ReadonlyArray<string>
): Sql.Sql => {
  const paths = pieces.flatMap(filesOf).map(Sql.text)
  const filter = PartitionColumn.filter(wanted, dead)
  return sql`SELECT ${Sql.join(columns, ", ")} FROM read_parquet([${Sql.join(paths, ", ")}], hive_partitioning = false) ${filter}`
}

const single = (piece: Piece): PieceGroup => ({
  pieces: [piece],
  columns: piece.columns,
  wanted: piece.wanted,
  dead: PartitionSet.difference(piece.partitions, piece.wanted)
})

/** Costs the intervals of the first set only, which are few. */
const overlaps = (self: PartitionSet.PartitionSet, that: PartitionSet.PartitionSet): boolean => {
  for (const { end, start } of PartitionSet.intervals(self)) {
    if (PartitionSet.rank(that, end) > PartitionSet.rank(that, start)) return true
  }
  return false
}

const byColumns = (groups: ReadonlyArray<PieceGroup>): ReadonlyArray<PieceGroup> =>
  [...Map.groupBy(groups, ({ columns }) => JSON.stringify(columns)).values()].map((groups) => ({
    pieces: groups.flatMap(({ pieces }) => pieces),
    columns: groups[0]!.columns,
    wanted: PartitionSet.unionAll(groups.map(({ wanted }) => wanted)),
    dead: PartitionSet.unionAll(groups.map(({ dead }) => dead))
  }))
