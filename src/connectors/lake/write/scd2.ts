import {
  differ,
  instant,
  names,
  requireKey,
  reserve,
  reshaped,
  sameKey,
  stage,
  telling,
} from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { apply, type Outcome } from './apply.ts'
import { evolved, inShape } from './shape.ts'
import { placed, type Writing } from './writing.ts'

const instants = 'TIMESTAMP WITH TIME ZONE'
const own: readonly Column[] = [
  { name: 'valid_from', type: instants, nullable: false },
  { name: 'valid_to', type: instants, nullable: true },
  { name: 'is_current', type: 'BOOLEAN', nullable: false },
]

/**
 * History: one row per version of a key, valid from (inside) to (outside). A row that differs from the
 * current version ends it and begins a new one at the run's logical time; equal rows change nothing. A
 * version never ends before it began: when the logical time is not later than the current version's beginning
 * (the same time again, or a clock that jumped back), the current version is corrected in place. With
 * `deleteMissing`, keys that are absent end; one that comes back begins a new version and leaves the gap.
 */
export async function scd2(writing: Writing): Promise<Outcome> {
  const { session, request, columns, standing, table } = writing
  requireKey(writing)
  reserve(writing, ...own.map(({ name }) => name))
  const { relation, rows, deduplicated } = await stage(writing)
  const shape = await evolved(writing, relation, own)
  const at = instant(request.atMs)
  const began = `select ${names(columns)}, ${at} as valid_from,
    null::${instants} as valid_to, true as is_current`
  if (standing === undefined) {
    const written = { out: rows, deduplicated, unchanged: false, partitions: [] }
    return { ...(await apply(table, { shape, add: `(${began} from ${relation})` })), written }
  }
  const { changes, ended } = await changed(writing, { relation, shape })
  const [came, went] = [
    await session.count(`select count(*) from ${changes}`),
    await session.count(`select count(*) from ${ended}`),
  ]
  const unchanged = came === 0 && went === 0 && !reshaped(standing, shape)
  const written = { out: rows, deduplicated, unchanged, partitions: [] }
  if (unchanged) return { table, changed: false, written }
  const versions = `(select * replace (greatest(${at}, _sluice_from, _sluice_end) as valid_from)
      from (${began}, _sluice_from, _sluice_end from ${changes}))`
  const closed = `(select * replace (${at} as valid_to, false as is_current) from ${ended}
    where valid_from < ${at})`
  const add = `(select * exclude (_sluice_from, _sluice_end) from ${versions} union all by name
    select * exclude (_file, _pos) from ${closed})`
  // A version that ends comes back with its end, one that is corrected in place with other values.
  const updated = await session.count(`select (select count(*) from ${ended} where valid_from < ${at})
    + (select count(*) from ${changes} where _sluice_from >= ${at})`)
  return { ...(await apply(table, { shape, gone: ended, add, name: 'MERGE', updated })), written }
}

type Incoming = { readonly relation: string; readonly shape: readonly Column[] }

/** Rows that begin a version, and versions that end: whole rows with their places. */
async function changed(
  writing: Writing,
  { relation, shape }: Incoming,
): Promise<{ readonly changes: string; readonly ended: string }> {
  const { session, request, columns, table, standing = [] } = writing
  const [key, changes, ended] = [sameKey(request.key, 's', 't'), writing.temp(), writing.temp()]
  const keys = request.key.map(quoteName).join(', ')
  const stood = inShape(standing, shape, { relation: await placed(table), more: ['_file', '_pos'] })
  await session.run(`create temp table ${changes} as
    with ended as (select ${keys}, max(valid_to) as _sluice_end from ${writing.rows} group by all)
    select t as _sluice_old, t.valid_from as _sluice_from, e._sluice_end, s.*
    from ${relation} s
    left join ${stood} t on ${key} and t.is_current
    left join ended e on ${sameKey(request.key, 's', 'e')}
    where t._file is null or ${differ(telling(request, columns), 's', 't')}`)
  const absent = `union all select t from ${stood} t
    where t.is_current and not exists (select 1 from ${relation} s where ${key})`
  await session.run(`create temp table ${ended} as select unnest(old) from (
    select _sluice_old as old from ${changes} where _sluice_from is not null
    ${request.deleteMissing ? absent : ''})`)
  return { changes, ended }
}
