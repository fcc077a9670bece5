import type { Written } from '../../../connect/index.ts'
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
import { quoteName } from '../../../sql/index.ts'
import { evolve } from './evolve.ts'
import type { Writing } from './incoming.ts'

const instants = 'TIMESTAMP WITH TIME ZONE'
const own = [
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
export async function scd2(writing: Writing): Promise<Written> {
  const { session, request, table, columns } = writing
  requireKey(writing)
  reserve(writing, 'valid_from', 'valid_to', 'is_current')
  const { relation, rows, deduplicated } = await stage(writing)
  const whole = await evolve(writing, relation, own)
  const at = instant(request.atMs)
  const [key, changes] = [sameKey(request.key, 's', 't'), writing.temp()]
  const keyNames = request.key.map(quoteName).join(', ')
  await session.run(`create temp table ${changes} as
    with ended as (select ${keyNames}, max(valid_to) as _sluice_end from ${table} group by all)
    select t.rowid as _sluice_old, t.valid_from as _sluice_from, e._sluice_end, s.*
    from ${relation} s
    left join ${table} t on ${key} and t.is_current
    left join ended e on ${sameKey(request.key, 's', 'e')}
    where t.rowid is null or ${differ(telling(request, columns), 's', 't')}`)
  const ended = writing.temp()
  await session.run(`create temp table ${ended} as
    select _sluice_old, _sluice_from from ${changes} where _sluice_old is not null
    ${request.deleteMissing ? absent({ relation, table, key }) : ''}`)
  await session.run(
    `delete from ${table} where rowid in (select _sluice_old from ${ended} where _sluice_from >= ${at})`,
  )
  await session.run(`update ${table} set valid_to = ${at}, is_current = false
    where rowid in (select _sluice_old from ${ended} where _sluice_from < ${at})`)
  const begins = `greatest(${at}, _sluice_from, _sluice_end)`
  const began = await session.run(`insert into ${table} by name
    select ${names(columns)}, ${begins} as valid_from, null::timestamptz as valid_to, true as is_current
    from ${changes}`)
  const closed = await session.count(`select count(*) from ${ended}`)
  const unchanged = began === 0 && closed === 0 && !reshaped(writing.standing, whole)
  return { out: rows, deduplicated, unchanged, partitions: [] }
}

function absent({ relation, table, key }: { relation: string; table: string; key: string }): string {
  return `union all select t.rowid, t.valid_from from ${table} t
    where t.is_current and not exists (select 1 from ${relation} s where ${key})`
}
