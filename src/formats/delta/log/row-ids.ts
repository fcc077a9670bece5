import type { Constant, Derived, TableField } from '../../../tables/index.ts'
import { positionSql } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'

// "Row Tracking": the id of a row is stored with it once it was moved to another file; before that it is the
// first id of its file plus its position.

export const rowIdNames: readonly string[] = ['_row_id', '_row_commit_version']

const properties: readonly string[] = [
  'delta.rowTracking.materializedRowIdColumnName',
  'delta.rowTracking.materializedRowCommitVersionColumnName',
]

export function tracksRows({ configuration }: Metadata): boolean {
  return configuration['delta.enableRowTracking']?.toLowerCase() === 'true'
}

export type RowIds = {
  readonly fields: readonly TableField[]
  /** Their texts: the first id of a file and the version that added it. */
  readonly constants: readonly Constant[]
  readonly derived: readonly Derived[]
}

/** Names no column of a table has. */
const storedNames = ['\u0000row id', '\u0000row commit version']
const fileNames = ['\u0000base row id', '\u0000default row commit version']

export function rowIdsOf({ configuration }: Metadata): RowIds {
  const fields = properties.flatMap((property, i) => {
    const stored = configuration[property]
    const name = storedNames[i] ?? ''
    return stored === undefined
      ? []
      : [{ name, stored, type: { kind: 'scalar', sql: 'BIGINT' } as const, nullable: true }]
  })
  const constants = fileNames.map(name => ({ name, value: (text: string) => `cast(${text} as BIGINT)` }))
  const derived = rowIdNames.map((name, i) => ({
    name,
    sql: (column: (name: string) => string) => {
      const ofFile = `${column(fileNames[i] ?? '')}${i === 0 ? ` + ${positionSql}` : ''}`
      return fields.some(field => field.name === storedNames[i])
        ? `coalesce(${column(storedNames[i] ?? '')}, ${ofFile})`
        : ofFile
    },
  }))
  return { fields, constants, derived }
}
