import { failure } from '../../errors/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName } from '../../sql/index.ts'
import type { Session } from '../session.ts'

/** A column of the table that stands, and the one of another type that comes for it. */
export type Meeting = {
  /** The asset, for words. */
  readonly asset: string
  /** Relations with the rows of both. */
  readonly standing: string
  readonly incoming: string
  readonly stands: Column
  readonly comes: Column
}

/**
 * The type that holds both what stands and what comes, without losing a value of either. Asked of the values
 * themselves.
 */
export async function widened(session: Session, meeting: Meeting): Promise<string> {
  const { standing, incoming, stands, comes } = meeting
  const lost = (from: string, column: Column, to: string) => {
    const name = quoteName(column.name)
    return session.count(`select count(*) from ${from}
      where ${name} is not null
        and try_cast(try_cast(${name} as ${to}) as ${column.type}) is distinct from ${name}`)
  }
  // A number that was promised to be wider is so before the first value needs it: readers go by the promise.
  const wider =
    (await isWider(session, stands.type, comes.type)) && (await lost(standing, stands, comes.type)) === 0
  const intoText = stands.type !== 'VARCHAR' && comes.type === 'VARCHAR'
  if (!wider && !intoText && (await lost(incoming, comes, stands.type)) === 0) return stands.type
  if ((await lost(standing, stands, comes.type)) > 0)
    throw failure('SLUICE_TYPE_CONFLICT', {
      table: meeting.asset,
      column: stands.name,
      stands: stands.type,
      comes: comes.type,
    })
  return comes.type
}

/** Columns came, or a column got a wider type: that is a change even if no row came. */
export function reshaped(before: readonly Column[] | undefined, after: readonly Column[]): boolean {
  const shape = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${type}`).join('\n')
  return before === undefined || shape(before) !== shape(after)
}

const number = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/

async function isWider(session: Session, stands: string, comes: string): Promise<boolean> {
  if (!number.test(stands) || !number.test(comes)) return false
  const [common] = await session.row(`select typeof(coalesce(null::${stands}, null::${comes}))`)
  return common === comes
}
