import { widened } from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { Writing } from './incoming.ts'

/**
 * Make the standing table take the incoming rows: new columns are added, a type that is too narrow is
 * widened, nothing is ever dropped. Returns the columns of the table afterwards. Runs before any row is
 * touched: DuckDB cannot commit an ALTER that follows a DELETE in one transaction ("another transaction has
 * altered this table").
 */
export async function evolve(
  writing: Writing,
  relation: string,
  own: readonly Column[] = [],
): Promise<readonly Column[]> {
  const { session, table, columns, standing, request } = writing
  if (standing === undefined) {
    const extra = own.map(({ name, type }) => `, null::${type} as ${quoteName(name)}`).join('')
    await session.run(`create table ${table} as select *${extra} from ${relation} limit 0`)
    return [...columns, ...own]
  }
  const found = new Map(standing.map(column => [column.name.toLowerCase(), column]))
  for (const column of [...columns, ...own]) {
    const stands = found.get(column.name.toLowerCase())
    if (stands === undefined) {
      await session.run(`alter table ${table} add column ${quoteName(column.name)} ${column.type}`)
      found.set(column.name.toLowerCase(), column)
    } else if (stands.type !== column.type) {
      const meeting = { asset: request.table, standing: table, incoming: relation, stands, comes: column }
      const type = await widened(session, meeting)
      if (type !== stands.type)
        await session.run(`alter table ${table} alter column ${quoteName(stands.name)} type ${type}`)
      found.set(column.name.toLowerCase(), { ...stands, type })
    }
  }
  return [...found.values()]
}
