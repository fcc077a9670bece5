import { randomUUID } from 'node:crypto'
import type { RefuseRequest } from '../../../connect/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { type Applied, apply } from './apply.ts'
import { remove, type Some } from './remove.ts'
import type { Table } from './writing.ts'

const instant = 'TIMESTAMP WITH TIME ZONE'
const text = (name: string) => ({ name, type: 'VARCHAR', kept: 'VARCHAR', nullable: true })
/** `quarantineOf` of `sluice/connect` says what they mean. */
const columns = [
  text('id'),
  text('run'),
  { name: 'refused_at', type: instant, kept: instant, nullable: true },
  ...['reason', 'rule', 'source', 'position', 'raw', 'status'].map(text),
]

/** Refused rows into the quarantine, which is made when the first one comes. */
export async function refuse(table: Table, { sql, run }: RefuseRequest): Promise<Applied> {
  // A row gets its id from a prefix that no other call has and its place in this one.
  const prefix = quoteText(randomUUID())
  const add = `(select ${prefix} || '-' || (row_number() over ())::varchar as id, ${quoteText(run)} as run,
      now() as refused_at, reason::varchar as reason, rule::varchar as rule, source::varchar as source,
      position::varchar as position, raw::varchar as raw, 'open' as status
    from (${sql}\n))`
  return apply(table, { shape: table.standing ?? columns, add })
}

/** Open rows get another status. */
export async function settle(
  table: Table,
  {
    status,
    ids,
    temp,
  }: { readonly status: string; readonly ids?: readonly string[] | undefined; readonly temp: string },
): Promise<Some> {
  if (ids?.length === 0) return { rows: 0, done: undefined }
  const which = ids === undefined ? '' : ` and id in (${ids.map(quoteText).join(', ')})`
  return remove(table, {
    where: `status = 'open'${which}`,
    temp,
    instead: `select * replace (${quoteText(status)} as status) from ${temp}`,
  })
}
