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
export { equalities, type Reach, reachOf } from './reach.ts'
