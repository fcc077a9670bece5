import { failure } from '../../../errors/index.ts'
import type { AddFile, DeletionVector } from '../actions.ts'
import type { Transaction } from '../face.ts'
import { addFileCells, addFileOf } from '../files.ts'

/** A live file of which rows go. */
export type Touched = {
  readonly file: AddFile
  /** Rows in the file, those that are deleted already among them. */
  readonly rows: number
  readonly deletedBefore: number
  /** Rows that go now; none of them was deleted before. */
  readonly deletedNow: number
  /** Of these, rows that come back changed. */
  readonly updated: number
}

/**
 * What becomes of it. `remove`: none of its rows stays. `vector`: it stays, with a larger deletion vector.
 * `rewrite`: the rows that stay are copied to a new file.
 */
export type Fate = 'remove' | 'vector' | 'rewrite'

/** `auto`: what costs less, file by file. */
export type Mode = 'auto' | 'copy-on-write' | 'merge-on-read'

/**
 * From this share of deleted rows on a file is written anew. Copying a row takes 0.6 µs of CPU, once; leaving
 * a deleted one out 10 to 25 ns at each scan, and its bytes are read for nothing.
 */
const deletedShareMax = 0.3
/**
 * A file so small is written anew sooner than given a vector: copying takes 20 ms of CPU, and readers have
 * one object less to fetch.
 */
const smallBytesMax = 2 ** 20
/** So many bytes of small files are copied by one change; the rest of them get vectors. */
const smallBytesTotalMax = 16 * 2 ** 20

export type FateOptions = {
  readonly mode: Mode
  /** The table takes new deletion vectors. */
  readonly vectors: boolean
}

/** Decides for each file, in their order. */
export function fatesOf(touched: readonly Touched[], { mode, vectors }: FateOptions): readonly Fate[] {
  let smallBytes = 0
  return touched.map(({ file, rows, deletedBefore, deletedNow }) => {
    const deleted = deletedBefore + deletedNow
    if (deleted >= rows) return 'remove'
    if (!vectors || mode === 'copy-on-write') return 'rewrite'
    if (mode === 'merge-on-read') return 'vector'
    if (deleted / rows >= deletedShareMax) return 'rewrite'
    if (file.size > smallBytesMax || smallBytes + file.size > smallBytesTotalMax) return 'vector'
    smallBytes += file.size
    return 'rewrite'
  })
}

/** Files from which rows of the relation `gone` (`_file`, `_pos`, `_updated`) go. */
export async function touchedBy(tx: Transaction, gone: string): Promise<readonly Touched[]> {
  const rows = await tx.session.rows(`
    with lost as (
      select _file, count(*) as n, count(case when _updated then 1 end) as updated from ${gone} group by all)
    select lost._file, lost.n, lost.updated, ${addFileCells}
    from lost left join (${tx.filesSql}) as f on f.path = lost._file order by lost._file`)
  const touched: Touched[] = []
  for (const [name, deletedNow, updated, ...cells] of rows) {
    if (name === null || cells[0] !== name)
      throw failure('SLUICE_DELTA_POSITION_UNKNOWN', { path: name ?? '' })
    const file = addFileOf(cells, true)
    const deletedBefore = file.deletionVector?.cardinality ?? 0
    const known = numRecords(file.stats)
    touched.push({
      file,
      rows: known ?? (await liveRows(tx, file.path)) + deletedBefore,
      deletedBefore,
      deletedNow: Number(deletedNow),
      updated: Number(updated),
    })
  }
  return touched
}

/** Rows of a file whose statistics do not say it. */
function liveRows(tx: Transaction, path: string): Promise<number> {
  return tx
    .scan({ files: [path], columns: [], positions: true })
    .then(({ sql }) => tx.session.count(`select count(*) from (${sql})`))
}

/** Rows of a file by its statistics, deleted ones among them. */
export function numRecords(stats: string | undefined): number | undefined {
  const rows = topLevel(stats)?.['numRecords']
  return typeof rows === 'number' && Number.isSafeInteger(rows) && rows >= 0 ? rows : undefined
}

/** Statistics that others wrote may be anything: what is no object says nothing. */
function topLevel(stats: string | undefined): { readonly [name: string]: unknown } | undefined {
  if (stats === undefined) return undefined
  try {
    const value: unknown = JSON.parse(stats)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { readonly [name: string]: unknown })
      : undefined
  } catch {
    return undefined
  }
}

/**
 * The same data file with more rows deleted. Protocol, "Per-file Statistics": with a vector `numRecords` must
 * be there, and bounds that held for all rows are wide.
 */
export function withVector({ file, rows }: Touched, deletionVector: DeletionVector): AddFile {
  return { ...file, dataChange: true, deletionVector, stats: wideStats(file.stats, rows) }
}

/**
 * Statistics with `numRecords` and `tightBounds: false`, everything else digit for digit as it was: they may
 * hold numbers that no double holds.
 */
export function wideStats(stats: string | undefined, rows: number): string {
  const value = topLevel(stats)
  if (stats === undefined || value === undefined) return `{"numRecords":${rows},"tightBounds":false}`
  const rest = membersOf(stats).filter(member => !/^"(?:numRecords|tightBounds)"/.test(member))
  return `{${[`"numRecords":${rows}`, '"tightBounds":false', ...rest].join(',')}}`
}

/** The members of an object, each as its JSON text. */
function membersOf(json: string): readonly string[] {
  const members: string[] = []
  let depth = 0
  let start = 0
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    const closes = token === '}' || token === ']'
    if (depth === 1 && (token === ',' || token === '}')) members.push(json.slice(start, index).trim())
    if (token === '{' || token === '[') depth++
    if (closes) depth--
    if (depth === 1 && (token === ',' || token === '{')) start = index + 1
  }
  return members.filter(member => member !== '')
}
