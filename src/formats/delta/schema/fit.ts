import { failure } from '../../../errors/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { parseType, type TableField, type TableType, typeSql } from '../../../tables/index.ts'
import type { Transaction } from '../face.ts'
import { absent, type Place, stored } from './cast.ts'
import { type Check, checksOf } from './checks.ts'
import { byName } from './evolve.ts'
import { closeNumbers, identityOf, marked, openNumbers } from './identity.ts'
import { growTo } from './grow.ts'
import { constraintBroken, newRules, type Rules, wordsOf } from './rules.ts'
import { readSchema, type StructField, writeSchema } from './schema-string.ts'
import { bind } from './spark/bind.ts'

export type FitOptions = {
  /** `strict`: columns that the table lacks are refused. `evolve`: they are added, and types widened. */
  readonly mode: 'strict' | 'evolve'
  /**
   * `new`: all rows are new to the table, and columns that number their rows themselves take no values.
   * `kept`: some rows were in the table before and keep their numbers; those without one get a new one.
   */
  readonly numbers?: 'new' | 'kept'
  /** Columns of the rows that are not the table's own and come along unlooked at, behind the others. */
  readonly passed?: readonly string[]
}

/** Rows as the table takes them. */
export type Fitted = {
  /**
   * A SELECT for the transaction's session with exactly `fields` (and `passed`), by names and types. It
   * checks while it is read: rows that break a rule of the table stop it.
   */
  readonly sql: string
  /** The table's columns in order, without those that no file holds ("Void Type"). */
  readonly fields: readonly TableField[]
  /**
   * Run what writes the rows, once. A broken rule is told by its name and without values; numbers that the
   * rows were given are noted in the transaction's metadata.
   */
  readonly write: <T>(act: () => Promise<T>) => Promise<T>
}

/** The rows of `sql` as rows of the transaction's table; its schema is changed only when `mode` allows. */
export async function fit(tx: Transaction, sql: string, options: FitOptions): Promise<Fitted> {
  const { passed = [] } = options
  const incoming = (await incomingColumns(tx, sql)).filter(({ name }) => !passed.includes(name))
  if (options.mode === 'evolve') growTo(tx, incoming)
  const rules = newRules()
  const columns = paired(tx, incoming)
  const values: Value[] = []
  for (const column of columns) values.push(await valueOf(tx, column, { options, rules }))
  for (const name of passed) values.push({ name, sql: quoteName(name) })
  const schema = readSchema(tx.metadata.schemaString)
  const checks = await checksOf(tx.session, { metadata: tx.metadata, schema, fields: tx.fields })
  const fields = columns.flatMap(({ field }) => (isVoid(field.type) ? [] : [field]))
  if (fields.length === 0) throw failure('SLUICE_DELTA_TYPE_UNSUPPORTED', { column: '*', type: 'void' })
  return {
    sql: layered(sql, values, {
      checks: [...checks, ...values.flatMap(value => value.check ?? [])],
      rules,
    }),
    fields,
    write: act => written(tx, act, { rules, sequences: values.flatMap(value => value.sequence ?? []) }),
  }
}

type Column = {
  readonly field: TableField
  readonly declared: StructField
  /** What the rows have for it. */
  readonly incoming: TableField | undefined
}

/** Where the values of a column come from. */
type Value = {
  readonly name: string
  /** Over the incoming rows; undefined: from the other columns. */
  readonly sql?: string
  /** Over the columns that have values by then. */
  readonly computed?: string
  readonly check?: Check
  readonly sequence?: Sequence
}

type Sequence = { readonly name: string; readonly column: string }

async function incomingColumns({ session }: Transaction, sql: string): Promise<readonly TableField[]> {
  return (await session.describe(sql)).map(({ name, type }) => ({
    name,
    stored: name,
    type: parseType(type),
    nullable: true,
  }))
}

function paired(tx: Transaction, incoming: readonly TableField[]): readonly Column[] {
  const come = byName(incoming, '')
  const names = new Set(tx.fields.map(field => field.name.toLowerCase()))
  const unknown = incoming.find(field => !names.has(field.name.toLowerCase()))
  if (unknown)
    throw failure('SLUICE_DELTA_COLUMN_UNKNOWN', {
      column: unknown.name,
      near: tx.fields.map(({ name }) => name),
    })
  const { fields } = readSchema(tx.metadata.schemaString)
  return tx.fields.map((field, at) => ({
    field,
    declared: fields[at] as StructField,
    incoming: come.get(field.name.toLowerCase()),
  }))
}

type Fitting = { readonly options: FitOptions; readonly rules: Rules }

