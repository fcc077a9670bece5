import type { Flaw, Repaired, Version, VersionDiff } from '../../connect/index.ts'
import { count, counted, moment } from './numbers.ts'
import type { Palette } from './palette.ts'
import type { Cell, TableColumn } from './table.ts'

export const versionColumns: readonly TableColumn[] = [
  { name: 'version', align: 'right' },
  { name: 'at' },
  { name: 'operation' },
  { name: 'what' },
  { name: 'run' },
]

/** One line a version, newest first. */
export function historyRows(versions: readonly Version[]): readonly (readonly Cell[])[] {
  return versions.map(({ version, atMs, operation, metrics, run }) => [
    String(version),
    moment(atMs),
    operation,
    counts(metrics),
    run ?? '',
  ])
}

/** Spark's names of what a commit counts, and ours for people: of one, of many. */
const told: readonly (readonly [metric: string, one: string, many?: string])[] = [
  ['numTargetRowsInserted', 'inserted'],
  ['numTargetRowsUpdated', 'updated'],
  ['numTargetRowsDeleted', 'deleted'],
  ['numOutputRows', 'row written', 'rows written'],
  ['numUpdatedRows', 'updated'],
  ['numDeletedRows', 'deleted'],
  ['numAddedFiles', 'file added', 'files added'],
  ['numTargetFilesAdded', 'file added', 'files added'],
  ['numRemovedFiles', 'file removed', 'files removed'],
  ['numTargetFilesRemoved', 'file removed', 'files removed'],
  ['numRestoredFiles', 'file restored', 'files restored'],
]

function counts(metrics: Version['metrics']): string {
  const figures = { ...metrics, ...written(metrics) }
  const seen = told.flatMap(([metric, one, many = one]) => {
    const value = figures[metric]
    return value === undefined || value === '0' ? [] : [`${count(value)} ${value === '1' ? one : many}`]
  })
  return seen.slice(0, 3).join(', ')
}

/** Rows that were only copied from one file into another are no news; of a MERGE the others say all. */
function written(metrics: Version['metrics']): Version['metrics'] {
  const { numOutputRows: rows = '', numCopiedRows: copied = '0', numTargetRowsInserted } = metrics
  if (numTargetRowsInserted !== undefined) return { numOutputRows: '0' }
  // Others may write there what they like.
  const isCounted = /^\d+$/.test(rows) && /^\d+$/.test(copied)
  return isCounted ? { numOutputRows: String(BigInt(rows) - BigInt(copied)) } : {}
}

/** What became of a table. */
export function diffLines(table: string, diff: VersionDiff): readonly string[] {
  const { rows, files, columns } = diff
  const changes = `${count(rows.added)} came, ${count(rows.removed)} went`
  return [
    `${table}, version ${diff.from} → ${diff.to}`,
    rows.added + rows.removed > 0
      ? `  rows     ${count(rows.from)} → ${count(rows.to)}: ${changes}`
      : `  rows     ${count(rows.to)}, the same`,
    `  files    ${count(files.added)} came, ${count(files.removed)} went`,
    ...columns.added.map(({ name, type }) => `  + ${name} ${type}`),
    ...columns.removed.map(({ name, type }) => `  - ${name} ${type}`),
    ...columns.retyped.map(({ name, from, to }) => `  ~ ${name} ${from} → ${to}`),
  ]
}

/** What is not as the log says, each with what to do. */
export function flawLines(table: string, flaws: readonly Flaw[], palette: Palette): readonly string[] {
  if (flaws.length === 0) return [`  ${palette.good('✓')} ${table}`]
  return [
    `  ${palette.bad('✗')} ${table}: ${counted(flaws.length, 'flaw')}`,
    ...flaws.flatMap(({ words, fix }) => [`      ${words}`, `      ${palette.dim('fix')}  ${fix}`]),
  ]
}

/** What a repair took from the table; nothing where every file is there. */
export function repairLines(table: string, { version, files, rows }: Repaired): readonly string[] {
  if (version === undefined) return []
  const lost = `${counted(files, 'missing file')} with ${counted(rows, 'row')}`
  return [`  ${table}: ${lost} taken from the table, version ${version}`]
}

/** What a repair would take. */
export function wouldLines(flaws: readonly Flaw[]): readonly string[] {
  const missing = flaws.filter(({ kind }) => kind === 'file missing').length
  return missing === 0 ? [] : [`      ${counted(missing, 'missing file')} would be taken from the table`]
}
