export { type Clustering, packBins, zOrdered } from './layout.ts'
export type { TableField, TableType } from './schema.ts'
export { parseType, typeSql } from './types.ts'