async function valueOf(tx: Transaction, column: Column, { options, rules }: Fitting): Promise<Value> {
  const { field, declared, incoming } = column
  const { name } = field
  if (isVoid(field.type)) return { name }
  refuseVoid(field.type, name)
  const place: Place = { path: name, rules }
  const given = incoming && { sql: quoteName(incoming.name), type: incoming.type }
  if (identityOf(declared)) return numbered(tx, column, { options, rules })
  const expression = declared.metadata['delta.generationExpression']
  if (typeof expression === 'string') {
    const bound = await bind(tx.session, expression, tx.fields)
    const computed = stored({ sql: bound.sql, type: parseType(bound.type) }, field, place)
    if (!given) return { name, computed }
    const same = `(${quoteName(name)} is not distinct from ${computed})`
    const check = { name, sql: same, rule: constraintBroken(name, expression) }
    return { name, sql: stored(given, field, place), check }
  }
  if (given) return { name, sql: stored(given, field, place) }
  const standard = declared.metadata['CURRENT_DEFAULT']
  if (typeof standard !== 'string') return { name, sql: absent(field, place) }
  const { sql, type } = await bind(tx.session, standard, [])
  return { name, sql: stored({ sql, type: parseType(type) }, field, place) }
}

async function numbered(tx: Transaction, column: Column, { options, rules }: Fitting): Promise<Value> {
  const { field, declared, incoming } = column
  const { name } = field
  const given = incoming && { sql: quoteName(incoming.name), type: incoming.type }
  const kept = options.numbers === 'kept'
  if (given && !kept) {
    if (identityOf(declared)?.allowExplicitInsert !== true)
      throw failure('SLUICE_DELTA_IDENTITY_GIVEN', { column: name })
    return { name, sql: stored(given, field, { path: name, rules }) }
  }
  const sequence = { name: `numbers of ${name} of ${tx.metadata.id}`, column: name }
  const next = await openNumbers(tx.session, sequence.name, declared)
  if (!given) return { name, sql: next, sequence }
  const before = stored(given, { ...field, nullable: true }, { path: name, rules })
  return { name, sql: `coalesce(${before}, ${next})`, sequence }
}

type Layers = { readonly checks: readonly Check[]; readonly rules: Rules }

/** Incoming rows, then columns made of columns, then what all must be true of; each only where needed. */
function layered(sql: string, values: readonly Value[], { checks, rules }: Layers): string {
  const held = values.filter(value => value.sql !== undefined || value.computed !== undefined)
  const names = held.map(({ name }) => quoteName(name))
  const as = (made: string | undefined, name: string) => `${made} as ${quoteName(name)}`
  const base = held.flatMap(({ name, sql: made }) => (made === undefined ? [] : [as(made, name)]))
  // A generated column is made of columns that are not: of none at all when it is a constant.
  let made = `select ${(base.length > 0 ? base : ['null']).join(', ')} from (${sql}\n) as "incoming rows"`
  if (base.length < held.length) {
    const all = held.map(({ name, computed, sql: given }) =>
      given === undefined ? as(computed, name) : quoteName(name),
    )
    made = `select ${all.join(', ')} from (${made}) as "rows of the table"`
  }
  if (checks.length === 0) return made
  const whens = checks.map(check => `when (${check.sql}) is not true then ${rules.broken(check.rule)}`)
  const first = `case ${whens.join(' ')} else ${names[0]} end as ${names[0]}`
  return `select ${[first, ...names.slice(1)].join(', ')} from (${made}) as "rows of the table"`
}

type Writing = { readonly rules: Rules; readonly sequences: readonly Sequence[] }

async function written<T>(tx: Transaction, act: () => Promise<T>, { rules, sequences }: Writing): Promise<T> {
  const done = await act().catch((thrown: unknown) => {
    const full = sequences.find(({ name }) => wordsOf(thrown).includes(`value of sequence "${name}"`))
    throw full ? failure('SLUICE_DELTA_IDENTITY_FULL', { column: full.column }) : rules.told(thrown)
  })
  const marks = new Map<string, bigint>()
  for (const { name, column } of sequences) {
    const last = await closeNumbers(tx.session, name)
    if (last !== undefined) marks.set(column, last)
  }
  if (marks.size > 0) {
    const schemaString = writeSchema(marked(readSchema(tx.metadata.schemaString), marks))
    tx.change({ metadata: { ...tx.metadata, schemaString } })
  }
  return done
}

function isVoid(type: TableType): boolean {
  return type.kind === 'scalar' && typeSql(type) === '"NULL"'
}

/** "Void Type": shapes of which no file can be written, as there would be nothing in them. */
function refuseVoid(type: TableType, column: string): void {
  const parts = partsOf(type)
  const empty = parts.length > 0 && parts.every(part => isVoid(part.type))
  if (empty || (type.kind !== 'struct' && parts.some(part => holdsVoid(part.type))))
    throw failure('SLUICE_DELTA_TYPE_UNSUPPORTED', { column, type: 'void' })
  for (const part of parts) refuseVoid(part.type, `${column}.${part.name}`)
}

function holdsVoid(type: TableType): boolean {
  return isVoid(type) || partsOf(type).some(part => holdsVoid(part.type))
}

function partsOf(type: TableType): readonly TableField[] {
  switch (type.kind) {
    case 'scalar':
      return []
    case 'struct':
      return type.fields
    case 'list':
      return [type.element]
    case 'map':
      return [type.key, type.value]
  }
}
