import { failure } from '../../../errors/index.ts'
import { normalType } from '../../../sql/index.ts'
import { parseType } from '../../../tables/index.ts'
import type { Operation, Transaction } from '../face.ts'
import { checkDefault } from './declare.ts'
import { refuseDependents } from './dependents.ts'
import { mappingOf } from './fields.ts'
import { refuseExisting } from './existing.ts'
import { withSchema } from './mapping.ts'
import { type DataType, readSchema, type StructField, type StructType, writeSchema } from './schema-string.ts'
import { changedAt, fieldAt, type Path, pathWords, same, within } from './tree.ts'
import { declared, typeWords } from './types.ts'
import { wideningAsked } from './grow.ts'

// What ALTER TABLE does to columns. Each changes the schema in the transaction and gives what the commit says
// of itself, in the names that Spark uses: `tx.commit(await addColumns(tx, …))`.

export type Position = 'first' | { readonly after: string }

export type NewColumn = {
  readonly path: Path
  /** As the engine spells it: `BIGINT`, `STRUCT(a INTEGER)[]`. */
  readonly type: string
  readonly comment?: string
  /** Among its neighbours; undefined: last. */
  readonly position?: Position
}

/** Add columns, or fields to structs. They are NULL in every row that is there. */
export function addColumns(tx: Transaction, columns: readonly NewColumn[]): Operation {
  let schema = readSchema(tx.metadata.schemaString)
  const said = columns.map(({ path, type, comment, position }) => {
    const name = path.at(-1) ?? ''
    const field: StructField = {
      name,
      type: declared(parseType(normalType(type)), pathWords(path)),
      nullable: true,
      metadata: comment === undefined ? {} : { comment },
    }
    schema = within(schema, path, fields => {
      if (fields.some(other => same(other.name, name)))
        throw failure('SLUICE_DELTA_COLUMN_TWICE', { column: pathWords(path) })
      return placed([...fields, field], field, position)
    })
    return { column: told(path, field), ...positionWords(position) }
  })
  tx.change({ metadata: withSchema(tx.metadata, schema) })
  return { name: 'ADD COLUMNS', parameters: { columns: JSON.stringify(said) } }
}

/** Leave columns out of the schema; the files stay as they are, and old versions still show them. */
export async function dropColumns(tx: Transaction, paths: readonly Path[]): Promise<Operation> {
  requireMapping(tx, 'dropped')
  let schema = readSchema(tx.metadata.schemaString)
  for (const path of paths) {
    const { path: spelled } = fieldAt(schema, path)
    if (spelled.length === 1 && tx.partitionColumns.some(name => same(name, spelled[0] ?? '')))
      throw refused(`\`${spelled[0]}\` cannot be dropped: the table is partitioned by it.`)
    await refuseDependents(tx, spelled, 'dropped')
    schema = within(schema, spelled, fields => {
      const kept = fields.filter(({ name }) => name !== spelled.at(-1))
      if (kept.length === 0)
        throw refused(`\`${pathWords(spelled)}\` cannot be dropped: nothing would be left.`)
      return kept
    })
  }
  tx.change({ metadata: withSchema(tx.metadata, schema) })
  return { name: 'DROP COLUMNS', parameters: { columns: JSON.stringify(paths.map(pathWords)) } }
}

/** Call a column by another name; files go on calling it by its name for life. */
export async function renameColumn(tx: Transaction, path: Path, name: string): Promise<Operation> {
  requireMapping(tx, 'renamed')
  const schema = readSchema(tx.metadata.schemaString)
  const { field, path: spelled } = fieldAt(schema, path)
  await refuseDependents(tx, spelled, 'renamed')
  within(schema, spelled, fields => {
    if (fields.some(other => other !== field && same(other.name, name)))
      throw failure('SLUICE_DELTA_COLUMN_TWICE', { column: name })
    return fields
  })
  const metadata = withSchema(
    tx.metadata,
    changedAt(schema, spelled, old => ({ ...old, name })),
  )
  const partitionColumns = metadata.partitionColumns.map(column =>
    spelled.length === 1 && column === field.name ? name : column,
  )
  tx.change({ metadata: { ...metadata, partitionColumns } })
  const parameters = {
    oldColumnPath: pathWords(spelled),
    newColumnPath: pathWords([...spelled.slice(0, -1), name]),
  }
  return { name: 'RENAME COLUMN', parameters }
}

export type ColumnChange = {
  /** Only a wider one: the files stay as they are. */
  readonly type?: string
  /** `false` is allowed when no row has NULL there. */
  readonly nullable?: boolean
  /** `null`: none. */
  readonly comment?: string | null
  /** SQL of Spark for rows that have no such column; `null`: none. */
  readonly standard?: string | null
  readonly position?: Position
}

