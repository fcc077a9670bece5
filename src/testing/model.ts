import type { WriteStrategy } from '../model/index.ts'

/** A row of the suites' one table: key, text, day (its partition), cursor. */
export type Row = {
  readonly id: number | null
  readonly name: string | null
  readonly day: string
  readonly seq: number
}

/** A row as it stands in the table, with what the strategy adds. */
export type Kept = Row & {
  readonly from?: number
  readonly to?: number | null
  readonly at?: number
}

/** One write: the rows that came, and what the request says. Rows lie inside the days when days are given. */
export type Load = {
  readonly rows: readonly Row[]
  readonly atMs: number
  readonly deleteMissing?: boolean
  readonly days?: { readonly first: string; readonly last: string }
}

/**
 * What each strategy means, on arrays: the oracle that targets are compared with. Keys are compared
 * NULL-safe, the row with the largest cursor wins within a load, and of equal ones the last.
 */
export function apply(strategy: WriteStrategy, table: readonly Kept[], load: Load): readonly Kept[] {
  const rows = latest(load.rows)
  switch (strategy) {
    case 'append':
      return [...table, ...rows]
    case 'replace':
      return rows
    case 'merge': {
      const ids = new Set(rows.map(({ id }) => id))
      const stays = load.deleteMissing ? [] : table.filter(({ id }) => !ids.has(id))
      return [...stays, ...rows]
    }
    case 'replace-partition': {
      const { first = '', last = '' } = load.days ?? {}
      return [...table.filter(({ day }) => day < first || day > last), ...rows]
    }
    case 'snapshot':
      return [...table.filter(({ at }) => at !== load.atMs), ...rows.map(row => ({ ...row, at: load.atMs }))]
    case 'scd2':
      return history(table, rows, load)
    case 'view':
      return rows
  }
}

/** One row per key. */
function latest(rows: readonly Row[]): readonly Row[] {
  const best = new Map<number | null, Row>()
  for (const row of rows) {
    const other = best.get(row.id)
    if (other === undefined || row.seq >= other.seq) best.set(row.id, row)
  }
  return [...best.values()]
}

function history(
  table: readonly Kept[],
  rows: readonly Row[],
  { atMs, deleteMissing }: Load,
): readonly Kept[] {
  const current = new Map(table.filter(({ to }) => to === null).map(row => [row.id, row]))
  const ends = new Map<number | null, number>()
  for (const { id, to } of table) if (to != null) ends.set(id, Math.max(to, ends.get(id) ?? to))
  const kept = new Set(table)
  const end = (row: Kept) => {
    kept.delete(row)
    if ((row.from ?? 0) < atMs) kept.add({ ...row, to: atMs })
  }
  for (const row of rows) {
    const old = current.get(row.id)
    if (old !== undefined && old.name === row.name && old.day === row.day && old.seq === row.seq) continue
    if (old !== undefined) end(old)
    kept.add({ ...row, from: Math.max(atMs, old?.from ?? atMs, ends.get(row.id) ?? atMs), to: null })
  }
  const ids = new Set(rows.map(({ id }) => id))
  if (deleteMissing) for (const [id, row] of current) if (!ids.has(id)) end(row)
  return [...kept]
}
