import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch, Loaded, LoadRequest, SourceFile } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import { quoteName } from '../../sql/index.ts'
import { columnsIntake } from './columns.ts'
import { type CsvBatch, loadCsv } from './csv.ts'
import { type JsonFile, loadJson } from './json.ts'
import { split } from './nested.ts'
import { loadParquet } from './parquet.ts'
import { openSpill, rowsOf, type Spill } from './spill.ts'
import type { Loading, Part } from './stage.ts'

/** What came, sorted by how it is read. */
type Intake = { readonly csv: CsvBatch[]; readonly json: JsonFile[]; readonly parquet: SourceFile[] }

/** Take all batches, then read them together: types are agreed on over everything that came. */
export async function load(
  loading: Loading,
  batches: AsyncIterable<Batch>,
  request: LoadRequest,
): Promise<Loaded> {
  const folder = await spillFolder(loading)
  const intake: Intake = { csv: [], json: [], parquet: [] }
  const columns = columnsIntake(loading)
  const spill = openSpill(join(folder, 'rows.ndjson'))
  let rows = 0
  for await (const batch of batches) {
    if (loading.signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
    if (batch.kind === 'columns') await columns.add(batch)
    else await take(batch, { intake, spill, folder })
    rows += rowsOf(batch)
    if (request.rowsMax !== undefined && rows >= request.rowsMax) break
  }
  const hints = await spill.close()
  const spilled: JsonFile = { path: spill.path, name: undefined, sizeBytes: 0, format: 'ndjson', options: {} }
  const json = spill.written() > 0 ? [...intake.json, spilled] : intake.json
  const found = [
    await loadCsv(loading, intake.csv, request),
    json.length > 0 ? await loadJson(loading, { files: json, hints }, request) : undefined,
    await loadParquet(loading, intake.parquet),
    ...(await columns.finish(request)),
  ]
  const parts = found.filter(part => part !== undefined)
  if (parts.length === 0) requireColumns(intake, request)
  return together(loading, parts, request)
}

/**
 * Files without any content give no columns; without a contract there is nothing that a table could be made
 * of.
 */
function requireColumns({ csv, json }: Intake, { columns = [] }: LoadRequest): void {
  const files = [...csv.flatMap(batch => batch.files), ...json].map(({ name }) => name ?? 'rows')
  if (files.length > 0 && columns.length === 0) throw failure('SLUICE_FILE_EMPTY', { files })
}

async function take(
  batch: Exclude<Batch, { readonly kind: 'columns' }>,
  { intake, spill, folder }: { readonly intake: Intake; readonly spill: Spill; readonly folder: string },
): Promise<void> {
  if (batch.kind === 'rows') return spill.rows(batch.rows)
  if (batch.kind === 'bytes') {
    const { format, data } = batch
    if (format === 'ndjson' && batch.name === undefined) return spill.bytes(data)
    const part = `part-${intake.csv.length + intake.json.length}.${format}`
    const file = { path: join(folder, part), name: batch.name ?? part, sizeBytes: data.byteLength }
    await writeFile(file.path, data)
    if (format === 'csv') intake.csv.push({ files: [file], options: {} })
    else intake.json.push({ ...file, format, options: {} })
    return
  }
  const { files, options, format } = batch
  if (format === 'csv') intake.csv.push({ files, options })
  else if (format === 'parquet') intake.parquet.push(...files)
  else intake.json.push(...files.map(file => ({ ...file, format, options })))
}

async function spillFolder({ tempDir, later }: Loading): Promise<string> {
  await mkdir(tempDir, { recursive: true })
  const folder = await mkdtemp(join(tempDir, 'load-'))
  later(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** One relation from all parts, by column name. */
async function together(loading: Loading, parts: readonly Part[], request: LoadRequest): Promise<Loaded> {
  const { session, temp } = loading
  const good = parts.map(part => `(${part.good})`).join(' union all by name ')
  const limit = request.rowsMax === undefined ? '' : `limit ${request.rowsMax}`
  const relation = temp()
  await session.run(
    `create temp view ${relation} as ${good === '' ? nothing(request) : `from (${good}) ${limit}`}`,
  )
  const bad = parts.flatMap(part => (part.bad === undefined ? [] : [`(${part.bad})`]))
  const unreadable = temp()
  await session.run(
    `create temp view ${unreadable} as ${bad.length > 0 ? bad.join(' union all ') : noRefusals}`,
  )
  const badRows = sum(parts, part => part.badRows)
  const kept = sum(parts, part => part.rowsIn) - badRows
  const all = (await session.describe(`from ${relation}`)).filter(
    ({ name }) => name !== '_source' && name !== '_position',
  )
  const loaded = {
    rowsIn: Math.min(kept, request.rowsMax ?? kept) + badRows,
    unreadable: { relation: unreadable, rows: badRows },
  }
  if (request.nested === 'keep') return { relation, columns: all, children: [], ...loaded }
  return { ...(await split({ session, temp, request }, relation, all)), ...loaded }
}

const noRefusals = `select ''::varchar as reason, ''::varchar as rule, ''::varchar as source,
  ''::varchar as position,
  ''::varchar as raw limit 0`

/** Nothing came: the contract's columns without rows, or no columns at all. */
function nothing({ columns = [] }: LoadRequest): string {
  const list = columns.map(({ name, type }) => `null::${type} as ${quoteName(name)}, `).join('')
  return `select ${list}null::varchar as _source, null::bigint as _position limit 0`
}

function sum(parts: readonly Part[], of: (part: Part) => number): number {
  return parts.reduce((total, part) => total + of(part), 0)
}