/** Change what a column is. */
export async function changeColumn(tx: Transaction, path: Path, change: ColumnChange): Promise<Operation> {
  const schema = readSchema(tx.metadata.schemaString)
  const { field, path: spelled } = fieldAt(schema, path)
  if (change.nullable === false && field.nullable) await refuseNulls(tx, spelled)
  if (typeof change.standard === 'string') await requireDefault(tx, spelled, change.standard)
  const type = change.type === undefined ? field.type : wider(tx, { field, path: spelled, type: change.type })
  const changed: StructField = {
    ...field,
    type,
    nullable: change.nullable ?? field.nullable,
    metadata: withKeys(field.metadata, { comment: change.comment, CURRENT_DEFAULT: change.standard }),
  }
  let next = changedAt(schema, spelled, () => changed)
  if (change.position !== undefined)
    next = within(next, spelled, fields => placed(fields, fieldOf(fields, field.name), change.position))
  tx.change({ metadata: withSchema(tx.metadata, next) })
  const position = positionWords(change.position)
  return {
    name: 'CHANGE COLUMN',
    parameters: { column: JSON.stringify(told(spelled, changed)), ...position },
  }
}

type Retyping = { readonly field: StructField; readonly path: Path; readonly type: string }

function wider(tx: Transaction, { field, path, type }: Retyping): DataType {
  const wanted = declared(parseType(normalType(type)), pathWords(path))
  const [from, to] = [typeWords(field.type), typeWords(wanted)]
  if (from === to) return field.type
  if (field.type === 'void') return wanted
  if (typeof field.type === 'string' && typeof wanted === 'string' && wideningAsked(tx)(from, to))
    return wanted
  throw failure('SLUICE_DELTA_ALTER_REFUSED', {
    what: `\`${pathWords(path)}\` cannot change from ${from} to ${to}.`,
    why: 'The files stay as they are, so that only a wider type can take the place of another.',
    fix:
      tx.property('delta.enableTypeWidening') === 'true'
        ? 'Write the rows anew with the type cast in the SELECT, as an overwrite.'
        : 'If the type is wider, set `delta.enableTypeWidening` = `true` first.',
  })
}

async function refuseNulls(tx: Transaction, path: Path): Promise<void> {
  const [column = '', ...inner] = path
  if (inner.length > 0)
    throw refused(`\`${pathWords(path)}\` lies in another column, where NOT NULL cannot be set later.`)
  await refuseExisting(tx, { column, isRight: `"${column.replaceAll('"', '""')}" is not null` }, () =>
    failure('SLUICE_DELTA_NULL_REFUSED', { column }),
  )
}

async function requireDefault(tx: Transaction, path: Path, expression: string): Promise<void> {
  if (path.length > 1) throw refused(`\`${pathWords(path)}\` lies in another column and takes no default.`)
  await checkDefault(tx, path[0] ?? '', expression)
}

function requireMapping(tx: Transaction, done: string): void {
  if (mappingOf(tx.metadata.configuration) !== 'none') return
  throw failure('SLUICE_DELTA_ALTER_REFUSED', {
    what: `Columns of this table cannot be ${done}: its files call them by the names that people use.`,
    why: 'Other clients must know column mapping to read the table afterwards.',
    fix: 'Set `delta.columnMapping.mode` = `name` first.',
  })
}

function withKeys(
  metadata: StructField['metadata'],
  keys: { readonly [key: string]: string | null | undefined },
): StructField['metadata'] {
  const given = Object.entries(keys).filter(([, value]) => value !== undefined)
  const kept = Object.entries(metadata).filter(([key]) => !given.some(([name]) => name === key))
  return Object.fromEntries([...kept, ...given.filter(([, value]) => value !== null)])
}

function placed(
  fields: readonly StructField[],
  field: StructField,
  position: Position | undefined,
): readonly StructField[] {
  if (position === undefined) return fields
  const others = fields.filter(other => other !== field)
  if (position === 'first') return [field, ...others]
  const before = others.indexOf(fieldOf(others, position.after))
  return [...others.slice(0, before + 1), field, ...others.slice(before + 1)]
}

function fieldOf(fields: readonly StructField[], name: string): StructField {
  return fieldAt({ type: 'struct', fields }, [name]).field
}

function positionWords(position: Position | undefined): { readonly position?: string } {
  if (position === undefined) return {}
  return { position: position === 'first' ? 'FIRST' : `AFTER ${position.after}` }
}

/** A column as the log's `operationParameters` tell it. */
function told(path: Path, field: StructField) {
  const struct: StructType = { type: 'struct', fields: [{ ...field, name: pathWords(path) }] }
  return (JSON.parse(writeSchema(struct)) as StructType).fields[0] as StructField & { readonly type: string }
}

function refused(what: string): Error {
  return failure('SLUICE_DELTA_ALTER_REFUSED', {
    what,
    why: 'Nothing was changed.',
    fix: 'Write the rows anew as another table, in the form that you need.',
  })
}
