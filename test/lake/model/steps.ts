import type { Chance } from './chance.ts'

// Random operations, each as what Sluice is asked to do and as plain SQL over the model: a table of DuckDB
// called `model`.

export type Mode = 'auto' | 'copy-on-write' | 'merge-on-read'

export type Step =
  | { readonly kind: 'append'; readonly rows: string }
  | { readonly kind: 'overwrite'; readonly rows: string }
  | { readonly kind: 'replaceWhere'; readonly rows: string; readonly where: string }
  | { readonly kind: 'replacePartitions'; readonly rows: string }
  | { readonly kind: 'delete'; readonly where: string | undefined; readonly mode: Mode }
  | {
      readonly kind: 'update'
      readonly set: { readonly [column: string]: string }
      readonly where: string | undefined
      readonly mode: Mode
    }
  | {
      readonly kind: 'merge'
      readonly rows: string
      readonly on: string
      readonly clauses: readonly Clause[]
      readonly mode: Mode
    }
  | { readonly kind: 'change'; readonly remove: string; readonly rows: string; readonly mode: Mode }
  | { readonly kind: 'optimize'; readonly zorder: readonly string[] }
  | { readonly kind: 'restore' }
  | { readonly kind: 'addColumn' }

export type Clause = {
  readonly when: 'matched' | 'not matched' | 'not matched by source'
  readonly and: string | undefined
  /** `all` takes every column from the source. */
  readonly do: 'delete' | 'all' | { readonly [column: string]: string }
}

export type World = {
  readonly partitioned: boolean
  /** Columns that were added on the way, all INTEGER. */
  readonly added: readonly string[]
}

/** Rows that no two runs of one seed make differently; `key` makes each `id` unique. */
function rowsSql(chance: Chance, { added }: World, options: { count: number; unique?: boolean }): string {
  const salt = chance.integer(2 ** 30)
  const dice = (n: number, sides: number) => `(hash(i, ${salt + n}) % ${sides})`
  const columns = [
    `${dice(0, 150)}::bigint as id`,
    `(case when ${dice(1, 7)} = 0 then null else ${dice(2, 5)} end)::integer as k`,
    `(case when ${dice(3, 9)} = 0 then null else ${dice(4, 100_000)} / 100.0 end)::decimal(12, 2) as a`,
    `['', 'a', 'ä€', 'it''s', 'x''"y', null, 'long ' || repeat('z', ${dice(5, 50)}::bigint)][${dice(6, 7)}::bigint + 1] as s`,
    `make_timestamptz(1700000000000000 + ${dice(7, 10 ** 9)}::bigint * 1001) as t`,
    `case when ${dice(8, 6)} = 0 then null else {x: ${dice(9, 100)}::integer, y: ${dice(10, 3)}::varchar} end as p`,
    ...added.map((name, at) => `${dice(20 + at, 10)}::integer as ${name}`),
  ]
  const rows = `select ${columns.join(', ')} from range(${options.count}) as r(i)`
  return options.unique === true ? `${rows} qualify row_number() over (partition by id order by i) = 1` : rows
}

const conditions = [
  'id % 7 = 3',
  'id between 20 and 60',
  'id = 42',
  'k = 2',
  'k is null',
  'k in (1, 3)',
  'a > 500.5',
  "s = '' or s is null",
  "t > timestamptz '2023-11-20 00:00:00+00'",
  'p.x < 30',
  "k = 1 and s <> 'a'",
  'false',
  'not (a < 900)',
]

const settings: readonly { readonly [column: string]: string }[] = [
  { a: 'a + 1' },
  { s: "s || '!'", a: 'null' },
  { k: 'k + 1' },
  { k: 'null', id: 'id + 1000' },
  { 'p.x': 'p.x + 1' },
  { t: 't + interval 1 microsecond', s: 'id::varchar' },
  { a: 'id', id: 'id' },
]

const modes: readonly Mode[] = ['auto', 'copy-on-write', 'merge-on-read', 'merge-on-read']

export function nextStep(chance: Chance, world: World): Step {
  const mode = chance.of(modes)
  const rows = () => rowsSql(chance, world, { count: chance.integer(40) })
  const where = () => (chance.one(12) ? undefined : chance.of(conditions))
  const roll = chance.integer(100)
  if (roll < 22) return { kind: 'append', rows: rows() }
  if (roll < 24) return { kind: 'overwrite', rows: rowsSql(chance, world, { count: 120 }) }
  if (roll < 30) return replaceWhere(chance, rows())
  if (roll < 34 && world.partitioned) return { kind: 'replacePartitions', rows: rows() }
  if (roll < 48) return { kind: 'delete', where: chance.one(3) ? chance.of(conditions) : few(chance), mode }
  if (roll < 64) return { kind: 'update', set: chance.of(settings), where: where(), mode }
  if (roll < 84) return merge(chance, world, mode)
  if (roll < 91) return { kind: 'change', remove: few(chance), rows: rows(), mode }
  if (roll < 95) return { kind: 'optimize', zorder: chance.one(2) ? ['id', 'a'] : [] }
  if (roll < 98) return { kind: 'restore' }
  return world.added.length < addedMax ? { kind: 'addColumn' } : { kind: 'append', rows: rows() }
}

