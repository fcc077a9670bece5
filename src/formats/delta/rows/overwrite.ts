import type { Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import { parseType, type TableField, typeSql } from '../../../tables/index.ts'
import type { AddFile, PartitionValues, RemoveFile } from '../actions.ts'
import type { Operation, Transaction } from '../face.ts'
import { addFileCells, addFileOf, removalOf } from '../files.ts'
import { partitionValue } from '../log/partitions.ts'
import { growTo } from '../schema/grow.ts'
import { type AppendRequest, modeOf, newFiles, type Written, writtenOf } from './append.ts'
import { changeRows } from './change.ts'

export type OverwriteRequest = AppendRequest & {
  /** SQL over the columns: only rows for which it is true are replaced, and every new row must be one. */
  readonly where?: string | undefined
  /** `dynamic`: only the partitions that have new rows are replaced. */
  readonly partitions?: 'dynamic' | undefined
}

/**
 * Rows of a SELECT in place of the table's rows, or of some of them. Staged: `tx.commit(written.operation)`.
 */
export async function overwrite(
  tx: Transaction,
  sql: string,
  { where, partitions, ...request }: OverwriteRequest = {},
): Promise<Written> {
  if (where !== undefined) return replaceWhere(tx, sql, { ...request, where })
  if (partitions === 'dynamic' && tx.partitionColumns.length > 0) return replacePartitions(tx, sql, request)
  tx.readAll()
  const added = await newFiles(tx, sql, request)
  return replaced(tx, { added, removed: await liveFiles(tx, ''), parameters: modeOf(tx, 'Overwrite') })
}

/** A new row that would not be replaced the next time is refused before anything is staged. */
async function replaceWhere(
  tx: Transaction,
  sql: string,
  { where, ...request }: AppendRequest & { readonly where: string },
): Promise<Written> {
  tx.readWhere(where)
  const rows = `temp.${quoteName(`rows ${crypto.randomUUID()}`)}`
  await tx.session.run(`create temporary table ${rows} as ${sql}`)
  try {
    const outside = await tx.session.count(`select count(*) from ${rows} where (${where}) is not true`)
    if (outside > 0) throw failure('SLUICE_DELTA_OUTSIDE', { rows: outside, where })
    if (request.schema === 'evolve') growTo(tx, await columnsOf(tx.session, rows))
    const { sql } = await tx.scan({ where, columns: [], positions: true })
    const changed = await changeRows(tx, { remove: `select _file, _pos from (${sql})`, add: `from ${rows}` })
    const parameters = { ...modeOf(tx, 'Overwrite'), predicate: where }
    return { rows: changed.inserted, operation: { ...changed.operation, parameters } }
  } finally {
    await tx.session.run(`drop table if exists ${rows}`)
  }
}

async function columnsOf(session: Session, relation: string): Promise<readonly TableField[]> {
  return (await session.describe(`from ${relation}`)).map(({ name, type }) => ({
    name,
    stored: name,
    type: parseType(type),
    nullable: true,
  }))
}

/** More partitions than this are told as the whole table: others' changes are held against each of them. */
const partitionsToldMax = 200

async function replacePartitions(tx: Transaction, sql: string, request: AppendRequest): Promise<Written> {
  // Which partitions they are is known when their files are written.
  const added = await newFiles(tx, sql, request)
  const fields = tx.fields.filter(({ name }) => tx.partitionColumns.includes(name))
  const keys = new Map(added.map(({ partitionValues }) => [JSON.stringify(partitionValues), partitionValues]))
  const partitions = [...keys.values()]
  if (partitions.length > partitionsToldMax) tx.readAll()
  else
    for (const values of partitions) tx.readWhere(partitionSql(fields, values, ({ name }) => quoteName(name)))
  // By values, not by their texts: other writers spell timestamps and decimals otherwise.
  const inLog = ({ stored, type }: TableField) =>
    partitionValue(type, `partition_values[${quoteText(stored)}]`)
  const replacing = partitions.map(values => partitionSql(fields, values, inLog))
  const removed = partitions.length === 0 ? [] : await liveFiles(tx, `where (${replacing.join(') or (')})`)
  return replaced(tx, {
    added,
    removed,
    parameters: { ...modeOf(tx, 'Overwrite'), partitionOverwriteMode: 'dynamic' },
  })
}

/** Whether something lies in a partition; `sqlOf` gives what it has for a partition column. */
function partitionSql(
  fields: readonly TableField[],
  values: PartitionValues,
  sqlOf: (field: TableField) => string,
): string {
  const same = fields.map(field => {
    const text = values[field.stored] ?? null
    return text === null
      ? `${sqlOf(field)} is null`
      : `${sqlOf(field)} = cast(${quoteText(text)} as ${typeSql(field.type)})`
  })
  return same.join(' and ')
}

async function liveFiles(tx: Transaction, where: string): Promise<readonly RemoveFile[]> {
  const rows = await tx.session.rows(`select ${addFileCells} from (${tx.filesSql}) ${where}`)
  const nowMs = tx.log.place.nowMs()
  return rows.map(cells => removalOf(addFileOf(cells, true), nowMs))
}

type Replaced = {
  readonly added: readonly AddFile[]
  readonly removed: readonly RemoveFile[]
  readonly parameters: Operation['parameters']
}

async function replaced(tx: Transaction, { added, removed, parameters }: Replaced): Promise<Written> {
  await tx.stage([...removed.map(remove => ({ remove })), ...added.map(add => ({ add }))])
  const bytes = removed.reduce((sum, { size = 0 }) => sum + size, 0)
  const metrics = { numRemovedFiles: `${removed.length}`, numRemovedBytes: `${bytes}` }
  return writtenOf(added, { name: 'WRITE', parameters }, metrics)
}
