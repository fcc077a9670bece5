import { failure } from '../../../errors/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { Assignments, MergeClause } from '../../../tables/index.ts'
import type { Transaction } from '../face.ts'
import type { StructField } from '../schema/schema-string.ts'
import { assignmentsOf } from './assign.ts'
import { hasDefault, isGenerated, isIdentity, schemaFields } from './columns.ts'

/** `'all'`: each column of the target from that of the same name in the source. */
export type MergeRequestClause =
  | {
      readonly when: 'matched'
      /** SQL: only rows for which it holds. */
      readonly and?: string | undefined
      readonly do: 'delete' | { readonly update: Assignments | 'all' }
    }
  | {
      readonly when: 'not matched'
      readonly and?: string | undefined
      readonly do: { readonly insert: Assignments | 'all' }
    }
  | {
      readonly when: 'not matched by source'
      readonly and?: string | undefined
      readonly do: 'delete' | { readonly update: Assignments }
    }

export function takesAll({ do: act }: MergeRequestClause): boolean {
  return act !== 'delete' && ('update' in act ? act.update : act.insert) === 'all'
}

export type AllColumns = {
  /** What expressions call the target. */
  readonly target: string
  /** What expressions call the source. */
  readonly source: string
  readonly sourceColumns: readonly string[]
  /** Columns that the source does not have stay as they are. */
  readonly some: 'allowed' | 'refused'
}

/** The clause with names of the table's columns, in place of `'all'` and of fields within structs. */
export function expanded(tx: Transaction, clause: MergeRequestClause, all: AllColumns): MergeClause {
  if (clause.do === 'delete') return clause as MergeClause
  if (clause.when === 'not matched') {
    const { insert } = clause.do
    const set = insert === 'all' ? fromSource(tx, all, isFilledIn) : insert
    return { ...clause, do: { insert: assignmentsOf(tx.fields, set, undefined) } }
  }
  const { update } = clause.do
  const set = update === 'all' ? fromSource(tx, all, isGenerated) : update
  return { ...clause, do: { update: assignmentsOf(tx.fields, set, all.target) } }
}

function isFilledIn(field: StructField): boolean {
  return isGenerated(field) || isIdentity(field) || hasDefault(field)
}

function fromSource(
  tx: Transaction,
  { source, sourceColumns, some }: AllColumns,
  optional: (field: StructField) => boolean,
): Assignments {
  const names = new Map(sourceColumns.map(name => [name.toLowerCase(), name]))
  const set: [string, string][] = []
  for (const field of schemaFields(tx)) {
    const name = names.get(field.name.toLowerCase())
    if (name !== undefined) set.push([field.name, `${quoteName(source)}.${quoteName(name)}`])
    else if (some === 'refused' && !optional(field))
      throw failure('SLUICE_DELTA_COLUMN_NOT_FOUND', { column: field.name, what: 'The source' })
  }
  return Object.fromEntries(set)
}
