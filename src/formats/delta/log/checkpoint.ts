import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { locate, parseType, type TableType, typeSql } from '../../../tables/index.ts'
import type { DeltaPlace } from '../face.ts'
import { parsed, readLines, type Said, saidOf } from './lines.ts'
import { sidecarFolder } from './names.ts'
import type { Checkpoint } from './segment.ts'
import { actionTypes, fill, linesRelation } from './state.ts'

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

/** File actions go into the table; the others are the answer. */
export async function readCheckpoint(session: Session, of: CheckpointOf): Promise<Said> {
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

async function readParquet(session: Session, of: CheckpointOf): Promise<Said> {
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
  await fillFrom(session, of.table, paths)
  await readSidecars(session, of, said.sidecars)
  return said
}

async function readJson(session: Session, of: CheckpointOf): Promise<Said> {
  const file = of.checkpoint.files[0]?.key ?? ''
  const { bytes } = await of.place.store.get(file)
  const { files, ...said } = readLines(new TextDecoder().decode(bytes), file)
  if (files.length > 0)
    await fill(session, of.table, {
      relation: await linesRelation(session, [{ version: of.checkpoint.version, lines: files }]),
    })
  await readSidecars(session, of, said.sidecars)
  return said
}

/** "Sidecar Files": they hold adds and removes only. */
async function readSidecars(session: Session, of: CheckpointOf, sidecars: readonly string[]): Promise<void> {
  if (sidecars.length === 0) return
  const paths: string[] = []
  for (const path of sidecars) {
    const name = decodeURIComponent(path)
    // Never a path of its own: the file's name, in the folder of sidecars.
    if (!/^[^/\\]+$/.test(name) || name.startsWith('.')) throw failure('SLUICE_DELTA_PATH_REFUSED', { path })
    paths.push(await locatedPart(of.place, `${sidecarFolder}${name}`, undefined))
  }
  await fillFrom(session, of.table, paths)
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

async function fillFrom(session: Session, table: string, paths: readonly string[]): Promise<void> {
  const parsedStats = await parsedStatsType(session, paths[0] ?? '')
  const more = parsedStats === undefined ? {} : { stats_parsed: typeSql(parsedStats) }
  const relation = parquetOf(paths, actionTypes(more))
  // Statistics may stand in the checkpoint as columns only.
  const stats = parsedStats === undefined ? 'add.stats' : 'coalesce(add.stats, to_json(add.stats_parsed))'
  await fill(session, table, { relation, stats })
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
