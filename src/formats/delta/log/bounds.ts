import type { Session } from '../../../engine/index.ts'
import { numbered } from '../../../tables/index.ts'
import type { BoundColumn } from './prune.ts'
import type { StateTables } from './state.ts'
import { typedBounds, type TypedStats } from './typed-stats.ts'

/** Bounds of the files of one state, as tables that are made when a condition first needs them. */
export type BoundTables = {
  /**
   * Relation with `file`, the row's number in the table of files, and the column's bounds under its number.
   * Unless they are `counted`, numbers of NULLs and rows may be unknown of files that have bounds.
   */
  tableOf(column: BoundColumn, counted: boolean): Promise<string>
  drop(): Promise<void>
}

/** `file`: the column that has the row's number in the table of files; its own, where both have the same. */
type BoundTable = {
  readonly name: string
  readonly file: 'file' | 'rowid'
  readonly counted: boolean
  readonly upTo: number
}

/** `typed`: what the checkpoint says that the state was filled from. */
export function boundTables(
  session: Session,
  { files }: StateTables,
  typed: TypedStats | undefined,
): BoundTables {
  const tables = new Map<string, BoundTable>()
  let before: Promise<unknown> = Promise.resolve()
  /** Files are only ever added behind those that are there. */
  const upToDate = async (column: BoundColumn, counted: boolean): Promise<BoundTable> => {
    const { lo, hi, nulls, rows } = column.bounds
    const key = [lo, hi, nulls, rows].join('\0')
    const last = await session.count(`select coalesce(max(rowid), -1) from ${files}`)
    const name = `${files}_bounds_${tables.size}`
    const made = tables.get(`${key}\0counted`) ?? (counted ? undefined : tables.get(key))
    const known = made ?? (await first(column, name, counted))
    const number = known?.file === 'rowid' ? '' : 'rowid as file,'
    const bounds = `select ${number} ${lo} as lo, ${hi} as hi, ${nulls} as nulls, ${rows} as rows
      from ${files}`
    const table = known ?? { name, file: 'file', counted: true, upTo: -1 }
    if (!known) await session.run(`create or replace table ${table.name} as ${bounds}`)
    else if (known.upTo < last)
      await session.run(`insert into ${known.name} ${bounds} where rowid > ${known.upTo}`)
    tables.set(table.counted ? `${key}\0counted` : key, { ...table, upTo: last })
    return table
  }
  /** As far as the checkpoint has them. */
  const first = async (
    column: BoundColumn,
    name: string,
    wanted: boolean,
  ): Promise<BoundTable | undefined> => {
    for (const counted of wanted ? [true] : [false, true])
      if (typed && (await typedBounds(session, typed, { column, files, name, counted })))
        return { name, file: 'rowid', counted, upTo: typed.rows - 1 }
    return undefined
  }
  return {
    tableOf: async (column, counted) => {
      const now = before.then(() => upToDate(column, counted))
      before = now.catch(() => undefined)
      const named = { lo: 'lo', hi: 'hi', nulls: 'nulls', rows: 'rows' }
      const { name, file } = await now
      return `(select ${file} as file, ${numbered(named, column.number)} from ${name})`
    },
    drop: async () => {
      for (const { name } of tables.values()) await session.run(`drop table if exists ${name}`)
    },
  }
}
