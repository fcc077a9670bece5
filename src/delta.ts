/** Delta Lake tables without a project: `import { openTable } from 'sluice/delta'`. */
export type {
  AsOf,
  ConvertOptions,
  DeltaTable,
  Done,
  HistoryEntry,
  MergeOptions,
  NewTable,
  OpenOptions,
  ReadOptions,
  Rows,
} from './formats/delta/index.ts'
export { convertToTable, openTable } from './formats/delta/index.ts'
