import { failure } from '../../../errors/index.ts'
import { nameOf, tokenize } from '../../../sql/index.ts'
import {
  alikeIn,
  type Assignments,
  assignedTo,
  equalities,
  insertedSql,
  knownSql,
  type Merge,
  type MergeClause,
  matchesSql,
  parseType,
  reachOf,
  replacedSql,
  updatedSql,
} from '../../../tables/index.ts'
import type { Operation, Transaction } from '../face.ts'
import { fit, type Fitted } from '../schema/fit.ts'
import { growTo } from '../schema/grow.ts'
import { applyChange, type Changed, type RowsChanged } from './change.ts'
import { type AllColumns, expanded, type MergeRequestClause, takesAll } from './clauses.ts'
import { carriedColumns } from './columns.ts'
import { readFor } from './delete.ts'
import { numbersOf } from './fresh.ts'
import { type Held, held, heldPositions } from './held.ts'
import { mergeMetrics } from './metrics.ts'
import { numberedSource } from './source.ts'
import type { Mode } from './touched.ts'

export type MergeRequest = {
  /** SELECT on the transaction's session; it runs once. */
  readonly source: string
  /** What conditions and assignments call the two: `source` and `target` unless said otherwise. */
  readonly as?: { readonly source?: string; readonly target?: string } | undefined
  /** When a row of the source and one of the target match. */
  readonly on: string
  /** Of the clauses of a kind, the first whose condition holds applies. */
  readonly clauses: readonly MergeRequestClause[]
  /** `true`: columns that only the source has are added, where `'all'` would set them. */
  readonly schemaEvolution?: boolean | undefined
  readonly mode?: Mode | undefined
}

/**
 * MERGE as Delta's documentation defines it. A row of the target that a clause changes may match one row of
 * the source only, unless the one clause for matches deletes whatever matches. Staged:
 * `tx.commit(changed.operation)`.
 */
export async function mergeRows(tx: Transaction, request: MergeRequest): Promise<RowsChanged> {
  const source = await numberedSource(tx.session, request.source)
  try {
    const merge = await prepare(tx, request, source)
    const insertsOnly = merge.clauses.every(({ when }) => when === 'not matched')
    const changed = await (insertsOnly ? insertNew(tx, merge) : changeMatched(tx, merge, request.mode))
    const metrics = mergeMetrics(changed, {
      numSourceRows: await tx.session.count(`select count(*) from ${source.relation}`),
    })
    return { ...changed.counts, operation: operationOf(merge, metrics) }
  } finally {
    await source.drop()
  }
}

type Prepared = Merge & {
  /** Columns that rows of the target which match have in common with the source. */
  readonly alike: Assignments
}

/** The merge over one version of the table, cut down to the files that it can reach. */
async function prepare(tx: Transaction, request: MergeRequest, source: Held): Promise<Prepared> {
  const as = { source: request.as?.source ?? 'source', target: request.as?.target ?? 'target' }
  const columns = (await tx.session.describe(`from ${source.relation}`)).filter(
    ({ name }) => name !== '_source_row',
  )
  if (request.schemaEvolution === true && request.clauses.some(takesAll)) {
    const incoming = columns.map(({ name, type }) => ({
      name,
      stored: name,
      type: parseType(type),
      nullable: true,
    }))
    growTo(tx, incoming)
  }
  const all: AllColumns = {
    ...as,
    sourceColumns: columns.map(({ name }) => name),
    some: request.schemaEvolution === true ? 'allowed' : 'refused',
  }
  const clauses = request.clauses.map(clause => expanded(tx, clause, all))
  const orphans = clauses.some(({ when }) => when === 'not matched by source')
  const matched = {
    equalities: equalities(request.on, as),
    targetTypes: new Map(
      tx.fields.map(({ name, type }) => [name.toLowerCase(), type.kind === 'scalar' ? type.sql : type.kind]),
    ),
    sourceTypes: new Map(columns.map(({ name, type }) => [name.toLowerCase(), type])),
  }
  const partitionColumns = tx.partitionColumns.map(name => name.toLowerCase())
  const where = orphans
    ? undefined
    : await reachOf(tx.session, { ...matched, source: source.relation, partitionColumns })
  readFor(tx, where)
  const { sql } = await tx.scan({ where, positions: true })
  const alike = alikeIn(matched, as.source)
  return { target: sql, source: source.relation, as, on: request.on, clauses, alike }
}

/** Nothing of the target changes: only keys of it are read, to know which rows of the source are new. */
async function insertNew(tx: Transaction, merge: Merge): Promise<Changed> {
  const known = await held(tx.session, knownSql(merge))
  try {
    const inserted = await insertedRows(tx, merge, known.relation)
    return await applyChange(tx, { gone: undefined, inserted, mode: 'auto' })
  } finally {
    await known.drop()
  }
}