/** Wider tables only take longer. */
const addedMax = 3

/** Takes a few rows only, so that tables do not stay empty. */
function few(chance: Chance): string {
  return `id % 31 = ${chance.integer(31)}`
}

function replaceWhere(chance: Chance, rows: string): Step {
  const where = chance.of(['k = 2', 'id < 20', 'k is null', 'k = 1 and id > 5'])
  return { kind: 'replaceWhere', rows: `select * from (${rows}) where ${where}`, where }
}

function merge(chance: Chance, world: World, mode: Mode): Step {
  const clauses: Clause[] = []
  const kinds = ['matched', 'not matched', 'matched', 'not matched by source', 'not matched'] as const
  for (let n = 1 + chance.integer(3); n > 0; n--) {
    const when = chance.of(kinds)
    // What stands behind a clause without condition never applies; DuckDB refuses it.
    if (!clauses.some(before => before.when === when && before.and === undefined))
      clauses.push(clause(chance, when))
  }
  return {
    kind: 'merge',
    rows: rowsSql(chance, world, { count: chance.integer(60), unique: true }),
    on: chance.of(['t.id = s.id', 't.id = s.id', 't.id = s.id and t.k = s.k', 's.id = t.id and t.a > 300']),
    clauses,
    mode,
  }
}

function clause(chance: Chance, when: Clause['when']): Clause {
  switch (when) {
    case 'matched':
      return {
        when,
        and: chance.of([undefined, undefined, 's.a > t.a', 's.k = 1', 't.s is null']),
        do: chance.of<Clause['do']>([
          'all',
          'all',
          'delete',
          { a: 's.a' },
          { a: 't.a + s.a', s: 't.s' },
          { k: 's.k' },
        ]),
      }
    case 'not matched':
      return {
        when,
        and: chance.of([undefined, undefined, 's.k = 2', 's.a is not null']),
        do: chance.of<Clause['do']>(['all', 'all', { id: 's.id', k: 's.k' }, { id: 's.id + 1', s: "'new'" }]),
      }
    case 'not matched by source':
      return {
        when,
        and: chance.of(['t.id % 11 = 1', 't.k = 3', undefined]),
        do: chance.of<Clause['do']>(['delete', { s: "'orphan'" }, { a: 't.a * 1', k: '4' }]),
      }
  }
}

/** What the step does to the model, as statements. `rows` is the relation that holds its rows. */
export function modelSql(step: Step, rows: string, columns: readonly string[]): readonly string[] {
  switch (step.kind) {
    case 'append':
      return [`insert into model by name from ${rows}`]
    case 'overwrite':
      return ['delete from model', `insert into model by name from ${rows}`]
    case 'replaceWhere':
      return [`delete from model where ${step.where}`, `insert into model by name from ${rows}`]
    case 'replacePartitions':
      return [
        `delete from model where exists (from ${rows} r where r.k is not distinct from model.k)`,
        `insert into model by name from ${rows}`,
      ]
    case 'delete':
      return [`delete from model where ${step.where ?? 'true'}`]
    case 'update':
      return [`update model set ${setters(step.set)} where ${step.where ?? 'true'}`]
    case 'change':
      return [`delete from model where ${step.remove}`, `insert into model by name from ${rows}`]
    case 'merge':
      return [mergeSql(step, rows, columns)]
    case 'addColumn':
    case 'optimize':
    case 'restore':
      return []
  }
}

function setters(set: { readonly [column: string]: string }): string {
  return Object.entries(set)
    .map(([column, sql]) =>
      column === 'p.x' ? `p = struct_pack(x := ${sql}, y := p.y)` : `${column} = ${sql}`,
    )
    .join(', ')
}

function mergeSql(
  { on, clauses }: Extract<Step, { kind: 'merge' }>,
  rows: string,
  columns: readonly string[],
): string {
  const all = Object.fromEntries(columns.map(column => [column, `s.${column}`]))
  const words = clauses.map(({ when, and, do: act }) => {
    const head = `when ${when}${and === undefined ? '' : ` and ${and}`} then`
    if (act === 'delete') return `${head} delete`
    const set = act === 'all' ? all : act
    if (when !== 'not matched') return `${head} update set ${setters(set)}`
    return `${head} insert (${Object.keys(set).join(', ')}) values (${Object.values(set).join(', ')})`
  })
  return `merge into model as t using ${rows} as s on (${on}) ${words.join(' ')}`
}
