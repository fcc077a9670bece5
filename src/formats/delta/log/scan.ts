import type { Cell, Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import { type ScanFile, scanSql, type TableField } from '../../../tables/index.ts'
import type { DeletionVector, Metadata } from '../actions.ts'
import type { Ground, Scan, ScanRequest } from '../face.ts'
import { fieldsOf, mappingOf } from '../schema/fields.ts'
import { withFound } from './found.ts'
import { partitionsOf, partitionValue } from './partitions.ts'
import { attempted, type KeptBounds, prunedSql } from './prune.ts'
import { rowIdNames, rowIdsOf, tracksRows } from './row-ids.ts'

/** Live files of a snapshot, or as a transaction would leave them. */
export type ScanSource = {
  readonly filesSql: string
  readonly metadata: Metadata
  /** Where `filesSql` can be run; undefined: anywhere. */
  readonly session?: Session | undefined
  readonly kept?: KeptBounds | undefined
}

export async function scanFiles(
  ground: Ground,
  source: ScanSource,
  request: ScanRequest = {},
): Promise<Scan> {
  const { metadata } = source
  const fields = fieldsOf(metadata)
  const isPartition = partitionsOf(metadata)
  const partitions = fields.filter(isPartition)
  const wanted = wantedColumns(fields, request.columns)
  const { files, filesPruned } = await filesOf(ground, source, { partitions, request })
  const rowIds = request.positions === true && tracksRows(metadata) ? rowIdsOf(metadata) : undefined
  const extra = rowIds ? rowIdNames : []
  const sql = scanSql({
    files: await withFound(ground.session, metadata, await withDeletions(ground, files)),
    fields: [...fields.filter(field => !isPartition(field)), ...(rowIds?.fields ?? [])],
    // Row ids are stored without a number of their own.
    by: mappingOf(metadata.configuration) === 'id' && !rowIds ? 'id' : 'name',
    constants: [...partitions.map(constantOf), ...(rowIds?.constants ?? [])],
    derived: rowIds?.derived,
    columns: [...(request.where === undefined ? wanted : fields.map(field => field.name)), ...extra],
    positions: request.positions === true,
    deletions: ground.deletions.relation,
    supply: ground.supply,
  })
  const answered = [...wanted, ...extra, ...(request.positions === true ? ['_file', '_pos'] : [])]
  return {
    sql: request.where === undefined ? sql : filtered(sql, request.where, answered),
    files: files.length,
    filesPruned,
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

/** Whether a file of the source can hold a row for which the condition is true. */
export async function canMatchFiles(ground: Ground, source: ScanSource, where: string): Promise<boolean> {
  const session = source.session ?? ground.session
  const sql = await prunedSql({ ...source, session }, where)
  const first = (of: string) => session.rows(`select 1 from (${of}) limit 1`)
  return ((await attempted(() => first(sql))) ?? (await first(source.filesSql))).length > 0
}

function wantedColumns(
  fields: readonly TableField[],
  columns: readonly string[] | undefined,
): readonly string[] {
  if (columns === undefined) return fields.map(field => field.name)
  const names = new Map(fields.map(({ name }) => [name.toLowerCase(), name]))
  return columns.map(column => {
    const name = names.get(column.toLowerCase())
    if (name === undefined)
      throw failure('SLUICE_DELTA_COLUMN_UNKNOWN', { column, near: [...names.values()] })
    return name
  })
}

function constantOf({ name, type }: TableField) {
  return { name, value: (text: string) => partitionValue(type, text) }
}

/** On lines of its own: the condition may end in a comment. */
function filtered(sql: string, where: string, columns: readonly string[]): string {
  const list = columns.map(quoteName).join(', ')
  return `select ${list === '' ? 'NULL' : list} from (${sql}) where (${where}\n)`
}

/** Found without reading the text as JSON, which others may have written badly. */
const rowsInStats = `try_cast(regexp_extract(stats, '"numRecords"\\s*:\\s*(\\d+)', 1) as bigint)`

/** What a row takes in a file that does not say how many it has: 16 columns took 32 bytes. */
const bytesOfRow = 32

type LiveFile = ScanFile & { readonly sizeBytes: number; readonly vector: DeletionVector | undefined }

type FilesWanted = {
  readonly partitions: readonly TableField[]
  readonly request: ScanRequest
}

async function filesOf(ground: Ground, source: ScanSource, { partitions, request }: FilesWanted) {
  const session = source.session ?? ground.session
  const { where, files: among } = request
  const values = partitions.map(({ stored }) => `partition_values[${quoteText(stored)}]`)
  const cells = [
    'path',
    'size_bytes',
    'to_json(dv)',
    rowsInStats,
    ...values,
    'base_row_id',
    'default_row_commit_version',
  ]
  const only = among ? ` where path in (${among.map(quoteText).join(', ') || 'NULL'})` : ''
  const read = (sql: string) => session.rows(`select ${cells.join(', ')} from (${sql})${only}`)
  const pruned = where === undefined ? undefined : await prunedSql({ ...source, session }, where)
  // A condition that fails on the bounds fails on the rows, too: with words about them.
  const kept = pruned === undefined ? undefined : await attempted(() => read(pruned))
  const rows = kept ?? (await read(source.filesSql))
  const all = kept ? await session.count(`select count(*) from (${source.filesSql})${only}`) : rows.length
  const files = await Promise.all(rows.map(row => fileOf(ground, row)))
  return { files, filesPruned: all - files.length }
}

async function fileOf(ground: Ground, cells: readonly Cell[]): Promise<LiveFile> {
  const [name, size, vector, rows, ...constants] = cells
  const sizeBytes = Number(size ?? 0)
  return {
    path: await ground.locateToRead(name ?? '', sizeBytes),
    name: name ?? '',
    rows: rows ? Number(rows) : Math.ceil(sizeBytes / bytesOfRow),
    constants,
    sizeBytes,
    vector: vector ? vectorOf(vector) : undefined,
  }
}

function vectorOf(json: string): DeletionVector {
  const { offset, ...rest } = JSON.parse(json) as Omit<DeletionVector, 'offset'> & { offset: number | null }
  return offset === null ? rest : { ...rest, offset }
}

async function withDeletions(ground: Ground, files: readonly LiveFile[]): Promise<readonly ScanFile[]> {
  const thinned = files.flatMap(({ name, vector }) => (vector ? [{ vector, file: name }] : []))
  const numbers = await ground.deletions.numbersOf(thinned)
  const byFile = new Map(thinned.map(({ file }, i) => [file, numbers[i]]))
  return files.map(file => ({ ...file, deleted: byFile.get(file.name) }))
}
