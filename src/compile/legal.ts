import { vocabulary } from '../check/index.ts'
import { type Failure, failure, near } from '../errors/index.ts'
import type { At, Check, Column, Declaration, Facts, PartitionScheme, WriteStrategy } from '../model/index.ts'
import { normalType } from '../sql/index.ts'
import { columnsOf, writeOf } from './defaults.ts'
import { type Names, notFound, resolve } from './resolve.ts'

/** What an asset says of itself, with columns spelt as they are made, and what is wrong with it. */
export type Legal = {
  readonly key: readonly string[]
  readonly cursor: string | undefined
  readonly partition: PartitionScheme | undefined
  readonly checks: readonly Check[]
  /** Its own columns with declared docs and nullability. */
  readonly columns: readonly Column[] | undefined
  readonly failures: readonly Failure[]
}

type Circumstances = {
  readonly names: Names
  readonly columns: readonly Column[] | undefined
  readonly pools: { readonly [name: string]: number }
}

/** Holds what an asset says of itself against its columns, and against what can be said together. */
export function legal(declaration: Declaration, circumstances: Circumstances): Legal {
  if (!saysNothing(declaration.facts)) return held(declaration, circumstances)
  const { columns } = circumstances
  return columns === undefined ? nothing : { ...nothing, columns }
}

function held(declaration: Declaration, { names, columns, pools }: Circumstances): Legal {
  const { name, body, facts } = declaration
  const write = writeOf(declaration)
  const seen = columnsOf({ kind: body.kind, write, columns })
  const speller = spellerOf(declaration, seen)
  const spell = speller.spell
  const failures = [...combinations(declaration, write), ...pool(declaration, pools)]
  const key = facts.key.map(column => spell(column, 'key', 'key'))
  const cursor = facts.cursor === undefined ? undefined : spell(facts.cursor, 'cursor', 'cursor')
  const scheme = facts.partition
  const partition = scheme && { ...scheme, column: spell(scheme.column, 'partition', 'partition') }
  const checks = facts.checks.map(check => {
    const spelt = check.columns.map(column => spell(column, `check \`${check.id}\``, check.id))
    failures.push(...pointers(check, { name, at: check.at ?? declaration.at, names }))
    return { ...check, columns: spelt }
  })
  const told =
    body.kind === 'sql' || body.kind === 'export' ? declared(declaration, columns, spell) : undefined
  const made = told?.columns ?? columns
  failures.push(...speller.failures, ...(told?.failures ?? []))
  return { key, cursor, partition, checks, columns: made, failures }
}

const nothing: Legal = {
  key: [],
  cursor: undefined,
  partition: undefined,
  checks: [],
  columns: undefined,
  failures: [],
}

/** Most assets of a large project state nothing that could be wrong. */
function saysNothing({ key, cursor, partition, checks, columns, write, materialize, pool }: Facts): boolean {
  const lists = key.length + checks.length + columns.length
  const single = cursor ?? partition ?? write ?? materialize ?? pool
  return lists === 0 && single === undefined
}

type Spell = (column: string, fact: string, spot: string) => string

/** Finds columns however they are spelt, and collects those that are not there. */
function spellerOf(
  { name, at, spots }: Declaration,
  columns: readonly Column[] | undefined,
): { readonly spell: Spell; readonly failures: readonly Failure[] } {
  const failures: Failure[] = []
  if (columns === undefined) return { spell: column => column, failures }
  const byName = new Map(columns.map(column => [column.name.toLowerCase(), column.name]))
  const spell: Spell = (column, fact, spot) => {
    const found = byName.get(column.toLowerCase())
    if (found !== undefined) return found
    const params = { asset: name, fact, name: column, near: near(column, byName.values()) }
    failures.push(failure('SLUICE_FACT_COLUMN', params, { at: spots[spot] ?? at }))
    return column
  }
  return { spell, failures }
}

const needs: { readonly [write in WriteStrategy]?: readonly ['key' | 'partition', string] } = {
  merge: ['key', "`@key id` in SQL, `key: 'id'` in TypeScript"],
  scd2: ['key', "`@key id` in SQL, `key: 'id'` in TypeScript"],
  'replace-partition': ['partition', "`@partition day` in SQL, `partition: 'day'` in TypeScript"],
}

