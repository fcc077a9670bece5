/** Delta Lake's log and tables: snapshots, scans, transactions. */
export type { Action, AddFile, CommitInfo, Metadata, Protocol } from './actions.ts'
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
export { exactly } from './schema/exactly.ts'
