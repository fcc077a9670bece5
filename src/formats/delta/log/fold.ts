import type { Session } from '../../../engine/index.ts'
import { quoteText } from '../../../sql/index.ts'
import type { Action, AddFile, DeletionVector, RemoveFile } from '../actions.ts'
import type { OwnCommit } from '../face.ts'
import { vectorIdOf } from '../vectors/vector.ts'
import { parsed, type Said } from './lines.ts'
import { vectorId } from './state.ts'

// Small commits go into the state as literals: 1 ms, where reading their lines by the engine took 11.

/** More files than this are cheaper as JSON, as they stand in the commit. */
export const literalFilesMax = 64

/** What a commit says besides files. */
export function saidByActions(actions: readonly Action[]): Said {
  const found: {
    -readonly [key in keyof Said]: Said[key]
  } = {
    txns: actions.flatMap(action => ('txn' in action ? [action.txn] : [])),
    domains: actions.flatMap(action => ('domainMetadata' in action ? [action.domainMetadata] : [])),
    sidecars: [],
  }
  for (const action of actions) {
    if ('protocol' in action) found.protocol = action.protocol
    if ('metaData' in action) found.metadata = action.metaData
    if ('commitInfo' in action) found.commitInfo = action.commitInfo
  }
  return found
}

/**
 * File actions of a commit that others wrote, if they are as writers write them: relative paths, one action
 * for each file. What is odd is for the engine to judge: undefined.
 */
export function plainActions(lines: readonly string[], file: string): readonly Action[] | undefined {
  const actions = lines.map(
    line => parsed(line, file) as { readonly add?: unknown; readonly remove?: unknown },
  )
  const keys = new Set<string>()
  for (const { add, remove } of actions) {
    const of = plainFile(add ?? remove)
    if (!of || (add && remove)) return undefined
    keys.add(`${of.path}\0${of.deletionVector ? vectorIdOf(of.deletionVector) : ''}`)
  }
  return keys.size === actions.length ? (actions as readonly unknown[] as readonly Action[]) : undefined
}

