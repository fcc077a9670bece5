import { failure } from '../../../errors/index.ts'
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
  const { session, table, columns, standing } = writing
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
      const type = await widened(writing, { relation, stands, comes: column })
      found.set(column.name.toLowerCase(), { ...stands, type })
    }
  }
  return [...found.values()]
}

/**
 * The type that holds both what stands and what comes, without losing a value of either. Asked of the values
 * themselves.
 */
async function widened(
  { session, table, request }: Writing,
  { relation, stands, comes }: { relation: string; stands: Column; comes: Column },
): Promise<string> {
  const lost = (from: string, column: Column, to: string) => {
    const name = quoteName(column.name)
    return session.count(`select count(*) from ${from}
      where ${name} is not null
        and try_cast(try_cast(${name} as ${to}) as ${column.type}) is distinct from ${name}`)
  }
  // A number that was promised to be wider is so before the first value needs it: readers go by the promise.
  const wider =
    (await isWider(session, stands.type, comes.type)) && (await lost(table, stands, comes.type)) === 0
  const intoText = stands.type !== 'VARCHAR' && comes.type === 'VARCHAR'
  if (!wider && !intoText && (await lost(relation, comes, stands.type)) === 0) return stands.type
  if ((await lost(table, stands, comes.type)) > 0)
    throw failure('SLUICE_TYPE_CONFLICT', {
      table: request.table,
      column: stands.name,
      stands: stands.type,
      comes: comes.type,
    })
  await session.run(`alter table ${table} alter column ${quoteName(stands.name)} type ${comes.type}`)
  return comes.type
}

/** The table got a column, or a column a wider type: that is a change even if no row came. */
export function reshaped({ standing }: Writing, whole: readonly Column[]): boolean {
  const shape = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${type}`).join('\n')
  return standing === undefined || shape(standing) !== shape(whole)
}

const number = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/

async function isWider(session: Writing['session'], stands: string, comes: string): Promise<boolean> {
  if (!number.test(stands) || !number.test(comes)) return false
  const [common] = await session.row(`select typeof(coalesce(null::${stands}, null::${comes}))`)
  return common === comes
}