/** What cannot be said together. */
function combinations({ name, at, body, facts, spots }: Declaration, write: WriteStrategy): Failure[] {
  const failures: Failure[] = []
  const place: At = spots['write'] ?? spots['materialize'] ?? at
  const { materialize } = facts
  const need = needs[write]
  const has = need?.[0] === 'key' ? facts.key.length > 0 : facts.partition !== undefined
  if (need && !has && body.kind !== 'source' && body.kind !== 'export') {
    const params = { asset: name, write, needs: need[0], fact: need[1] }
    failures.push(failure('SLUICE_WRITE_NEEDS', params, { at: place }))
  }
  const one = `materialize ${materialize}`
  const clash =
    facts.write !== undefined &&
    ((materialize === 'view') !== (facts.write === 'view') || materialize === 'snapshot') &&
    materialize !== facts.write &&
    materialize !== undefined
  if (clash) {
    failures.push(
      failure('SLUICE_WRITE_CONFLICT', { asset: name, one, other: `write ${facts.write}` }, { at: place }),
    )
  }
  if (write === 'view' && body.kind !== 'sql') {
    const kind = body.kind === 'ingest' ? 'loading' : body.kind === 'rows' ? 'TypeScript' : body.kind
    failures.push(failure('SLUICE_WRITE_KIND', { asset: name, write, kind }, { at: place }))
  }
  return failures
}

function pool({ name, at, facts, spots }: Declaration, pools: Circumstances['pools']): readonly Failure[] {
  if (facts.pool === undefined || facts.pool in pools) return []
  const params = { asset: name, pool: facts.pool, near: near(facts.pool, Object.keys(pools)) }
  return [failure('SLUICE_POOL_UNKNOWN', params, { at: spots['pool'] ?? at })]
}

/** Assets that a check points to must be there. */
function pointers(
  check: Check,
  by: { readonly name: string; readonly at: At; readonly names: Names },
): readonly Failure[] {
  const specs = check.check === 'query' ? [] : vocabulary[check.check].args
  return specs.flatMap(({ name, type }) => {
    const value = check.args[name]
    if (type !== 'asset' || typeof value !== 'string') return []
    const dot = value.indexOf('.')
    const reference = { schema: dot < 0 ? undefined : value.slice(0, dot), table: value.slice(dot + 1) }
    if (resolve(by.names, reference).kind !== 'missing') return []
    const place = { asset: by.name, at: by.at }
    return [notFound(by.names, { ...reference, offset: 0, length: 0 }, place)]
  })
}

/**
 * What a person declared of a query's columns, held against what it makes. A column that an `error` check
 * keeps from being NULL is not nullable: rows with NULL are never published.
 */
function declared(
  { name, at, facts, spots }: Declaration,
  columns: readonly Column[] | undefined,
  spell: Spell,
): { readonly columns: readonly Column[] | undefined; readonly failures: readonly Failure[] } {
  if (columns === undefined) return { columns, failures: [] }
  const failures: Failure[] = []
  const said = new Map(
    facts.columns.map(column => [spell(column.name, 'documentation', column.name), column]),
  )
  const filled = new Set(facts.checks.filter(keepsNullsOut).flatMap(check => check.columns.map(lower)))
  const made = columns.map(column => {
    const own = said.get(column.name)
    if (own && own.type !== '' && normalType(own.type) !== column.type) {
      const params = { asset: name, column: column.name, declared: own.type, made: column.type }
      failures.push(failure('SLUICE_DECLARED_TYPE', params, { at: spots[own.name] ?? at }))
    }
    const nullable = !filled.has(lower(column.name)) && own?.nullable !== false
    return { ...column, nullable, ...(own?.doc === undefined ? {} : { doc: own.doc }) }
  })
  return { columns: made, failures }
}

function keepsNullsOut({ check, severity, mostly, where }: Check): boolean {
  return check === 'not_null' && severity === 'error' && mostly === 1 && where === undefined
}

function lower(text: string): string {
  return text.toLowerCase()
}
