import type { Written } from '../../../connect/index.ts'
import { differ, partitionsIn, requireKey, reshaped, sameKey, stage, telling } from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { evolve } from './evolve.ts'
import { fill, type Writing } from './incoming.ts'

/**
 * By key: new rows are inserted, rows that differ take the new values, equal rows are left alone; columns
 * that do not come keep their values. One join finds the changes, then delete and insert: as fast as MERGE
 * INTO (76 against 69 ms for 100,000 updates and 100,000 inserts in 3 M rows), and it tells what changed and
 * in which partitions.
 */
export async function merge(writing: Writing): Promise<Written> {
  const { session, request, table, columns } = writing
  requireKey(writing)
  if (writing.standing === undefined) {
    const { rows, deduplicated } = await fill(writing)
    const partitions = await partitionsIn(session, table, { slice: request.partition, columns })
    return { out: rows, deduplicated, unchanged: false, partitions }
  }
  const { relation, rows, deduplicated } = await stage(writing)
  const whole = await evolve(writing, relation)
  const key = sameKey(request.key, 's', 't')
  const comes = new Set(columns.map(({ name }) => name.toLowerCase()))
  const values = whole.map(column => valueOf(column, comes.has(column.name.toLowerCase()))).join(', ')
  const changes = writing.temp()
  await session.run(`create temp table ${changes} as
    select t.rowid as _sluice_old, ${values} from ${relation} s left join ${table} t on ${key}
    where t.rowid is null or ${differ(telling(request, columns), 's', 't')}`)
  const gone = writing.temp()
  await session.run(`create temp table ${gone} as select * from ${table} t
    where rowid in (select _sluice_old from ${changes})
    ${request.deleteMissing ? `or ${missing(relation, key)}` : ''}`)
  if (request.deleteMissing) await session.run(`delete from ${table} t where ${missing(relation, key)}`)
  await session.run(`delete from ${table} where rowid in (select _sluice_old from ${changes})`)
  const fresh = await session.run(
    `insert into ${table} by name select * exclude (_sluice_old) from ${changes}`,
  )
  const touched = `(from ${gone} union all by name select * exclude (_sluice_old) from ${changes})`
  const old = await session.count(`select count(*) from ${gone}`)
  return {
    out: rows,
    deduplicated,
    unchanged: fresh === 0 && old === 0 && !reshaped(writing.standing, whole),
    partitions: await partitionsIn(session, touched, { slice: request.partition, columns: whole }),
  }
}

function valueOf({ name, type }: Column, comes: boolean): string {
  return comes ? `s.${quoteName(name)}::${type} as ${quoteName(name)}` : `t.${quoteName(name)}`
}

function missing(relation: string, key: string): string {
  return `not exists (select 1 from ${relation} s where ${key})`
}