function plainFile(value: unknown): AddFile | RemoveFile | undefined {
  const { path, partitionValues, tags, deletionVector: vector } = (value ?? {}) as Partial<AddFile>
  const isPlain =
    typeof path === 'string' &&
    !/^(\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(path) &&
    isTexts(partitionValues) &&
    isTexts(tags) &&
    (!vector || (typeof vector.storageType === 'string' && typeof vector.pathOrInlineDv === 'string'))
  return isPlain ? (value as AddFile) : undefined
}

function isTexts(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  return Object.values(value).every(text => text === null || typeof text === 'string')
}

/** "Action Reconciliation" where it is known which files end: `table` is the state's. */
export async function foldFiles(
  session: Session,
  table: string,
  { version, actions, ended }: OwnCommit,
): Promise<void> {
  const removes = actions.flatMap(action => ('remove' in action ? [action.remove] : []))
  await atOnce(session, [
    ...(ended.length === 0 ? [] : [endSql(table, { version, ended, removes })]),
    ...addSql(table, version, addsOf(actions)),
  ])
}

/** "Action Reconciliation" of a commit of others, each file of which is named once and by a relative path. */
export async function foldLines(
  session: Session,
  table: string,
  { version, actions }: Pick<OwnCommit, 'version' | 'actions'>,
): Promise<void> {
  const removes = actions.flatMap(action => ('remove' in action ? [action.remove] : []))
  const adds = addsOf(actions)
  const ends = [
    ...removes.map(
      ({ path, deletionVector, deletionTimestamp }) => [path, deletionVector, deletionTimestamp] as const,
    ),
    ...adds.map(({ path, deletionVector }) => [path, deletionVector, 0] as const),
  ].map(([path, vector, ms]) => `(${quoteText(path)}, ${vectorIdSql(vector)}, ${whole(ms ?? 0)})`)
  const paths = [...removes, ...adds].map(({ path }) => quoteText(path))
  // The paths once more as literals: only of these files the vector is looked at.
  const same = (vector: string) =>
    `f.path in (${paths.join(', ')}) and f.path = e.path
      and ${vectorId('f.dv')} is not distinct from ${vector}`
  const gone = removes.map(remove => {
    // Statistics and tags of what is gone serve nobody.
    const { path, partitionValues = {}, size, deletionVector, baseRowId, defaultRowCommitVersion } = remove
    const file = { path, partitionValues, size: size ?? 0, modificationTime: 0, dataChange: true }
    return row(
      { ...file, ...given({ deletionVector, baseRowId, defaultRowCommitVersion }) },
      { since: version, until: version, deletedMs: remove.deletionTimestamp ?? 0 },
    )
  })
  await atOnce(session, [
    `update ${table} as f set until = ${version}, deleted_ms = e.ms
      from (values ${ends.join(', ')}) as e(path, vector, ms) where ${same('e.vector')} and f.until is null`,
    // What the state does not hold leaves a tombstone all the same.
    ...(gone.length === 0
      ? []
      : [
          `insert into ${table} select e.* from (values ${gone.join(', ')}) as e(${columnNames})
            where not exists (select 1 from ${table} f
              where ${same(vectorId('e.dv'))} and f.until = ${version})`,
        ]),
    ...addSql(table, version, adds),
  ])
}

/** Fields that are there. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as { [K in keyof T]?: NonNullable<T[K]> }
}

function addSql(table: string, version: number, adds: readonly AddFile[]): readonly string[] {
  const rows = adds.map(add => row(add, { since: version }))
  return rows.length === 0 ? [] : [`insert into ${table} values ${rows.join(', ')}`]
}

export function addsOf(actions: OwnCommit['actions']): readonly AddFile[] {
  return actions.flatMap(action => ('add' in action ? [action.add] : []))
}

/** In one go: no statement of others comes between. */
async function atOnce(session: Session, statements: readonly string[]): Promise<void> {
  if (statements.length === 1) await session.run(statements[0] ?? '')
  if (statements.length < 2) return
  try {
    await session.run(`begin; ${statements.join('; ')}; commit`)
  } catch (thrown) {
    await session.run('rollback').catch(() => undefined)
    throw thrown
  }
}

type Ending = Pick<OwnCommit, 'version' | 'ended'> & { readonly removes: readonly RemoveFile[] }

function endSql(table: string, { version, ended, removes }: Ending): string {
  const times = new Map(removes.map(({ path, deletionTimestamp }) => [path, deletionTimestamp ?? 0]))
  const rows = ended.map(path => `(${quoteText(path)}, ${times.get(path) ?? 0})`)
  return `update ${table} as f set until = ${version}, deleted_ms = ended.ms
    from (values ${rows.join(', ')}) as ended(path, ms) where f.path = ended.path and f.until is null`
}

type Life = { readonly since: number; readonly until?: number; readonly deletedMs?: number }

/** In the order of `filesColumns` and what the state has behind them. */
function row(file: AddFile, { since, until, deletedMs }: Life): string {
  const values = [
    quoteText(file.path),
    mapSql(file.partitionValues),
    whole(file.size),
    whole(file.modificationTime),
    file.dataChange !== false,
    textSql(file.stats),
    file.tags ? mapSql(file.tags) : 'NULL',
    file.deletionVector ? vectorSql(file.deletionVector) : 'NULL',
    whole(file.baseRowId),
    whole(file.defaultRowCommitVersion),
    textSql(file.clusteringProvider),
    whole(deletedMs),
    since,
    whole(until),
  ]
  return `(${values.join(', ')})`
}

const columnNames = `path, partition_values, size_bytes, modified_ms, data_change, stats, tags, dv,
  base_row_id, default_row_commit_version, clustering_provider, deleted_ms, since, until`

/** Of whatever stands in the log: only whole numbers get into SQL as they are. */
function whole(value: unknown): string {
  if (typeof value === 'bigint') return `${value}`
  return typeof value === 'number' && Number.isFinite(value) ? `${BigInt(Math.trunc(value))}` : 'NULL'
}

function vectorIdSql(vector: DeletionVector | undefined): string {
  return vector ? quoteText(vectorIdOf(vector)) : 'NULL'
}

function textSql(text: unknown): string {
  return typeof text === 'string' ? quoteText(text) : 'NULL'
}

function mapSql(values: { readonly [name: string]: string | null }): string {
  const names = Object.keys(values ?? {})
  const texts = names.map(name => textSql(values[name]))
  return `map([${names.map(quoteText).join(', ')}]::varchar[], [${texts.join(', ')}]::varchar[])`
}

function vectorSql({
  storageType,
  pathOrInlineDv,
  offset,
  sizeInBytes,
  cardinality,
}: DeletionVector): string {
  return `{'storageType': ${quoteText(storageType)}, 'pathOrInlineDv': ${quoteText(pathOrInlineDv)},
    'offset': ${whole(offset)}, 'sizeInBytes': ${whole(sizeInBytes)}, 'cardinality': ${whole(cardinality)}}`
}
