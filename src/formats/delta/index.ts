/** Delta Lake's log and tables: snapshots, scans, transactions. */
export type { Action, AddFile, CommitInfo, Metadata, Protocol } from './actions.ts'
export { type Checkpointed, writeCheckpoint } from './commit/checkpoint.ts'
export { createTable, declareTable, type TableDeclaration } from './commit/create.ts'
export type {
  BeginRequest,
  Committed,
  DeltaLog,
  DeltaPlace,
  Operation,
  Scan,
  ScanRequest,
  Snapshot,
  Transaction,
} from './face.ts'
export { openDeltaLog } from './log/open.ts'
export { append, type AppendRequest, type Written } from './rows/append.ts'
export { overwrite, type OverwriteRequest } from './rows/overwrite.ts'
export { exactly } from './schema/exactly.ts'
