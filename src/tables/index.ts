export {
  type Assignments,
  assignedTo,
  insertedSql,
  knownSql,
  type Merge,
  type MergeClause,
  matchesSql,
  replacedSql,
  type Rewrite,
  updatedSql,
} from './changes.ts'
export { type Clustering, packBins, zOrdered } from './layout.ts'
export type { TableField, TableType } from './schema.ts'
export { parseType, typeSql } from './types.ts'
export { alikeIn, equalities, type Reach, reachOf } from './reach.ts'
export { type Delivery, deliver, scratchFolder } from './deliver.ts'
export { storedColumn, storedFields } from './stored.ts'
export {
  type ColumnStatistics,
  type PartitionColumn,
  type WriteRequest,
  type WrittenFile,
  writeParquet,
} from './write.ts'
export { type Locate, locate, type Locating, openLocate, openRemote } from './locate.ts'
export type { RemoteFile } from './remote/file.ts'
export { type DirectReads, openDirect } from './remote/direct.ts'
export { openSupply, type Supply } from './remote/supply.ts'
export { type Constant, type Derived, positionSql, type ScanFile, type Scanned, scanSql } from './scan.ts'
export { type Bounds, boundsOfConstant, boundsOfText, numbered } from './bounds.ts'
export { type Bounded, type Conjunct, conjunctsOf } from './prune.ts'
export { holds, isForeign } from './project.ts'
