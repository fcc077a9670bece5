import { differ, partitionsIn, requireKey, reshaped, sameKey, stage, telling } from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { reachOf } from '../../../tables/index.ts'
import { apply, type Outcome } from './apply.ts'
import { first } from './fill.ts'
import { evolved, inShape } from './shape.ts'
import { placed, type Writing } from './writing.ts'

/**
 * By key: new rows are inserted, rows that differ take the new values, equal rows are left alone; columns
 * that do not come keep their values. One join finds the changes, with the places of the rows that go.
 */
export async function merge(writing: Writing): Promise<Outcome> {
  const { session, standing, table } = writing
  requireKey(writing)
  if (standing === undefined) return first(writing)
  const { relation, rows, deduplicated } = await stage(writing)
  const shape = await evolved(writing, relation)
  const { changes, missing } = await changed(writing, { relation, shape })
  const came = await session.count(`select count(*) from ${changes}`)
  const updated = await session.count(`select count(*) from ${changes} where _file is not null`)
  const went = missing === undefined ? 0 : await session.count(`select count(*) from ${missing}`)
  const written = {
    out: rows,
    deduplicated,
    unchanged: came === 0 && went === 0 && !reshaped(standing, shape),
    partitions: await partitionsOf(writing, { changes, missing, shape }),
  }
  if (written.unchanged) return { table, changed: false, written }
  const places = [`${changes} where _file is not null`, ...(missing === undefined ? [] : [missing])]
  const gone = `(${places.map(from => `select _file, _pos from ${from}`).join(' union all ')})`
  const add = `(select * exclude (_file, _pos, _sluice_was) from ${changes})`
  return { ...(await apply(table, { shape, gone, add, name: 'MERGE', updated })), written }
}

type Incoming = { readonly relation: string; readonly shape: readonly Column[] }
type Changes = { readonly changes: string; readonly missing: string | undefined }

/**
 * Relations of the rows that come, each with the place of the one that it takes, and of those that go because
 * their key did not come. `_sluice_was` is what the partition's column held before.
 */
async function changed(writing: Writing, { relation, shape }: Incoming): Promise<Changes> {
  const { session, request, columns, table, standing = [] } = writing
  const key = sameKey(request.key, 's', 't')
  const comes = new Set(columns.map(({ name }) => name.toLowerCase()))
  const values = shape.map(column => valueOf(column, comes.has(column.name.toLowerCase())))
  const where = request.deleteMissing ? undefined : await reach(writing, relation)
  const rows = inShape(standing, shape, { relation: await placed(table, where), more: ['_file', '_pos'] })
  const { partition } = request
  const was = partition === undefined ? 'null' : `t.${quoteName(partition.scheme.column)}`
  const changes = writing.temp()
  await session.run(`create temp table ${changes} as
    select t._file, t._pos, ${was} as _sluice_was, ${values.join(', ')}
    from ${relation} s left join ${rows} t on ${key}
    where t._file is null or ${differ(telling(request, columns), 's', 't')}`)
  if (!request.deleteMissing) return { changes, missing: undefined }
  const missing = writing.temp()
  await session.run(`create temp table ${missing} as
    select t._file, t._pos, ${was} as _sluice_was from ${rows} t
    where not exists (select 1 from ${relation} s where ${key})`)
  return { changes, missing }
}

function valueOf({ name, type }: Column, comes: boolean): string {
  return `cast(${comes ? 's' : 't'}.${quoteName(name)} as ${type}) as ${quoteName(name)}`
}

/** Partitions that rows went from or came to. */
async function partitionsOf(
  { session, request: { partition: slice } }: Writing,
  { changes, missing, shape }: Changes & { readonly shape: readonly Column[] },
): Promise<readonly string[]> {
  if (slice === undefined) return []
  const column = quoteName(slice.scheme.column)
  const touched = [
    `select ${column} from ${changes}`,
    `select _sluice_was as ${column} from ${changes} where _file is not null`,
    ...(missing === undefined ? [] : [`select _sluice_was as ${column} from ${missing}`]),
  ]
  return partitionsIn(session, `(${touched.join(' union all ')})`, { slice, columns: shape })
}

/** Where in the table rows of these keys can lie; undefined: anywhere. */
async function reach(writing: Writing, relation: string): Promise<string | undefined> {
  const { session, request, columns, standing = [] } = writing
  const nulls = request.key.map(name => `${quoteName(name)} is null`).join(' or ')
  // NULL is a key like any other here, and lies in no range.
  if ((await session.count(`select count(*) from ${relation} where ${nulls}`)) > 0) return undefined
  return reachOf(session, {
    source: relation,
    equalities: request.key.map(name => ({ target: name, source: name })),
    targetTypes: typesOf(standing),
    sourceTypes: typesOf(columns),
    partitionColumns: [],
  })
}

function typesOf(columns: readonly Column[]): ReadonlyMap<string, string> {
  return new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]))
}
