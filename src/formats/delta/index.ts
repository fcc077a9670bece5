/** Delta Lake's log and tables: snapshots, scans, transactions. */
export type { Action, AddFile, CommitInfo, Metadata, Protocol } from './actions.ts'
export { type Become, become, type BecomeRequest } from './care/become.ts'
export { type Cloned, type CloneRequest, shallowClone } from './care/clone.ts'
export { type Converted, type ConvertRequest, convertParquet } from './care/convert/convert.ts'
export { type Difference, diff, type DiffRequest } from './care/diff.ts'
export { type Checked, fsck, type FsckRequest } from './care/fsck/fsck.ts'
export { repair, type RepairRequest } from './care/fsck/repair.ts'
export { optimize, type OptimizeRequest } from './care/optimize/optimize.ts'
export { careNeeded, type CarePolicy, carePolicy, type CareStep } from './care/policy.ts'
export { type Restored, type RestoreRequest, restore } from './care/restore.ts'
export { vacuum, type VacuumRequest } from './care/vacuum.ts'
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
export { glance, type Glance, glanceOf, type Seen } from './log/glance.ts'
export { changes, type ChangesRequest } from './log/changes.ts'
export { history } from './log/history.ts'
export { openDeltaLog } from './log/open.ts'
export { append, type AppendRequest, type Written } from './rows/append.ts'
export { type ChangeRequest, changeRows, type RowsChanged } from './rows/change.ts'
export type { MergeRequestClause } from './rows/clauses.ts'
export { type DeleteRequest, deleteRows } from './rows/delete.ts'
export { type MergeRequest, mergeRows } from './rows/merge.ts'
export { overwrite, type OverwriteRequest } from './rows/overwrite.ts'
export { type UpdateRequest, updateRows } from './rows/update.ts'
export {
  addColumns,
  changeColumn,
  type ColumnChange,
  dropColumns,
  type NewColumn,
  type Position,
  renameColumn,
} from './schema/alter.ts'
export { addConstraint, dropConstraint } from './schema/constraints.ts'
export { type ColumnDeclaration, declareColumn } from './schema/declare.ts'
export { exactly } from './schema/exactly.ts'
export { setProperties, unsetProperties } from './schema/properties.ts'
export { convertToTable, openTable } from './table/open.ts'
export type * from './table/types.ts'
