import type { Session } from '../../../engine/index.ts'
import { numbered } from '../../../tables/index.ts'
import type { BoundColumn } from './prune.ts'
import type { StateTables } from './state.ts'
import { typedBounds, type TypedStats } from './typed-stats.ts'

/** Bounds of the files of one state, as tables that are made when a condition first needs them. */
export type BoundTables = {
  /**
   * Relation with `file`, the row's number in the table of files, and the column's bounds under its number.
   */
  tableOf(column: BoundColumn): Promise<string>
  drop(): Promise<void>
}

/** `file`: the column that has the row's number in the table of files; its own, where both have the same. */
type BoundTable = { readonly name: string; readonly file: 'file' | 'rowid'; readonly upTo: number }

/** `typed`: what the checkpoint says that the state was filled from. */
export function boundTables(
  session: Session,
  { files }: StateTables,
  typed: TypedStats | undefined,
): BoundTables {
  const tables = new Map<string, BoundTable>()
  let before: Promise<unknown> = Promise.resolve()
  /** Files are only ever added behind those that are there. */
  const upToDate = async (column: BoundColumn): Promise<BoundTable> => {
    const { lo, hi, nulls, rows } = column.bounds
    const key = [lo, hi, nulls, rows].join('\0')
    const last = await session.count(`select coalesce(max(rowid), -1) from ${files}`)
    const known = tables.get(key) ?? (await first(column, `${files}_bounds_${tables.size}`))
    const number = known?.file === 'rowid' ? '' : 'rowid as file,'
    const bounds = `select ${number} ${lo} as lo, ${hi} as hi, ${nulls} as nulls, ${rows} as rows
      from ${files}`
    const table = known ?? { name: `${files}_bounds_${tables.size}`, file: 'file', upTo: -1 }
    if (!known) await session.run(`create or replace table ${table.name} as ${bounds}`)
    else if (known.upTo < last)
      await session.run(`insert into ${known.name} ${bounds} where rowid > ${known.upTo}`)
    tables.set(key, { ...table, upTo: last })
    return table
  }
  /** As far as the checkpoint has them. */
  const first = async (column: BoundColumn, name: string): Promise<BoundTable | undefined> => {
    if (!typed || !(await typedBounds(session, typed, { column, files, name }))) return undefined
    return { name, file: 'rowid', upTo: typed.rows - 1 }
  }
  return {
    tableOf: async column => {
      const now = before.then(() => upToDate(column))
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
