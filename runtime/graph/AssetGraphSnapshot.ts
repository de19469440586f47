/**
 * A graph as plain data: what lists, selections and completions need, readable
 * without the definitions that it was taken from.
 */
import * as Schema from "effect/Schema"
import type * as Asset from "../definition/Asset.ts"
import { AssetKey } from "../definition/AssetKey.ts"
import { FreshnessPolicy } from "../definition/FreshnessPolicy.ts"
import type * as Output from "../definition/Output.ts"
import * as PartitionsDefinition from "../definition/PartitionsDefinition.ts"
import type { TableSpec } from "../definition/Table.ts"
import * as AssetGraph from "./AssetGraph.ts"
import type * as Parts from "./CodeParts.ts"

export const Input = Schema.Struct({
  /** What the body calls it. */
  name: Schema.String,
  asset: AssetKey,
  /** Name of the partition mapping. */
  mapping: Schema.String,
  complete: Schema.Boolean
})

export const Column = Schema.Struct({
  name: Schema.String,
  /** As DuckDB writes it; null where the schema was not asked. */
  type: Schema.NullOr(Schema.String)
})
export type Column = typeof Column.Type

/** The code of an asset; null version: an external asset that no module exports. */
export const Code = Schema.Struct({
  version: Schema.NullOr(Schema.String),
  declared: Schema.Boolean,
  /** The module that makes the asset, relative to the project. */
  module: Schema.NullOr(Schema.String)
})
export type Code = typeof Code.Type

/** What the hash of a module that makes assets is made of. */
export const CodeParts = Schema.Struct({
  /** Places in `modules`. */
  modules: Schema.Array(Schema.Int),
  /** `name@version` */
  packages: Schema.Array(Schema.String)
})

export const Check = Schema.Struct({
  name: Schema.String,
  description: Schema.String,
  severity: Schema.Literals(["error", "warn"]),
  blocking: Schema.Boolean
})
export type Check = typeof Check.Type

export const AssetSnapshot = Schema.Struct({
  key: AssetKey,
  description: Schema.String,
  group: Schema.String,
  kinds: Schema.Array(Schema.String),
  owners: Schema.Array(Schema.String),
  tags: Schema.Record(Schema.String, Schema.String),
  source: Schema.Literals(["External", "Computation"]),
  output: Schema.Literals(["Table", "Value", "Files", "Sink"]),
  /** Of a table. */
  columns: Schema.Array(Column),
  partitions: Schema.Struct({
    description: Schema.String,
    /** The keys of a static definition. */
    keys: Schema.Array(Schema.String)
  }),
  /** Per partition, in batches or all in one; null: it is not made here. */
  backfillPolicy: Schema.NullOr(
    Schema.Struct({
      _tag: Schema.Literals(["PerPartition", "Batches", "SingleRun"]),
      size: Schema.optionalKey(Schema.Int)
    })
  ),
  /** Sorted by name. */
  inputs: Schema.Array(Input),
  /** Made in one step with it, itself included. */
  siblings: Schema.Array(AssetKey),
  checks: Schema.Array(Check),
  freshnessPolicy: Schema.NullOr(FreshnessPolicy),
  code: Code
})
export type AssetSnapshot = typeof AssetSnapshot.Type

export const CommandSnapshot = Schema.Struct({ name: Schema.String, description: Schema.String })
export type CommandSnapshot = typeof CommandSnapshot.Type

export const AssetGraphSnapshot = Schema.Struct({
  /** Every asset after what it is made from. */
  assets: Schema.Array(AssetSnapshot),
  /** What the project adds to the command line. */
  commands: Schema.Array(CommandSnapshot),
  /** The modules that have a part in some code version, with the hash of what each says. */
  modules: Schema.Array(Schema.Struct({ path: Schema.String, hash: Schema.String })),
  /** By the path of the module that makes assets. */
  code: Schema.Record(Schema.String, CodeParts)
})
export type AssetGraphSnapshot = typeof AssetGraphSnapshot.Type

/** What the graph itself does not know. */
export interface Context {
  readonly commands: ReadonlyArray<{ readonly name: string; readonly description: string | undefined }>
  readonly codeOf: (key: AssetKey) => Code
  readonly modules: AssetGraphSnapshot["modules"]
  readonly code: AssetGraphSnapshot["code"]
  readonly columnsOf: (table: TableSpec) => ReadonlyArray<Column>
}

export const make = (graph: AssetGraph.AssetGraph, context: Context): AssetGraphSnapshot => ({
  assets: graph.order.map((key) => assetSnapshot(graph, AssetGraph.asset(graph, key), context)),
  commands: context.commands.map(({ description, name }) => ({ name, description: description ?? "" })),
  modules: context.modules,
  code: context.code
})

/** The names of a table's columns, where nobody knows how the engine stores them. */
export const columnNames = ({ row }: TableSpec): ReadonlyArray<Column> =>
  Object.keys(row.fields).map((name) => ({ name, type: null }))

/** What every code version that is a hash is made of, by version. */
export const codeParts = (self: AssetGraphSnapshot): ReadonlyMap<string, Parts.CodeParts> => {
  const parts = new Map<string, Parts.CodeParts>()
  for (const { code } of self.assets) {
    if (code.declared || code.version === null || code.module === null || parts.has(code.version)) continue
    parts.set(code.version, partsOfModule(self, code.module) ?? {})
  }
  return parts
}

const assetSnapshot = (graph: AssetGraph.AssetGraph, asset: Asset.Any, context: Context): AssetSnapshot => ({
  key: asset.key,
  description: asset.description,
  group: asset.group,
  kinds: asset.kinds,
  owners: asset.owners,
  tags: asset.tags,
  source: asset.source._tag,
  output: asset.output._tag,
  columns: columnsOf(asset.output, context),
  partitions: {
    description: PartitionsDefinition.describe(asset.partitions),
    keys: asset.partitions.spec._tag === "Static" ? asset.partitions.spec.keys : []
  },
  backfillPolicy: asset.source._tag === "Computation" ? asset.source.backfillPolicy : null,
  inputs: graph.inputs.get(asset.key)!.map(({ asset, complete, mapping, name }) => ({
    name,
    asset,
    mapping: mapping.name,
    complete
  })),
  siblings: AssetGraph.siblings(graph, asset.key),
  checks: (graph.checks.ofAsset.get(asset.key) ?? []).map(checkSnapshot),
  freshnessPolicy: asset.freshnessPolicy ?? null,
  code: context.codeOf(asset.key)
})

const checkSnapshot = ({ blocking, description, name, severity }: Check): Check => ({
  name,
  description,
  severity,
  blocking
})

const columnsOf = (output: Output.Spec, context: Context): ReadonlyArray<Column> =>
  output._tag === "Table" ? context.columnsOf(output) : []

const partsOfModule = (self: AssetGraphSnapshot, module: string): Parts.CodeParts | undefined => {
  const code = self.code[module]
  if (code === undefined) return undefined
  return Object.fromEntries([
    ...code.modules.map((index) => [self.modules[index]!.path, self.modules[index]!.hash]),
    ...code.packages.map((text) => [text.slice(0, text.lastIndexOf("@")), text])
  ])
}
