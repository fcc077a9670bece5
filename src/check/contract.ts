import { type Failure, failure } from '../errors/index.ts'
import type {
  AssetName,
  ChangePolicy,
  Check,
  Column,
  Contract,
  ContractChange,
  ContractPolicy,
} from '../model/index.ts'
import { normalType, quoteName } from '../sql/index.ts'
import { type Fit, fitOf } from './fit.ts'
import { type Rule, sortingOf } from './refuse.ts'
import { holds, widen } from './types.ts'

/**
 * Nothing is lost unasked: new columns are taken, rows that no longer fit wait in quarantine, missing
 * columns stop the load.
 */
export const defaultPolicy: ContractPolicy = {
  onNewColumn: 'add',
  onTypeChange: 'quarantine',
  onMissing: 'fail',
  onNull: 'quarantine',
}

export type ReconcileRequest = {
  readonly asset: AssetName
  /** The contract as the ledger keeps it; undefined: this is the first load. */
  readonly kept: Contract | undefined
  /**
   * Columns that a person declared. They outrank what was kept or seen; a `type` of '' leaves the type to
   * inference.
   */
  readonly declared: readonly Column[]
  readonly key: readonly string[]
  readonly policy: ContractPolicy
  readonly loaded: LoadedRows
  /** Checks of the asset; those of severity `quarantine` refuse rows. */
  readonly checks: readonly Check[]
  readonly nowMs: number
}

/** Staged rows: the source's columns, then the place of each row in its source. */
export type LoadedRows = {
  /** SQL that may stand behind FROM. */
  readonly relation: string
  /** Columns as they were found. */
  readonly columns: readonly Column[]
  /** Relation of rows that could not even be read: (reason, rule, source, position, raw). */
  readonly unreadable?: string
  /** Columns of the relation that say where a row came from; `_source` and `_position` unless said. */
  readonly place?: { readonly source: string; readonly position: string }
  /** SQL for a row as it came, as JSON text; unless said, it is made from the columns. */
  readonly raw?: string | undefined
  /** Items that the accepted rows get besides the contract's columns: `"_source"`. */
  readonly extra?: readonly string[]
}

export type Reconciled = {
  /** What holds from now on. Its version is higher than the kept one exactly when it differs. */
  readonly contract: Contract
  /** What the contract took over: empty when it did not change, and on the first load. */
  readonly changes: readonly ContractChange[]
  /** Every difference that was seen, taken over or not. */
  readonly differences: readonly ContractChange[]
  /** SELECT of the rows that fit, cast to the contract's types, in its order; then the extra items. */
  readonly acceptSql: string
  /**
   * SELECT (reason, rule, source, position, raw), all text, of all other rows, the unreadable among them;
   * each row once.
   */
  readonly refuseSql: string
  /** SELECT (rule, count) of the rows to refuse. */
  readonly countSql: string
  /**
   * Counts that must be 0, each with the failure if they are not: what only the rows can tell (`onNull:
   * fail`).
   */
  readonly demands: readonly { readonly sql: string; readonly failure: (rows: number) => Failure }[]
  /** Not empty: the load must stop, nothing may be written. */
  readonly failures: readonly Failure[]
}

/**
 * What a load means for its contract. `fail` always stops the load before anything is written; else, per
 * kind of change:
 *
 * - new column · `add`: the contract gets it · `ignore`: it is dropped · `quarantine`: rows with a value
 *   there are refused
 * - type change · `add`: the column is widened, to text if nothing else holds both · `ignore`: values that
 *   do not fit are NULL · `quarantine`: rows whose value does not fit are refused
 * - missing column · `add`: NULL, and the contract allows it from now on · `ignore`: NULL · `quarantine`:
 *   all rows are refused
 * - NULL where none is allowed · `add`, `ignore`: it is let through · `quarantine`: those rows are refused
 *
 * A value fits a type if it can be cast to it and nothing is lost: 1.5 is no INTEGER. Key columns are never
 * NULL, whatever the policy. The same request gives the same text.
 */
export function reconcile(request: ReconcileRequest): Reconciled {
  const columns = wantedColumns(request)
  const seen = columns.map(column => seenColumn(column, request))
  const surplus = newColumns(request, columns)
  const differences = [...seen.flatMap(one => one.difference ?? []), ...surplus.map(newColumn)]
  const added = request.policy.onNewColumn === 'add' || request.kept === undefined ? surplus : []
  const next = [...seen, ...added.map(column => takenColumn(column))]
  const contract = nextContract(request, next)
  const rules = [
    ...next.flatMap(one => one.rules),
    ...surplusRules(request, surplus),
    ...nullRules(request, next),
  ]
  const { failures, ...sorting } = sortingOf(request, rules, next)
  return {
    contract,
    changes: contract.version === request.kept?.version ? [] : taken(request, contract, differences),
    differences,
    demands: demandsOf(request, next),
    failures: [...seen.flatMap(one => one.failure ?? []), ...surplusFailures(request, surplus), ...failures],
    ...sorting,
  }
}

