import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { locate, parseType, type TableType, typeSql } from '../../../tables/index.ts'
import type { DeltaPlace } from '../face.ts'
import { parsed, readLines, type Said, saidOf } from './lines.ts'
import { sidecarFolder } from './names.ts'
import type { Checkpoint } from './segment.ts'
import { actionTypes, fill, linesRelation } from './state.ts'
import type { TypedStats } from './typed-stats.ts'

// "Checkpoint Schema": one column for each kind of action, one row for each action. Columns and fields that a
// writer left out are read as NULL.

const saidTypes = {
  protocol: `STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures VARCHAR[],
    writerFeatures VARCHAR[])`,
  metaData: `STRUCT(id VARCHAR, name VARCHAR, description VARCHAR,
    format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), schemaString VARCHAR,
    partitionColumns VARCHAR[], configuration MAP(VARCHAR, VARCHAR), createdTime BIGINT)`,
  txn: 'STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)',
  domainMetadata: 'STRUCT(domain VARCHAR, configuration VARCHAR, removed BOOLEAN)',
  sidecar: 'STRUCT(path VARCHAR, sizeInBytes BIGINT)',
} as const

export type CheckpointOf = {
  readonly place: DeltaPlace
  readonly checkpoint: Checkpoint
  readonly table: string
}

const broken: ReadonlySet<string> = new Set(['SLUICE_TARGET_QUERY', 'SLUICE_PARQUET_BROKEN'])

/** What a checkpoint says besides files, and where it keeps statistics of files in their own types. */
export type CheckpointRead = Said & { readonly typed?: TypedStats | undefined }

/** File actions go into the table; the others are the answer. */
export async function readCheckpoint(session: Session, of: CheckpointOf): Promise<CheckpointRead> {
  const file = of.checkpoint.files[0]?.key ?? ''
  try {
    return await (of.checkpoint.format === 'json' ? readJson(session, of) : readParquet(session, of))
  } catch (thrown) {
    // What the engine says of a broken file; anything else keeps its own words.
    if (!(thrown instanceof Failure) || !broken.has(thrown.code)) throw thrown
    throw failure(
      'SLUICE_DELTA_LOG_BROKEN',
      { file, words: 'It is no checkpoint that can be read.' },
      { cause: thrown },
    )
  }
}

async function readParquet(session: Session, of: CheckpointOf): Promise<CheckpointRead> {
  const paths = await Promise.all(
    of.checkpoint.files.map(({ key, sizeBytes }) => locatedPart(of.place, key, sizeBytes)),
  )
  const names = Object.keys(saidTypes)
  const rows = await session.rows(`select ${names.map(name => `to_json(${name})`).join(', ')}
    from ${parquetOf(paths, saidTypes)} where coalesce(${names.map(firstField).join(', ')}) is not null`)
  const file = of.checkpoint.files[0]?.key ?? ''
  const said = saidOf(
    rows.map(row =>
      Object.fromEntries(
        row.flatMap((text, i) =>
          text === null || isEmpty(text) ? [] : [[names[i] ?? '', parsed(text, file)]],
        ),
      ),
    ),
    file,
  )
  const typed = await fillFrom(session, of.table, paths)
  return { ...said, typed: (await readSidecars(session, of, said.sidecars)) ?? typed }
}

async function readJson(session: Session, of: CheckpointOf): Promise<CheckpointRead> {
  const file = of.checkpoint.files[0]?.key ?? ''
  const { bytes } = await of.place.store.get(file)
  const { files, ...said } = readLines(new TextDecoder().decode(bytes), file)
  if (files.length > 0)
    await fill(session, of.table, {
      relation: await linesRelation(session, [{ version: of.checkpoint.version, lines: files }]),
    })
  return { ...said, typed: await readSidecars(session, of, said.sidecars) }
}

