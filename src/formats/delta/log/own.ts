import type { Session } from '../../../engine/index.ts'
import { quoteText } from '../../../sql/index.ts'
import type { Action, AddFile, DeletionVector, RemoveFile } from '../actions.ts'
import type { OwnCommit } from '../face.ts'
import type { Said } from './lines.ts'

// A commit that this process wrote is known already. Read back as others' commits are, a small one took 11 ms;
// said in literals it takes 1 ms.

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

/** "Action Reconciliation" where it is known which files end: `table` is the state's. */
export async function foldFiles(
  session: Session,
  table: string,
  { version, actions, ended }: OwnCommit,
): Promise<void> {
  const adds = actions.flatMap(action => ('add' in action ? [action.add] : []))
  const removes = actions.flatMap(action => ('remove' in action ? [action.remove] : []))
  const statements = [
    ...(ended.length === 0 ? [] : [endSql(table, { version, ended, removes })]),
    ...(adds.length === 0
      ? []
      : [`insert into ${table} values ${adds.map(add => row(add, version)).join(', ')}`]),
  ]
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

/** In the order of `filesColumns` and what the state has behind them. */
function row(file: AddFile, version: number): string {
  const values = [
    quoteText(file.path),
    mapSql(file.partitionValues),
    file.size,
    Math.trunc(file.modificationTime),
    file.dataChange,
    textSql(file.stats),
    file.tags === undefined ? 'NULL' : mapSql(file.tags),
    file.deletionVector === undefined ? 'NULL' : vectorSql(file.deletionVector),
    file.baseRowId ?? 'NULL',
    file.defaultRowCommitVersion ?? 'NULL',
    textSql(file.clusteringProvider),
    'NULL',
    version,
    'NULL',
  ]
  return `(${values.join(', ')})`
}

function textSql(text: string | null | undefined): string {
  return text === undefined || text === null ? 'NULL' : quoteText(text)
}

function mapSql(values: { readonly [name: string]: string | null }): string {
  const names = Object.keys(values)
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
    'offset': ${offset ?? 'NULL'}, 'sizeInBytes': ${sizeInBytes}, 'cardinality': ${cardinality}}`
}
