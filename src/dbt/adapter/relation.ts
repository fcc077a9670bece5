/**
 * A place in the database, as templates handle it: named parts, which of them are shown, and which are
 * quoted. Frozen; every change is another relation.
 */
export type Relation = {
  readonly database: string | null
  readonly schema: string | null
  readonly identifier: string | null
  readonly type: RelationType | null
  readonly quote: Parts<boolean>
  readonly include: Parts<boolean>
  readonly dbtCreated: boolean
  /** Rows at most: 0 under `--empty`; null: all. */
  readonly limit: number | null
  /** Only rows of this time are seen: a batch, or a sample. */
  readonly eventTime: EventTimeFilter | null
  /** Text that stands for the whole, such as `'data/*.parquet'` or `read_csv(…)`. */
  readonly external: string | null
  /** Of `information_schema()`: the view in it. */
  readonly informationView: string | null
  readonly catalog: string | null
}

export type Part = 'database' | 'schema' | 'identifier'
export type Parts<T> = { readonly database: T; readonly schema: T; readonly identifier: T }
export type RelationType =
  | 'table'
  | 'view'
  | 'cte'
  | 'materialized_view'
  | 'external'
  | 'pointer_table'
  | 'ephemeral'
  | 'function'

export type EventTimeFilter = {
  readonly field: string
  /** `2026-01-01 00:00:00+00:00`; from this moment on. */
  readonly start: string | null
  /** Up to this moment, without it. */
  readonly end: string | null
}

export const parts: readonly Part[] = ['database', 'schema', 'identifier']
const all: Parts<boolean> = { database: true, schema: true, identifier: true }

/** A relation of these parts; what is not given is as it is for every relation of the database. */
export function relation(given: Partial<Relation>): Relation {
  return {
    database: null,
    schema: null,
    identifier: null,
    type: null,
    quote: all,
    include: all,
    dbtCreated: false,
    limit: null,
    eventTime: null,
    external: null,
    informationView: null,
    catalog: null,
    ...given,
  }
}

/** The relation without limit and filter: what `render()` gives. */
export function rendered(of: Relation): string {
  if (of.external !== null) return of.external
  const shown = parts.flatMap(part => {
    const text = of[part]
    if (!of.include[part] || text === null) return []
    return [of.quote[part] ? quoted(text) : text]
  })
  if (of.informationView !== null) shown.push(of.informationView)
  return shown.join('.')
}

/** The relation as it stands in SQL: limited to a sample or a batch where one is asked for. */
export function inSql(of: Relation): string {
  const plain = rendered(of)
  if (of.type === 'function') return plain
  const limited =
    of.limit === null
      ? plain
      : of.limit === 0
        ? `(select * from ${plain} where false limit 0)`
        : `(select * from ${plain} limit ${of.limit})`
  const when = of.eventTime === null ? '' : during(of.eventTime)
  return when === '' ? limited : `(select * from ${limited} where ${when})`
}

function during({ field, start, end }: EventTimeFilter): string {
  const since = start === null ? [] : [`${field} >= '${start}'`]
  const until = end === null ? [] : [`${field} < '${end}'`]
  return [...since, ...until].join(' and ')
}

/**
 * Unlike an SQL name elsewhere, what a project calls a relation is taken to be free of quotes, as dbt does.
 */
function quoted(name: string): string {
  return `"${name}"`
}

/** `information_schema`, or a view in it, of the relation's database. */
export function informationSchema(of: Relation, view: string | null): Relation {
  return relation({
    database: of.database,
    schema: null,
    identifier: 'INFORMATION_SCHEMA',
    type: 'view',
    include: { database: of.database !== null, schema: false, identifier: true },
    quote: { ...of.quote, identifier: false },
    informationView: view,
  })
}

/** The name under which an ephemeral model stands in the queries that read it. */
export function ephemeralName(identifier: string): string {
  return `__dbt__cte__${identifier}`
}

/**
 * Is it the one that is searched for? Parts that are not given match everything; names compare as they are,
 * or without regard to case where dbt made the relation unquoted. `'nearly'`: the same but for case or
 * quotes, which is a mistake of whoever asks.
 */
export function matches(
  of: Relation,
  search: { readonly [part in Part]?: string | null | undefined },
): boolean | 'nearly' {
  let exact = true
  let nearly = true
  for (const part of parts) {
    const wanted = search[part]
    if (wanted === null || wanted === undefined) continue
    const has = of[part] ?? ''
    const same =
      of.dbtCreated && !of.quote[part] ? has.toLowerCase() === wanted.toLowerCase() : has === wanted
    if (!same) exact = false
    if (bare(has) !== bare(wanted)) nearly = false
  }
  return exact || (nearly ? 'nearly' : false)
}

function bare(name: string): string {
  return name.toLowerCase().replace(/^"+|"+$/g, '')
}
