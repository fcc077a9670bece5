import { fitOf } from '../../check/index.ts'
import type { Loaded, Work } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName } from '../../sql/index.ts'
import type { Job } from './tools.ts'

/**
 * Kept columns whose type may follow the rows (`onTypeChange: add` or `ignore`), as text: read as the kept
 * type, rows that do not fit would be refused before the policy could be asked.
 */
export function readable(job: Job, kept: readonly Column[]): readonly Column[] {
  const { onTypeChange } = job.asset.contract
  if (onTypeChange !== 'add' && onTypeChange !== 'ignore') return kept
  return kept.map(column => (isScalar(column.type) ? { ...column, type: 'VARCHAR' } : column))
}

/**
 * What was read as text gets its type back: the kept one where every value fits it, else the narrowest that
 * holds them all without losing a digit.
 */
export async function retyped(
  { job, work }: { readonly job: Job; readonly work: Work },
  loaded: Loaded,
  open: readonly Column[],
): Promise<Loaded> {
  if (job.asset.contract.onTypeChange !== 'add') return loaded
  const types = new Map<string, string>()
  for (const { name, type } of open) {
    const found = loaded.columns.find(column => column.name.toLowerCase() === name.toLowerCase())
    if (found?.type !== 'VARCHAR' || type === 'VARCHAR') continue
    types.set(found.name, await typeFor(work, { relation: loaded.relation, column: found.name, kept: type }))
  }
  const casts = [...types].filter(([, type]) => type !== 'VARCHAR')
  if (casts.length === 0) return loaded
  const replaced = casts.map(
    ([name, type]) =>
      `${fitOf({ value: filled(name), from: 'VARCHAR', to: type }).cast} as ${quoteName(name)}`,
  )
  return {
    ...loaded,
    relation: `(select * replace (${replaced.join(', ')}) from ${loaded.relation})`,
    columns: loaded.columns.map(column => ({ ...column, type: types.get(column.name) ?? column.type })),
  }
}

type Place = { readonly relation: string; readonly column: string; readonly kept: string }

async function typeFor(work: Work, { relation, column, kept }: Place): Promise<string> {
  const value = filled(column)
  const digits = `max(len(rtrim(regexp_extract(${value}, '\\.([0-9]+)$', 1), '0')))`
  const [row] = (await work.query(`select ${digits} from ${relation}`)).rows
  const tried = [kept, ...wider(kept, Number(row?.[0] ?? 0))]
  const misfits = tried.map(
    to => `count(case when ${fitOf({ value, from: 'VARCHAR', to }).misfit} then 1 end)`,
  )
  const [counts = []] = (await work.query(`select ${misfits.join(', ')} from ${relation}`)).rows
  return tried.find((_, i) => counts[i] === '0') ?? 'VARCHAR'
}

/** Exact types only: a DOUBLE would round what a BIGINT holds. */
function wider(kept: string, digits: number): readonly string[] {
  const scale = Math.max(digits, Number(/^DECIMAL\(\d+,\s*(\d+)\)$/.exec(kept)?.[1] ?? 0))
  if (kept === 'DATE') return ['TIMESTAMP']
  if (!/INT|^DECIMAL/.test(kept) || scale > 18) return []
  return digits === 0 && !kept.startsWith('DECIMAL') ? ['BIGINT', 'HUGEINT'] : [`DECIMAL(38,${scale})`]
}

/** An empty text has no value of another type. */
function filled(name: string): string {
  return `nullif(${quoteName(name)}, '')`
}

function isScalar(type: string): boolean {
  return !/\[|^(STRUCT|MAP|UNION)\b|^VARCHAR$|^BLOB$/.test(type)
}