async function changeMatched(tx: Transaction, merge: Prepared, mode: Mode = 'auto'): Promise<Changed> {
  const matches = await heldPositions(tx, matchesSql(merge))
  try {
    const ambiguous = await refuseAmbiguous(tx, merge, matches.relation)
    const updates = updatesOf(merge).map(({ number }) => number)
    const gone = `(select ${ambiguous ? 'distinct' : ''} _file, _pos,
      _clause in (${[-1, ...updates].join(', ')}) as _updated
      from ${matches.relation} where _clause is not null)`
    const inserted = await insertedRows(tx, merge, matches.relation)
    const updated = (files: readonly string[]) => updatedRows(tx, merge, { matches: matches.relation, files })
    return await applyChange(tx, { gone, updated, inserted, mode })
  } finally {
    await matches.drop()
  }
}

/** Whether rows match more than once; where that does not mean one thing only, it is a failure. */
async function refuseAmbiguous(tx: Transaction, merge: Merge, matches: string): Promise<boolean> {
  const rows = await tx.session.count(
    `select count(*) from (select _file, _pos from ${matches} where _clause is not null
     group by all having count(*) > 1)`,
  )
  if (rows === 0) return false
  const [clause, another] = merge.clauses.filter(({ when }) => when === 'matched')
  if (clause?.do === 'delete' && clause.and === undefined && another === undefined) return true
  throw failure('SLUICE_DELTA_MERGE_AMBIGUOUS', { rows })
}

function insertedRows(tx: Transaction, merge: Merge, matches: string): Promise<readonly Fitted[]> {
  const columns = tx.fields.map(({ name }) => name)
  const inserts = merge.clauses.flatMap(({ when }, clause) => (when === 'not matched' ? [clause] : []))
  return inTurn(inserts, clause =>
    fit(tx, insertedSql({ merge, clause, matches, columns }), { mode: 'strict' }),
  )
}

type Updated = { readonly matches: string; readonly files: readonly string[] }

async function updatedRows(
  tx: Transaction,
  merge: Prepared,
  { matches, files }: Updated,
): Promise<readonly Fitted[]> {
  if (files.length === 0) return []
  const passed = numbersOf(tx).id.map(({ name }) => name)
  const { sql } = await tx.scan({ files, positions: true })
  return inTurn(updatesOf(merge), ({ number, set, when }) => {
    const columns = carriedColumns(tx, set)
    const alike = when === 'matched' ? merge.alike : {}
    const rewrite = {
      merge: { ...merge, target: sql },
      clause: number,
      matches,
      columns,
      keep: passed,
      alike,
    }
    const whole =
      passed.length === 0 &&
      columns.every(column =>
        isOfSource(assignedTo(column, set) ?? assignedTo(column, alike), merge.as.source),
      )
    const rows = whole ? replacedSql(rewrite) : updatedSql(rewrite)
    return fit(tx, rows, { mode: 'strict', numbers: 'kept', passed })
  })
}

/** One after the other: they share a session. */
async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (const item of items) results.push(await act(item))
  return results
}

/** Whether an expression is a bare column of the source. */
function isOfSource(sql: string | undefined, source: string): boolean {
  const [relation, dot, column, ...more] = tokenize(sql ?? '')
  return (
    relation !== undefined &&
    nameOf(relation)?.toLowerCase() === source.toLowerCase() &&
    dot?.text === '.' &&
    column !== undefined &&
    more.length === 0
  )
}

type Update = {
  readonly when: MergeClause['when']
  readonly number: number
  readonly set: Assignments
}

function updatesOf({ clauses }: Merge): readonly Update[] {
  return clauses.flatMap(({ when, do: act }, number) =>
    act !== 'delete' && 'update' in act ? [{ when, number, set: act.update }] : [],
  )
}

/** As Spark's history has it: lists of clauses are JSON in a text. */
function operationOf({ on, clauses }: Merge, metrics: Operation['metrics']): Operation {
  const told = (kind: MergeClause['when']) =>
    JSON.stringify(
      clauses
        .filter(({ when }) => when === kind)
        .map(({ and, do: act }) => ({
          ...(and === undefined ? {} : { predicate: and }),
          actionType: act === 'delete' ? act : 'update' in act ? 'update' : 'insert',
        })),
    )
  const parameters = {
    predicate: JSON.stringify([on]),
    matchedPredicates: told('matched'),
    notMatchedPredicates: told('not matched'),
    notMatchedBySourcePredicates: told('not matched by source'),
  }
  return { name: 'MERGE', parameters, ...(metrics ? { metrics } : {}) }
}