/** "Sidecar Files": they hold adds and removes only. */
async function readSidecars(
  session: Session,
  of: CheckpointOf,
  sidecars: readonly string[],
): Promise<TypedStats | undefined> {
  if (sidecars.length === 0) return undefined
  const paths: string[] = []
  for (const path of sidecars) {
    const name = decodeURIComponent(path)
    // Never a path of its own: the file's name, in the folder of sidecars.
    if (!/^[^/\\]+$/.test(name) || name.startsWith('.')) throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    paths.push(await locatedPart(of.place, `${sidecarFolder}${name}`, undefined))
  }
  return fillFrom(session, of.table, paths)
}

async function locatedPart(place: DeltaPlace, key: string, sizeBytes: number | undefined): Promise<string> {
  const { store, engine, cacheDir } = place
  if (sizeBytes === undefined && !(await store.head(key)))
    throw failure('SLUICE_DELTA_LOG_BROKEN', {
      file: key,
      words: 'A checkpoint names it, and it is not there.',
    })
  return locate({ store, tempDir: engine.tempDir, cacheDir }, key)
}

async function fillFrom(
  session: Session,
  table: string,
  paths: readonly string[],
): Promise<TypedStats | undefined> {
  const isFirst = (await session.count(`select count(*) from ${table}`)) === 0
  const type = await parsedStatsType(session, paths[0] ?? '')
  // Statistics may stand in the checkpoint as columns only. Where they do not, those need not be read here.
  const isText = type === undefined || (await hasAllTexts(session, paths))
  const relation = parquetOf(paths, actionTypes(isText ? {} : { stats_parsed: typeSql(type) }))
  const stats = isText ? 'add.stats' : 'coalesce(add.stats, to_json(add.stats_parsed))'
  const rows = await fill(session, table, { relation, stats })
  return type && isFirst && rows > 0 ? { paths, type, rows } : undefined
}

/** Whether every `add` has its statistics as JSON: as many are NULL as there are rows without a path. */
async function hasAllTexts(session: Session, paths: readonly string[]): Promise<boolean> {
  const nulls = (column: string) =>
    `sum(stats_null_count) filter (path_in_schema = 'add, ${column}'), count(*) filter (
       path_in_schema = 'add, ${column}' and stats_null_count is null)`
  const [path, pathUnknown, stats, statsUnknown] = await session.row(
    `select ${nulls('path')}, ${nulls('stats')} from parquet_metadata([${paths.map(quoteText).join(', ')}])`,
  )
  return stats !== null && stats === path && pathUnknown === '0' && statsUnknown === '0'
}

async function parsedStatsType(session: Session, path: string): Promise<TableType | undefined> {
  const columns = await session.describe(`select * from read_parquet(${quoteText(path)})`)
  const add = columns.find(column => column.name === 'add')
  const type = add && parseType(add.type)
  return type?.kind === 'struct' ? type.fields.find(field => field.name === 'stats_parsed')?.type : undefined
}

function parquetOf(paths: readonly string[], types: { readonly [column: string]: string }): string {
  const columns = Object.entries(types).map(
    ([name, type]) =>
      `${quoteText(name)}: {name: ${quoteText(name)}, type: ${quoteText(type)}, default_value: NULL}`,
  )
  return `read_parquet([${paths.map(quoteText).join(', ')}], schema = MAP {${columns.join(', ')}})`
}

/** The field that every action of a kind has. */
function firstField(name: string): string {
  const fields: { readonly [name: string]: string } = {
    protocol: 'protocol.minReaderVersion::VARCHAR',
    metaData: 'metaData.schemaString',
    txn: 'txn.appId',
    domainMetadata: 'domainMetadata.domain',
    sidecar: 'sidecar.path',
  }
  return fields[name] ?? ''
}

/** A struct of nothing but NULLs, as some writers put where there is no action. */
function isEmpty(json: string): boolean {
  return Object.values(JSON.parse(json) as object).every(
    value => value === null || (typeof value === 'object' && Object.keys(value).length === 0),
  )
}
