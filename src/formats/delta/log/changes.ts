import { Failure, failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { type ScanFile, scanSql, type TableField } from '../../../tables/index.ts'
import type { ChangeFile, DeletionVector, RemoveFile, AddFile } from '../actions.ts'
import type { DeltaLog, FileVector, Scan, Snapshot } from '../face.ts'
import { fieldsOf } from '../schema/fields.ts'
import { vectorIdOf } from '../vectors/vector.ts'
import { withFound } from './found.ts'
import { type Lines, parsed, readLines } from './lines.ts'
import { commitKey } from './names.ts'
import { partitionsOf, partitionValue } from './partitions.ts'
import { listCommits, timeOf } from './times.ts'

// "Add CDC File", "Reader Requirements": of a commit with change files these alone tell its changes; of any
// other, what it adds and removes does.

/** Versions, both inside. */
export type ChangesRequest = { readonly from: number; readonly to: number }

const changeColumns = ['_change_type', '_commit_version', '_commit_timestamp']

/**
 * Rows that were inserted, deleted or updated: the table's columns as of the last version, and what became
 * of them.
 */
export async function changes(log: DeltaLog, { from, to }: ChangesRequest): Promise<Scan> {
  const snapshot = await log.at({ version: to })
  const times = new Map((await listCommits(log.place.store)).map(commit => [commit.version, commit]))
  const pieces: Piece[] = []
  for (let version = from; version <= to; version++) {
    const lines = await readCommit(log, version)
    const commit = times.get(version) ?? { version, modifiedMs: 0 }
    const timestampMs = timeOf(snapshot.metadata, commit, lines.commitInfo)
    for (const change of await changesOf(log, version, lines))
      pieces.push({ ...change, version, timestampMs })
  }
  const read = await readable(log, snapshot, pieces)
  return {
    sql: sqlOf(log, snapshot, read),
    files: pieces.length,
    filesPruned: 0,
    bytes: pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

/** Rows of one file that changed in the same way. */
type Change = {
  readonly path: string
  readonly sizeBytes: number
  readonly partitionValues: { readonly [column: string]: string | null }
  /** undefined: each row tells it itself. */
  readonly type: 'insert' | 'delete' | undefined
  /** Only rows that this one holds … */
  readonly only?: DeletionVector | undefined
  /** … and that this one does not. */
  readonly except?: DeletionVector | undefined
}

type Piece = Change & { readonly version: number; readonly timestampMs: number }

async function readCommit(log: DeltaLog, version: number): Promise<Lines & { readonly text: string }> {
  const file = commitKey(version)
  try {
    const text = new TextDecoder().decode((await log.place.store.get(file)).bytes)
    return { ...readLines(text, file), text }
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'SLUICE_OBJECT_NOT_FOUND') throw thrown
    const words = `The changes of version ${version} stand in it.`
    throw failure('SLUICE_DELTA_LOG_BROKEN', { file, words }, { cause: thrown })
  }
}

type Commit = { readonly files: readonly string[]; readonly text: string }

async function changesOf(
  log: DeltaLog,
  version: number,
  { files, text }: Commit,
): Promise<readonly Change[]> {
  const file = commitKey(version)
  const told = text.split('\n').flatMap(line => (line.includes('"cdc"') ? cdcOf(parsed(line, file)) : []))
  if (told.length > 0)
    return told.map(({ path, size, partitionValues }) => ({
      path,
      sizeBytes: size,
      partitionValues: partitionValues ?? {},
      type: undefined,
    }))
  const actions = files.map(
    line => parsed(line, file) as { readonly add?: AddFile; readonly remove?: RemoveFile },
  )
  const adds = byPath(actions.flatMap(({ add }) => (add && add.dataChange !== false ? [add] : [])))
  const removes = byPath(
    actions.flatMap(({ remove }) => (remove && remove.dataChange !== false ? [remove] : [])),
  )
  const known = await partitionsBefore(log, version, [...removes.values()])
  return [
    ...[...removes.values()].flatMap((remove): readonly Change[] => {
      const add = adds.get(remove.path)
      const of = {
        ...fileOf(remove),
        partitionValues: remove.partitionValues ?? known.get(remove.path) ?? {},
      }
      return add
        ? between(of, remove.deletionVector, add.deletionVector)
        : [{ ...of, type: 'delete', except: remove.deletionVector }]
    }),
    ...[...adds.values()].flatMap((add): readonly Change[] =>
      removes.has(add.path) ? [] : [{ ...fileOf(add), type: 'insert', except: add.deletionVector }],
    ),
  ]
}

function cdcOf(action: { readonly [key: string]: unknown }): readonly ChangeFile[] {
  return action['cdc'] ? [action['cdc'] as ChangeFile] : []
}

function byPath<T extends { readonly path: string }>(files: readonly T[]): ReadonlyMap<string, T> {
  return new Map(files.map(file => [file.path, file]))
}

function fileOf({ path, size, partitionValues }: AddFile | RemoveFile) {
  return { path, sizeBytes: size ?? 0, partitionValues: partitionValues ?? {} }
}

type Of = Pick<Change, 'path' | 'sizeBytes' | 'partitionValues'>

/** A file that stays, with other rows deleted: what is deleted anew, and what came back. */
function between(
  of: Of,
  before: DeletionVector | undefined,
  after: DeletionVector | undefined,
): readonly Change[] {
  if ((before && vectorIdOf(before)) === (after && vectorIdOf(after))) return []
  return [
    ...(after ? [{ ...of, type: 'delete' as const, only: after, except: before }] : []),
    ...(before ? [{ ...of, type: 'insert' as const, only: before, except: after }] : []),
  ]
}

/** Partition values of files whose removal does not tell them (`extendedFileMetadata`). */
async function partitionsBefore(log: DeltaLog, version: number, removes: readonly RemoveFile[]) {
  const silent = removes.filter(({ partitionValues }) => !partitionValues)
  if (silent.length === 0 || version === 0) return new Map<string, Change['partitionValues']>()
  const { filesSql } = await log.at({ version: version - 1 })
  const rows = await log.ground.session.rows(`select path, to_json(partition_values) from (${filesSql})
    where path in (${silent.map(({ path }) => quoteText(path)).join(', ')})`)
  return new Map(
    rows.map(([path, json]) => [path ?? '', JSON.parse(json ?? '{}') as Change['partitionValues']]),
  )
}

type Readable = ScanFile & { readonly told: boolean }

/** What a row takes in a file: as many as there are, joins are planned by. */
const bytesOfRow = 32

async function readable(
  log: DeltaLog,
  snapshot: Snapshot,
  pieces: readonly Piece[],
): Promise<readonly Readable[]> {
  const { locateToRead, deletions } = log.ground
  const partitions = snapshot.fields.filter(partitionsOf(snapshot.metadata))
  const vectors = pieces.flatMap(({ path, only, except }): readonly FileVector[] =>
    [only, except].flatMap(vector => (vector ? [{ vector, file: path }] : [])),
  )
  const numbers = await deletions.numbersOf(vectors)
  const numberOf = new Map(vectors.map(({ vector }, i) => [vectorIdOf(vector), numbers[i]]))
  const number = (vector: DeletionVector | undefined) => vector && numberOf.get(vectorIdOf(vector))
  const files = await Promise.all(
    pieces.map(async ({ path, sizeBytes, partitionValues, type, version, timestampMs, only, except }) => ({
      path: await locateToRead(path, sizeBytes),
      name: path,
      rows: Math.ceil(sizeBytes / bytesOfRow),
      constants: [
        ...partitions.map(({ stored }) => partitionValues[stored] ?? null),
        type ?? null,
        String(version),
        String(timestampMs),
      ],
      deleted: number(except),
      only: number(only),
      told: type === undefined,
    })),
  )
  return withFound(log.ground.session, snapshot.metadata, files)
}

function sqlOf(log: DeltaLog, snapshot: Snapshot, files: readonly Readable[]): string {
  const fields = fieldsOf(snapshot.metadata)
  const isPartition = partitionsOf(snapshot.metadata)
  const own: TableField = {
    name: '_change_type',
    stored: '_change_type',
    type: { kind: 'scalar', sql: 'VARCHAR' },
    nullable: true,
  }
  const scan = (some: readonly ScanFile[], told: boolean): string =>
    scanSql({
      files: some,
      fields: [...fields.filter(field => !isPartition(field)), ...(told ? [own] : [])],
      // The column that tells the change has no number of its own.
      by: 'name',
      constants: [
        ...fields.filter(isPartition).map(({ name, type }) => ({
          name,
          value: (text: string) => partitionValue(type, text),
        })),
        { name: told ? '\0type' : '_change_type', value: (text: string) => text },
        { name: '_commit_version', value: (text: string) => `cast(${text} as BIGINT)` },
        {
          name: '_commit_timestamp',
          value: (text: string) => `make_timestamptz(cast(${text} as BIGINT) * 1000)`,
        },
      ],
      columns: [...fields.map(({ name }) => name), ...changeColumns],
      positions: false,
      deletions: log.ground.deletions.relation,
      supply: log.ground.supply,
    })
  const kinds = [true, false].flatMap(told => {
    const some = files.filter(file => file.told === told)
    return some.length === 0 ? [] : [scan(some, told)]
  })
  return kinds.length === 0 ? scan([], false) : kinds.join('\nunion all ')
}
