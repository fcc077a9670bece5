import type { Flaw } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import { Failure } from '../../../../errors/index.ts'
import { quoteName, quoteText } from '../../../../sql/index.ts'
import type { AddFile } from '../../actions.ts'
import type { Snapshot } from '../../face.ts'
import { partitionsOf } from '../../log/partitions.ts'

export type Opening = { readonly session: Session; readonly files: readonly AddFile[] }

/** Files whose bounds are held against their rows: each is read whole. */
const boundsCheckedMax = 10

/** What files hold: as many rows as the log says, vectors that can be read, rows within their bounds. */
export async function rowFlaws(snapshot: Snapshot, { session, files }: Opening): Promise<readonly Flaw[]> {
  const counted = await countRows(snapshot, { session, files })
  const flaws = counted.flatMap(({ file, rows }) =>
    rows instanceof Failure ? [unreadable(file, rows)] : otherCount(file, rows),
  )
  const readable = counted.flatMap(({ file, rows }) => (rows instanceof Failure ? [] : [file]))
  for (const file of readable.slice(0, boundsCheckedMax))
    flaws.push(...(await boundFlaws(snapshot, session, file)))
  return flaws
}

type Counted = { readonly file: AddFile; readonly rows: number | Failure }

/** Rows that are not deleted. All at once; where that fails, one by one, to tell which file it is. */
async function countRows(snapshot: Snapshot, { session, files }: Opening): Promise<readonly Counted[]> {
  const all = await rowsIn(snapshot, { session, files })
  if (!(all instanceof Failure)) return files.map(file => ({ file, rows: all.get(file.path) ?? 0 }))
  const counted: Counted[] = []
  for (const file of files) {
    const one = await rowsIn(snapshot, { session, files: [file] })
    counted.push({ file, rows: one instanceof Failure ? one : (one.get(file.path) ?? 0) })
  }
  return counted
}

async function rowsIn(
  snapshot: Snapshot,
  { session, files }: Opening,
): Promise<ReadonlyMap<string, number> | Failure> {
  if (files.length === 0) return new Map()
  try {
    const { sql } = await snapshot.scan({
      files: files.map(({ path }) => path),
      columns: [],
      positions: true,
    })
    const rows = await session.rows(`select _file::varchar, count(_pos) from (${sql}) group by all`)
    return new Map(rows.map(([path, count]) => [path ?? '', Number(count)]))
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code !== 'SLUICE_TARGET_CANCELLED') return thrown
    throw thrown
  }
}

const rewriteFix = 'Restore the file from a backup, or go back to an older version: `sluice lake restore`.'

function unreadable({ path }: AddFile, { message, why = '' }: Failure): Flaw {
  return { kind: 'file unreadable', words: `\`${path}\`: ${message} ${why}`.trim(), fix: rewriteFix }
}

function otherCount({ path, stats, deletionVector }: AddFile, rows: number): readonly Flaw[] {
  const said = /"numRecords"\s*:\s*(\d+)/.exec(stats ?? '')?.[1]
  const expected = Number(said) - (deletionVector?.cardinality ?? 0)
  if (said === undefined || expected === rows) return []
  const words = `\`${path}\` has ${rows} rows that are not deleted; the log says ${expected}.`
  return [{ kind: 'row count', words, fix: rewriteFix }]
}

/**
 * Whether the file is found by its own least and greatest values: what matters of bounds is that no row is
 * passed over because of them, however they are written.
 */
async function boundFlaws(snapshot: Snapshot, session: Session, file: AddFile): Promise<readonly Flaw[]> {
  const isPartition = partitionsOf(snapshot.metadata)
  const columns = snapshot.fields.flatMap(field =>
    field.type.kind === 'scalar' && orderedTypes.test(field.type.sql) && !isPartition(field)
      ? [{ name: field.name, type: field.type.sql }]
      : [],
  )
  if (columns.length === 0) return []
  const { sql } = await snapshot.scan({ files: [file.path], columns: columns.map(({ name }) => name) })
  const ends = columns.map(({ name }) => `min(${quoteName(name)})::varchar, max(${quoteName(name)})::varchar`)
  const values = await session.row(`select ${ends.join(', ')} from (${sql})`)
  const flaws: Flaw[] = []
  for (const [i, { name, type }] of columns.entries()) {
    const texts = [values[2 * i], values[2 * i + 1]].flatMap(text => (typeof text === 'string' ? [text] : []))
    for (const text of new Set(texts)) {
      const where = `${quoteName(name)} = cast(${quoteText(text)} as ${type})`
      const { files } = await snapshot.scan({ files: [file.path], columns: [], where })
      if (files === 0) flaws.push(outOfBounds(file, name))
    }
  }
  return flaws
}

/** Types whose values print as texts that read back as the same value, and that statistics know. */
const orderedTypes = /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL\(.*|VARCHAR|DATE|TIMESTAMP.*)$/

/** Without the value: it is data. */
function outOfBounds({ path }: AddFile, column: string): Flaw {
  const words = `\`${path}\` has values of \`${column}\` beyond its bounds in the log, which hide them.`
  return { kind: 'bounds', words, fix: 'Write its rows anew: overwrite the table with all of its rows.' }
}
