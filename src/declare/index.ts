/** What people write in TypeScript: frozen data with types. Names come later, from the paths of files. */
export { asset, exportTo, source } from './asset.ts'
export {
  type Authored,
  type AuthoredExport,
  type AuthoredIngest,
  type AuthoredRows,
  type AuthoredSource,
  type AuthoredSql,
  type Inputs,
  isAuthored,
  type Readable,
  type RowOf,
  type RowsContext,
  type RowsFunction,
} from './authored.ts'
export * from './checks.ts'
export { type Config, type ConfigOptions, defineConfig, type Environment, isConfig } from './config.ts'
export type { Duration } from './duration.ts'
export { generatorSource, type IngestContext, type IngestFunction, rowsOfYield } from './generator.ts'
export { ingest } from './ingest.ts'
export { type CheckJob, type CheckOptions, isCheckJob } from './job.ts'
export {
  type AssetOptions,
  assetOptionNames,
  type ColumnOption,
  type RetryOption,
  readOptions,
} from './options.ts'
export { type PartitionOption, type PartitionRead, type PartitionWords, readPartition } from './partition.ts'
export { type Assets, isRef, type Ref, ref } from './ref.ts'
export type { OneOrMany, Walk } from './rows.ts'
export { secret } from './secret.ts'
export { isSql, readsOf, renderSql, type Sql, type SqlValue, sql } from './sql.ts'
