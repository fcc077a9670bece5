export type { TableField, TableType } from './schema.ts'
