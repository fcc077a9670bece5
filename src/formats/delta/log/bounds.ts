import type { Session } from '../../../engine/index.ts'
import { type Bounds, numbered } from '../../../tables/index.ts'
import type { BoundColumn } from './prune.ts'
import type { StateTables } from './state.ts'

/** Bounds of the files of one state, as tables that are made when a condition first needs them. */
export type BoundTables = {
  /**
   * Relation with `file`, the row's number in the table of files, and the column's bounds under its number.
   */
  tableOf(column: BoundColumn): Promise<string>
  drop(): Promise<void>
}

export function boundTables(session: Session, { files }: StateTables): BoundTables {
  const tables = new Map<string, { readonly name: string; upTo: number }>()
  let before: Promise<unknown> = Promise.resolve()
  /** Files are only ever added behind those that are there. */
  const upToDate = async ({ lo, hi, nulls, rows }: Bounds): Promise<string> => {
    const key = [lo, hi, nulls, rows].join('\0')
    const known = tables.get(key)
    const last = await session.count(`select coalesce(max(rowid), -1) from ${files}`)
    if (known?.upTo === last) return known.name
    const sql = `select rowid as file, ${lo} as lo, ${hi} as hi, ${nulls} as nulls, ${rows} as rows
      from ${files} where rowid > ${known?.upTo ?? -1}`
    const name = known?.name ?? `${files}_bounds_${tables.size}`
    await session.run(known ? `insert into ${name} ${sql}` : `create table ${name} as ${sql}`)
    tables.set(key, { name, upTo: last })
    return name
  }
  return {
    tableOf: async ({ bounds, number }) => {
      const now = before.then(() => upToDate(bounds))
      before = now.catch(() => undefined)
      const named = { lo: 'lo', hi: 'hi', nulls: 'nulls', rows: 'rows' }
      return `(select file, ${numbered(named, number)} from ${await now})`
    },
    drop: async () => {
      for (const { name } of tables.values()) await session.run(`drop table if exists ${name}`)
    },
  }
}