/** A column of the contract against what the source showed. */
type Seen = {
  readonly column: Column
  /** Its value, cast: the accepted rows' item. */
  readonly sql: string
  /** SQL over the row as it came: it has no value here. */
  readonly isNull: string
  readonly rules: readonly Rule[]
  readonly difference?: ContractChange
  readonly failure?: Failure
}

/**
 * What the contract said before this load: kept, else declared; what a person declared outranks what was
 * kept.
 */
function wantedColumns({ kept, declared, key, loaded }: ReconcileRequest): readonly Column[] {
  const isKey = (name: string) => key.some(k => same(k, name))
  const base = kept?.columns ?? loaded.columns.map(column => ({ ...column, nullable: true }))
  const named = base.map(column => declaredOver(column, declared))
  const rest = declared
    .filter(column => !base.some(b => same(b.name, column.name)))
    .map(column => ({ ...column, type: column.type === '' ? 'VARCHAR' : normalType(column.type) }))
  return [...named, ...rest].map(column => (isKey(column.name) ? { ...column, nullable: false } : column))
}

function declaredOver(column: Column, declared: readonly Column[]): Column {
  const said = declared.find(d => same(d.name, column.name))
  if (said === undefined) return column
  const type = said.type === '' ? column.type : normalType(said.type)
  return { ...column, ...said, name: column.name, type, nullable: said.nullable }
}

function newColumns({ loaded }: ReconcileRequest, wanted: readonly Column[]): readonly Column[] {
  return loaded.columns.filter(column => !wanted.some(w => same(w.name, column.name)))
}

function newColumn({ name, type }: Column): ContractChange {
  return { kind: 'new column', column: name, type }
}

function takenColumn(column: Column): Seen {
  const value = quoteName(column.name)
  return { column: { ...column, nullable: true }, sql: value, isNull: `${value} is null`, rules: [] }
}

function seenColumn(wanted: Column, request: ReconcileRequest): Seen {
  const found = request.loaded.columns.find(column => same(column.name, wanted.name))
  if (found === undefined) return missingColumn(wanted, request)
  const value = quoteName(found.name)
  const [have, want] = [normalType(found.type), normalType(wanted.type)]
  const seen = { column: wanted, isNull: `${value} is null`, rules: [] }
  if (have === want) return { ...seen, sql: value }
  if (holds(want, have)) return { ...seen, sql: `cast(${value} as ${want})` }
  return retypedColumn(wanted, found, request)
}

function retypedColumn(wanted: Column, found: Column, request: ReconcileRequest): Seen {
  const { asset, kept } = request
  const [from, to] = [normalType(wanted.type), normalType(found.type)]
  const value = quoteName(found.name)
  const fit = fitOf({ value, from: to, to: from })
  // Before anything was kept there is no change: a person's types are simply what rows have to fit.
  const change: ContractChange = { kind: 'type change', column: wanted.name, from, to }
  const seen = {
    column: wanted,
    isNull: `${value} is null`,
    ...(kept === undefined ? {} : { difference: change }),
  }
  const action = typeAction(wanted, request)
  if (action === 'add') {
    const wide = widen(from, to) ?? 'VARCHAR'
    return { ...seen, column: { ...wanted, type: wide }, sql: `cast(${value} as ${wide})`, rules: [] }
  }
  if (action === 'ignore') return { ...seen, sql: fit.cast, isNull: `${fit.cast} is null`, rules: [] }
  const strict = { ...seen, sql: fit.cast, rules: [typeRule(wanted, fit, from)] }
  if (action !== 'fail') return strict
  return { ...strict, failure: failure('SLUICE_CONTRACT_TYPE', { asset, column: wanted.name, from, to }) }
}

/** A type that a person declared is not widened behind their back, and a first load has nothing to change. */
function typeAction(wanted: Column, { kept, declared, policy }: ReconcileRequest): ChangePolicy {
  const said = declared.some(column => same(column.name, wanted.name) && column.type !== '')
  if (policy.onTypeChange === 'ignore') return 'ignore'
  if (kept === undefined || (said && policy.onTypeChange === 'add')) return 'quarantine'
  return policy.onTypeChange
}

function typeRule(column: Column, fit: Fit, type: string): Rule {
  return { when: fit.misfit, reason: `${column.name} does not fit ${type}`, rule: `type of ${column.name}` }
}

