import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../engine/index.ts'
import {
  type Assignments,
  insertedSql,
  knownSql,
  type Merge,
  type MergeClause,
  matchesSql,
  replacedSql,
  updatedSql,
} from './changes.ts'

let engine: Engine
let session: Session
const tempDir = mkdtempSync(join(tmpdir(), 'sluice-changes-'))
beforeAll(async () => {
  engine = await openEngine({ tempDir, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'memory' })
})
afterAll(() => {
  engine.close()
  rmSync(tempDir, { recursive: true })
})

const columns = ['id', 'a', 'b']
const as = { source: 's', target: 't' }

function mergeOf(clauses: readonly MergeClause[], on = 't.id = s.id'): Merge {
  const target = `select *, 'f' || (rowid % 3) as _file, rowid as _pos from target`
  return { target, source: '(select *, rowid as _source_row from source)', as, on, clauses }
}

/** What the merge leaves of the target. */
async function merged(merge: Merge): Promise<string> {
  const inserts = merge.clauses.every(clause => clause.when === 'not matched')
  await session.run(
    `create or replace temp table matches as ${inserts ? knownSql(merge) : matchesSql(merge)}`,
  )
  const parts = merge.clauses.flatMap(({ do: act }, clause) => {
    const rewrite = { merge, clause, matches: 'matches', columns }
    if (act === 'delete') return []
    if ('update' in act) return [updatedSql(rewrite)]
    const given = columns.filter(column => column in act.insert)
    return [
      `select ${columns.map(c => (given.includes(c) ? c : 'null')).join()} from (${insertedSql(rewrite)})`,
    ]
  })
  const kept = inserts
    ? 'select * from target'
    : `select id, a, b from (${merge.target}) t
       anti join (from matches where _clause is not null) m on t._file = m._file and t._pos = m._pos`
  return listed([kept, ...parts].join(' union all '))
}

async function listed(query: string): Promise<string> {
  const rows = await session.rows(`select id, a, b from (${query}) r(id, a, b) order by all`)
  return JSON.stringify(rows)
}

/** DuckDB refuses clauses behind one of their kind without a condition, which never apply. */
function reachable(clauses: readonly MergeClause[]): readonly MergeClause[] {
  return clauses.filter(
    ({ when }, at) => !clauses.slice(0, at).some(before => before.when === when && before.and === undefined),
  )
}

/** DuckDB's own MERGE, which knows the same clauses. */
async function nativelyMerged({ on, clauses }: Merge): Promise<string> {
  await session.run('create or replace temp table model as from target')
  const set = (to: Assignments) => Object.entries(to).map(([column, sql]) => `${column} = ${sql}`)
  const words = reachable(clauses).map(({ when, and, do: act }) => {
    const head = `when ${when}${and === undefined ? '' : ` and ${and}`} then`
    if (act === 'delete') return `${head} delete`
    if ('update' in act) return `${head} update set ${set(act.update).join()}`
    return `${head} insert (${Object.keys(act.insert).join()}) values (${Object.values(act.insert).join()})`
  })
  await session.run(`merge into model as t using source as s on (${on}) ${words.join(' ')}`)
  return listed('from model')
}

const cell = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null })
const conditions = (...pool: readonly string[]) =>
  fc.option(fc.constantFrom(...pool), { nil: undefined, freq: 2 })
const both = conditions('t.a > 4', 's.a < t.a', 't.b is null', 's.b = 3')
const matched: fc.Arbitrary<MergeClause> = fc.record({
  when: fc.constant('matched' as const),
  and: both,
  do: fc.constantFrom<'delete' | { update: Assignments }>(
    'delete',
    { update: { a: 's.a', b: 't.a' } },
    { update: { b: 't.b + s.b' } },
  ),
})
const absent: fc.Arbitrary<MergeClause> = fc.record({
  when: fc.constant('not matched' as const),
  and: conditions('s.a > 3', 's.b is null'),
  do: fc.constantFrom({ insert: { id: 's.id', a: 's.a', b: 's.b' } }, { insert: { id: 's.id', b: 's.a' } }),
})
const orphaned: fc.Arbitrary<MergeClause> = fc.record({
  when: fc.constant('not matched by source' as const),
  and: conditions('t.a > 6', 't.b is null'),
  do: fc.constantFrom<'delete' | { update: Assignments }>('delete', { update: { a: 't.b', b: 't.a' } }),
})
const clausesOf = fc.array(fc.oneof(matched, absent, orphaned), { minLength: 1, maxLength: 4 })

async function fill(table: string, rows: readonly (readonly (number | null)[])[]): Promise<void> {
  await session.run(`create or replace temp table ${table} (id integer, a integer, b integer)`)
  const values = rows.map(row => `(${row.map(value => value ?? 'null').join()})`)
  if (values.length > 0) await session.run(`insert into ${table} values ${values.join()}`)
}

test('a merge leaves the rows that the engine’s own MERGE leaves, whatever clauses, NULLs and doubles', async () => {
  const row = fc.tuple(cell, cell, cell)
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      fc.uniqueArray(row, { maxLength: 8, selector: ([id]) => id }),
      clausesOf,
      async (target, source, clauses) => {
        await fill('target', target)
        await fill('source', source)
        expect(await merged(mergeOf(clauses))).toBe(await nativelyMerged(mergeOf(clauses)))
      },
    ),
    { numRuns: 300 },
  )
})

test('a condition that is no equality, and comments at the ends of expressions', async () => {
  await fill('target', [
    [1, 1, 1],
    [2, 2, 2],
  ])
  await fill('source', [
    [1, 9, 9],
    [7, 8, 8],
  ])
  const merge = mergeOf(
    [
      { when: 'matched', and: 'true -- always', do: { update: { A: 's.a -- new' } } },
      { when: 'not matched', do: { insert: { id: 's.id -- key', b: 's.b' } } },
    ],
    't.id <= s.id and s.id < t.id + 1 -- near',
  )
  expect(JSON.parse(await merged(merge))).toEqual([
    ['1', '9', '1'],
    ['2', '2', '2'],
    ['7', null, '8'],
  ])
})

test('rows that come whole from the source do not read the target', async () => {
  await fill('target', [
    [1, 1, 1],
    [2, 2, 2],
  ])
  await fill('source', [[2, 5, null]])
  const merge = mergeOf([{ when: 'matched', do: { update: { id: 's.id', a: 's.a', b: 's.b' } } }])
  await session.run(`create or replace temp table matches as ${matchesSql(merge)}`)
  const sql = replacedSql({ merge, clause: 0, matches: 'matches', columns })
  expect(sql).not.toContain('from target')
  expect(await session.rows(sql)).toEqual([['2', '5', null]])
})

test('an update reads what columns were, also beside their new values', async () => {
  await fill('target', [[1, 2, 3]])
  await fill('source', [[1, 0, 0]])
  const merge = mergeOf(
    [{ when: 'matched', do: { update: { a: 'b', b: 't.a' } } }],
    't.id = s.id and t.a = 2',
  )
  const swapped = {
    ...merge,
    clauses: [{ when: 'matched', do: { update: { a: 't.b', b: 't.a' } } }] as const,
  }
  expect(JSON.parse(await merged(swapped))).toEqual([['1', '3', '2']])
})
