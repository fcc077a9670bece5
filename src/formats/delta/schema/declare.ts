import { failure } from '../../../errors/index.ts'
import { parseType } from '../../../tables/index.ts'
import type { Transaction } from '../face.ts'
import { stored } from './cast.ts'
import { newRules, type Rules } from './rules.ts'
import { metadataLong, readSchema, type StructField } from './schema-string.ts'
import { bind, type Bound } from './spark/bind.ts'
import { changedAt, fieldAt } from './tree.ts'
import { withSchema } from './mapping.ts'

/** What a column says of its values from its first row on; later on only the default can change. */
export type ColumnDeclaration =
  /** "Generated Columns": SQL of Spark over columns that are not generated themselves. */
  | { readonly kind: 'generated'; readonly expression: string }
  /** "Identity Columns": the table numbers its rows. `explicit`: rows may also bring numbers of their own. */
  | {
      readonly kind: 'identity'
      readonly start?: bigint
      readonly step?: bigint
      readonly values: 'always' | 'explicit'
    }
  /** "Default Columns": SQL of Spark for rows that have no such column. */
  | { readonly kind: 'default'; readonly expression: string }

/** Say it of a column of a table that the transaction makes. */
export async function declareColumn(
  tx: Transaction,
  name: string,
  declaration: ColumnDeclaration,
): Promise<void> {
  const schema = readSchema(tx.metadata.schemaString)
  const { field } = fieldAt(schema, [name])
  const metadata = { ...field.metadata, ...(await metadataFor(tx, field, declaration)) }
  const changed = changedAt(schema, [name], () => ({ ...field, metadata }))
  tx.change({ metadata: withSchema(tx.metadata, changed) })
}

async function metadataFor(
  tx: Transaction,
  field: StructField,
  declaration: ColumnDeclaration,
): Promise<StructField['metadata']> {
  if (tx.base !== undefined && declaration.kind !== 'default')
    throw refused(`\`${field.name}\` is in the table already: what its rows hold cannot be said afterwards.`)
  switch (declaration.kind) {
    case 'generated':
      await checkGenerated(tx, field, declaration.expression)
      return { 'delta.generationExpression': declaration.expression }
    case 'identity':
      return identityMetadata(field, declaration)
    case 'default':
      await checkDefault(tx, field.name, declaration.expression)
      return { CURRENT_DEFAULT: declaration.expression }
  }
}

async function checkGenerated(tx: Transaction, field: StructField, expression: string): Promise<void> {
  const bound = await bind(tx.session, expression, tx.fields)
  const { fields } = readSchema(tx.metadata.schemaString)
  for (const [column] of bound.columns) {
    const read = fields.find(({ name }) => name === column)
    if (column === field.name || read?.metadata['delta.generationExpression'] !== undefined)
      throw refused(`\`${field.name}\` cannot be generated from \`${column}\`, which is generated itself.`)
  }
  storedAs(tx, field.name, { bound, rules: newRules() })
}

/** A default is the same for all rows: it is tried once. */
export async function checkDefault(tx: Transaction, name: string, expression: string): Promise<void> {
  const rules = newRules()
  const value = storedAs(tx, name, { bound: await bind(tx.session, expression, []), rules })
  await tx.session.row(`select ${value}`).catch((thrown: unknown) => {
    throw rules.told(thrown)
  })
}

type Made = { readonly bound: Bound; readonly rules: Rules }

function storedAs(tx: Transaction, name: string, { bound, rules }: Made): string {
  const field = tx.fields.find(one => one.name === name)
  const incoming = { sql: bound.sql, type: parseType(bound.type) }
  return field ? stored(incoming, { ...field, nullable: true }, { path: name, rules }) : 'null'
}

function identityMetadata(
  { name, type }: StructField,
  { start = 1n, step = 1n, values }: ColumnDeclaration & { readonly kind: 'identity' },
): StructField['metadata'] {
  if (type !== 'long') throw refused(`\`${name}\` is ${String(type)}, and only a long can number rows.`)
  if (step === 0n) throw refused(`\`${name}\` cannot number rows in steps of 0.`)
  return {
    'delta.identity.start': metadataLong(start),
    'delta.identity.step': metadataLong(step),
    'delta.identity.allowExplicitInsert': values === 'explicit',
  }
}

function refused(what: string): Error {
  return failure('SLUICE_DELTA_ALTER_REFUSED', {
    what,
    why: 'Nothing was changed.',
    fix: 'Declare it while the table is made, in another way.',
  })
}
