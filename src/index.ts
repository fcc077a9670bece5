/** What people write: assets, their SQL, their configuration; and the door for programs that run them. */
export {
  type Assets,
  asset,
  defineConfig,
  exportTo,
  type IngestContext,
  ingest,
  type RowsContext,
  ref,
  secret,
  source,
  sql,
} from './declare/index.ts'
export { openProject, run } from './door/index.ts'
export { Failure } from './errors/index.ts'
