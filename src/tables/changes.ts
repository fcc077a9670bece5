import { quoteName } from '../sql/index.ts'

// Which rows of a table a MERGE changes, and into what: SQL over relations, whatever format they lie in.

/** What columns become: SQL by column. */
export type Assignments = { readonly [column: string]: string }

export type MergeClause =
  | MatchedClause
  | {
      readonly when: 'not matched'
      /** Only rows for which this holds. */
      readonly and?: string | undefined
      readonly do: { readonly insert: Assignments }
    }
  | {
      readonly when: 'not matched by source'
      readonly and?: string | undefined
      readonly do: 'delete' | { readonly update: Assignments }
    }

type MatchedClause = {
  readonly when: 'matched'
  readonly and?: string | undefined
  readonly do: 'delete' | { readonly update: Assignments }
}

/** A MERGE. Of the clauses of a kind, the first whose condition holds applies. */
export type Merge = {
  /** SELECT of the target's rows, with `_file` and `_pos`. */
  readonly target: string
  /** Relation of the source's rows, numbered in `_source_row`. It is read more than once. */
  readonly source: string
  /** What conditions and assignments call the two. */
  readonly as: { readonly source: string; readonly target: string }
  readonly on: string
  readonly clauses: readonly MergeClause[]
}

/**
 * Rows of the target that a clause changes, as `_file`, `_pos`, `_source_row` (NULL: no row of the source
 * matches) and `_clause`, its number. Where rows may be inserted, matches that no clause changes are there
 * too, with a NULL `_clause`: their row of the source is not new. Reads only columns that conditions name.
 */
export function matchesSql(merge: Merge): string {
  const { clauses, as } = merge
  const kinds = new Set(clauses.map(clause => clause.when))
  const found = `${quoteName(as.source)}._source_row is not null`
  const clause = `case when ${found} then ${firstOf(clauses, 'matched')}
    else ${firstOf(clauses, 'not matched by source')} end`
  const kept = kinds.has('not matched')
    ? '_clause is not null or _source_row is not null'
    : '_clause is not null'
  // The source, which is the smaller one, is the side that is hashed: the target streams past it.
  const join = kinds.has('not matched by source') ? 'left join' : 'join'
  return `select * from (
    select ${target(as)}._file, ${target(as)}._pos, ${quoteName(as.source)}._source_row, ${clause} as _clause
    from (${merge.target}) as ${target(as)} ${join} ${sourceAs(merge)} on (${merge.on}\n)
  ) where ${kept}`
}

/** Numbers of the source's rows that match some row of the target. */
export function knownSql(merge: Merge): string {
  return `select ${quoteName(merge.as.source)}._source_row
    from (${merge.target}) as ${target(merge.as)} join ${sourceAs(merge)} on (${merge.on}\n)`
}

export type Rewrite = {
  readonly merge: Merge
  /** Number of the clause that says what rows become. */
  readonly clause: number
  /** Relation that holds what `matchesSql` or `knownSql` gave. */
  readonly matches: string
  /** Columns of the target, in order. */
  readonly columns: readonly string[]
  /** Columns of `target` that are passed on behind them. */
  readonly keep?: readonly string[] | undefined
  /** What columns that the clause does not assign are in the source, too. */
  readonly alike?: Assignments | undefined
}

/** Rows as an `update` clause makes them. */
export function updatedSql(rewrite: Rewrite): string {
  const { merge, clause, matches, columns, keep = [] } = rewrite
  const act = merge.clauses[clause]?.do
  const set = act !== undefined && act !== 'delete' && 'update' in act ? act.update : {}
  const { as } = merge
  const values = columns.map(column => {
    const assigned = assignedTo(column, set)
    return assigned === undefined ? `${target(as)}.${quoteName(column)}` : `(${assigned}\n)`
  })
  const rest = keep.map(column => `${target(as)}.${quoteName(column)}`)
  return named(
    `select ${[...values, ...rest].join(', ')}
     from (${merge.target}) as ${target(as)}
     join ${matches} as _m on _m._clause = ${clause}
       and _m._file = ${target(as)}._file and _m._pos = ${target(as)}._pos
     left join ${sourceAs(merge)} on ${quoteName(as.source)}._source_row = _m._source_row`,
    [...columns, ...keep],
  )
}

/** As `updatedSql`, where every column comes from the source: the target is not read again. */
export function replacedSql({ merge, clause, matches, columns, alike = {} }: Rewrite): string {
  const act = merge.clauses[clause]?.do
  const set = act !== undefined && act !== 'delete' && 'update' in act ? act.update : {}
  const values = columns.map(
    column => `(${assignedTo(column, set) ?? assignedTo(column, alike) ?? 'null'}\n)`,
  )
  const source = quoteName(merge.as.source)
  return named(
    `select ${values.join(', ')} from ${sourceAs(merge)}
     join ${matches} as _m on _m._clause = ${clause} and _m._source_row = ${source}._source_row`,
    columns,
  )
}

/** New rows as an `insert` clause makes them: of `columns`, those that it assigns. */
export function insertedSql({ merge, clause, matches, columns }: Rewrite): string {
  const act = merge.clauses[clause]?.do
  const set = act !== undefined && act !== 'delete' && 'insert' in act ? act.insert : {}
  const given = columns.filter(column => assignedTo(column, set) !== undefined)
  const values = given.map(column => `(${assignedTo(column, set)}\n)`)
  const source = quoteName(merge.as.source)
  return named(
    `select ${values.join(', ')} from ${sourceAs(merge)}
     anti join ${matches} as _m on _m._source_row = ${source}._source_row
     where ${firstOf(merge.clauses, 'not matched')} = ${clause}`,
    given,
  )
}

/** What a column is assigned; names of columns are told apart whatever their case. */
export function assignedTo(column: string, set: Assignments): string | undefined {
  if (Object.hasOwn(set, column)) return set[column]
  const name = Object.keys(set).find(key => key.toLowerCase() === column.toLowerCase())
  return name === undefined ? undefined : set[name]
}

/** Number of the first clause of the kind whose condition holds, else NULL. */
function firstOf(clauses: readonly MergeClause[], kind: MergeClause['when']): string {
  const cases = clauses.flatMap(({ when, and = 'true' }, number) =>
    when === kind ? [`when (${and}\n) then ${number}`] : [],
  )
  return cases.length === 0 ? 'null::integer' : `case ${cases.join(' ')} end`
}

/** Named from outside, so that no expression reads the new value of a column beside it. */
function named(select: string, columns: readonly string[]): string {
  return `select * from (${select}) as _rows(${columns.map(quoteName).join(', ')})`
}

function target(as: Merge['as']): string {
  return quoteName(as.target)
}

function sourceAs({ source, as }: Merge): string {
  return `${source} as ${quoteName(as.source)}`
}
