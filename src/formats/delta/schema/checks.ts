import type { Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { TableField } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import { constraintBroken, type Rule } from './rules.ts'
import type { StructField, StructType } from './schema-string.ts'
import { bind } from './spark/bind.ts'

/** What every row must be true of: SQL that gives TRUE, FALSE or NULL over the table's columns. */
export type Check = { readonly name: string; readonly sql: string; readonly rule: Rule }

export const constraintPrefix = 'delta.constraints.'

/** "CHECK Constraints": expressions by name. Names have no capitals. */
export function constraintsOf({ configuration }: Metadata): ReadonlyMap<string, string> {
  const found = Object.entries(configuration).filter(([key]) =>
    key.toLowerCase().startsWith(constraintPrefix),
  )
  return new Map(found.map(([key, expression]) => [key.slice(constraintPrefix.length), expression]))
}

/** All checks of a table: constraints, "Column Invariants", lengths of CHAR and VARCHAR. */
export async function checksOf(
  session: Session,
  { metadata, schema, fields }: Checked,
): Promise<readonly Check[]> {
  const named = [...constraintsOf(metadata), ...invariantsOf(schema)]
  const checks: Check[] = []
  for (const [name, expression] of named) checks.push(await checkOf(session, { name, expression, fields }))
  return [...checks, ...schema.fields.flatMap(lengthCheck)]
}

type Checked = {
  readonly metadata: Metadata
  readonly schema: StructType
  readonly fields: readonly TableField[]
}

type Named = {
  readonly name: string
  readonly expression: string
  readonly fields: readonly TableField[]
}

/** A constraint that is proven to mean the same here, and to be a truth. */
export async function checkOf(session: Session, { name, expression, fields }: Named): Promise<Check> {
  const { sql, type } = await bind(session, expression, fields)
  if (type !== 'BOOLEAN')
    throw failure('SLUICE_DELTA_EXPRESSION_UNSUPPORTED', { expression, part: expression })
  return { name, sql, rule: constraintBroken(name, expression) }
}

/** Invariants came before constraints: an expression in the metadata of a column or of a struct's field. */
function invariantsOf({ fields }: StructType): readonly (readonly [name: string, expression: string])[] {
  return fields.flatMap(({ name, type, metadata }) => {
    const text = metadata['delta.invariants']
    const own = text === undefined ? [] : [[name, invariant(text)] as const]
    return typeof type === 'object' && type.type === 'struct' ? [...own, ...invariantsOf(type)] : own
  })
}

function invariant(text: unknown): string {
  const told = { words: 'a column has an invariant that is no expression' }
  let read: { readonly expression?: { readonly expression?: unknown } } | null
  try {
    read = JSON.parse(String(text)) as typeof read
  } catch (thrown) {
    throw failure('SLUICE_DELTA_SCHEMA_BROKEN', told, { cause: thrown })
  }
  const expression = read?.expression?.expression
  if (typeof expression !== 'string') throw failure('SLUICE_DELTA_SCHEMA_BROKEN', told)
  return expression
}

/** Spark keeps CHAR and VARCHAR as strings, and what they were declared as beside them. */
function lengthCheck({ name, type, metadata }: StructField): readonly Check[] {
  const raw = metadata['__CHAR_VARCHAR_TYPE_STRING']
  if (typeof raw !== 'string' || !/char/i.test(raw)) return []
  const [, length] = /^(?:var)?char\((\d+)\)$/i.exec(raw) ?? []
  if (length === undefined || type !== 'string')
    throw failure('SLUICE_DELTA_EXPRESSION_UNSUPPORTED', { expression: `${name} ${raw}`, part: raw })
  const column = quoteName(name)
  const sql = `(${column} is null or length(${column}) <= ${length})`
  return [{ name, sql, rule: constraintBroken(name, raw) }]
}