/** A source without any column had no row to show (a generator that yielded nothing): none is missing. */
function missingColumn(wanted: Column, { asset, policy, key, loaded }: ReconcileRequest): Seen {
  const difference: ContractChange = { kind: 'missing column', column: wanted.name, type: wanted.type }
  const isKey = key.some(k => same(k, wanted.name))
  const sql = `cast(null as ${wanted.type})`
  const unseen = { column: wanted, sql, isNull: 'true', rules: [] }
  if (loaded.columns.length === 0) return unseen
  const seen = { ...unseen, difference }
  if (isKey || policy.onMissing === 'fail') {
    const words = { asset, column: wanted.name, type: wanted.type, key: isKey }
    return { ...seen, failure: failure('SLUICE_CONTRACT_MISSING', words) }
  }
  if (policy.onMissing === 'add') return { ...seen, column: { ...wanted, nullable: true } }
  if (policy.onMissing === 'ignore') return seen
  const rule = { when: 'true', reason: `${wanted.name} is missing`, rule: `missing ${wanted.name}` }
  return { ...seen, rules: [rule] }
}

function surplusRules({ kept, policy }: ReconcileRequest, surplus: readonly Column[]): readonly Rule[] {
  if (policy.onNewColumn !== 'quarantine' || kept === undefined) return []
  return surplus.map(({ name }) => ({
    when: `${quoteName(name)} is not null`,
    reason: `${name} is new and has a value`,
    rule: `new column ${name}`,
  }))
}

function surplusFailures(
  { asset, kept, policy }: ReconcileRequest,
  surplus: readonly Column[],
): readonly Failure[] {
  if (policy.onNewColumn !== 'fail' || kept === undefined) return []
  return surplus.map(({ name: column, type }) =>
    failure('SLUICE_CONTRACT_NEW_COLUMN', { asset, column, type }),
  )
}

/** A NULL in the key is refused whatever the policy says: such a row could never be found again. */
function nullRules({ policy, key }: ReconcileRequest, seen: readonly Seen[]): readonly Rule[] {
  const isKey = (name: string) => key.some(k => same(k, name))
  return seen
    .filter(({ column }) => !column.nullable && (policy.onNull === 'quarantine' || isKey(column.name)))
    .map(({ column: { name }, isNull }) => ({
      when: isNull,
      reason: isKey(name) ? `${name} is NULL and part of the key` : `${name} is NULL`,
      rule: `null in ${name}`,
    }))
}

function demandsOf(request: ReconcileRequest, seen: readonly Seen[]): Reconciled['demands'] {
  return [...nullDemands(request, seen), ...readDemands(request)]
}

function nullDemands(request: ReconcileRequest, seen: readonly Seen[]): Reconciled['demands'] {
  const { asset, policy, key, loaded } = request
  const strict = seen.filter(({ column }) => !column.nullable && !key.some(k => same(k, column.name)))
  if (policy.onNull !== 'fail' || strict.length === 0) return []
  const when = strict.map(({ isNull }) => isNull).join(' or ')
  const columns = strict.map(({ column }) => column.name)
  const failed = (rows: number) => failure('SLUICE_CONTRACT_NULL', { asset, columns, rows })
  return [{ sql: `select count(*) from ${loaded.relation} where ${when}`, failure: failed }]
}

/** Texts (a CSV) are cast by the contract while they are read: there a changed type shows as such rows. */
function readDemands({ asset, policy, kept, loaded }: ReconcileRequest): Reconciled['demands'] {
  if (policy.onTypeChange !== 'fail' || kept === undefined || loaded.unreadable === undefined) return []
  const failed = (rows: number) => failure('SLUICE_CONTRACT_UNFIT', { asset, rows })
  return [{ sql: `select count(*) from ${loaded.unreadable} where "rule" = 'type'`, failure: failed }]
}

function nextContract({ kept, key, declared }: ReconcileRequest, seen: readonly Seen[]): Contract {
  const columns = seen.map(({ column }) => column)
  const promised = declared.filter(({ type, nullable }) => type !== '' || !nullable)
  const said = promised.length > 0 ? { declared: promised.map(({ name }) => name) } : {}
  const children = kept?.children ? { children: kept.children } : {}
  const next = { columns, key, ...said, ...children }
  if (kept === undefined) return { version: 1, ...next }
  return { version: promiseText(next) === promiseText(kept) ? kept.version : kept.version + 1, ...next }
}

/** What a contract promises, to be compared: what is written about its columns promises nothing. */
function promiseText({ columns, key, declared = [] }: Omit<Contract, 'version'>): string {
  return JSON.stringify([columns.map(({ name, type, nullable }) => [name, type, nullable]), key, declared])
}

/** The differences that the contract follows, and what a person's declaration changed in it. */
function taken(
  { kept }: ReconcileRequest,
  contract: Contract,
  differences: readonly ContractChange[],
): readonly ContractChange[] {
  if (kept === undefined) return []
  const before = new Map(kept.columns.map(column => [column.name, column]))
  const followed: ContractChange[] = []
  for (const { name, type, nullable } of contract.columns) {
    const old = before.get(name)
    if (old === undefined) followed.push({ kind: 'new column', column: name, type })
    else if (old.type !== type) followed.push({ kind: 'type change', column: name, from: old.type, to: type })
    else if (nullable && !old.nullable) {
      followed.push(...differences.filter(d => d.kind === 'missing column' && d.column === name))
    }
  }
  return followed
}

function same(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase()
}
