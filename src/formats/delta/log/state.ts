import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import type { DomainMetadata, Metadata, Protocol, SetTransaction } from '../actions.ts'
import { filesColumns } from '../face.ts'

// The state of a log lies in tables of the engine, which every session sees. A file lives at the versions
// `since ≤ v < until`, so that each version from `base` on is a filter. What was removed before that stays
// as a tombstone: `until ≤ since`.

/** Names of the tables of one state. */
export type StateTables = {
  readonly files: string
  readonly txns: string
  readonly domains: string
}

/** A number that no other log of this engine has. */
export async function newNumber(session: Session): Promise<number> {
  await madeOnce(session, 'create schema if not exists memory._delta')
  await madeOnce(session, 'create sequence if not exists memory._delta.numbers')
  return session.count("select nextval('memory._delta.numbers')")
}

/** Of sessions that make the same at one moment, one makes it; the others conflict until that is there. */
async function madeOnce(session: Session, sql: string): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      await session.run(sql)
      return
    } catch (thrown) {
      const isRace = thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_CONFLICT'
      if (!isRace || tries >= racesMax) throw thrown
    }
}

/** Of eight sessions at once one in 80 loses twice in a row. */
const racesMax = 100

export async function createState(session: Session): Promise<StateTables> {
  const number = await newNumber(session)
  const [files, txns, domains] = ['files', 'txns', 'domains'].map(name => `memory._delta.${name}_${number}`)
  const tables = { files: files ?? '', txns: txns ?? '', domains: domains ?? '' }
  await session.run(`create table ${tables.files} (${filesColumns}, deleted_ms BIGINT,
      since BIGINT, until BIGINT);
    create table ${tables.txns} (app_id VARCHAR, version BIGINT, last_updated BIGINT, since BIGINT);
    create table ${tables.domains} (domain VARCHAR, configuration VARCHAR, removed BOOLEAN, since BIGINT)`)
  return tables
}

export async function dropState(session: Session, { files, txns, domains }: StateTables): Promise<void> {
  await session.run([files, txns, domains].map(table => `drop table if exists ${table}`).join(';'))
}

/** What a version says of the table itself. */
export type Epoch = { readonly since: number; readonly protocol: Protocol; readonly metadata: Metadata }

/** Identity of a deletion vector: "Derived Fields", uniqueId. NULL: there is none. */
export function vectorId(dv: string): string {
  return `${dv}.storageType || ${dv}.pathOrInlineDv || coalesce('@' || ${dv}."offset", '')`
}

type Fields = { readonly [name: string]: string | Fields }

const vectorFields: Fields = {
  storageType: 'VARCHAR',
  pathOrInlineDv: 'VARCHAR',
  offset: 'INTEGER',
  sizeInBytes: 'INTEGER',
  cardinality: 'BIGINT',
}
const fileFields: Fields = {
  path: 'VARCHAR',
  partitionValues: 'MAP(VARCHAR, VARCHAR)',
  size: 'BIGINT',
  dataChange: 'BOOLEAN',
  stats: 'VARCHAR',
  tags: 'MAP(VARCHAR, VARCHAR)',
  deletionVector: vectorFields,
  baseRowId: 'BIGINT',
  defaultRowCommitVersion: 'BIGINT',
}
/** What JSON and checkpoints are read into: "Add File and Remove File". */
const actionFields: Fields = {
  add: { ...fileFields, modificationTime: 'BIGINT', clusteringProvider: 'VARCHAR' },
  remove: { ...fileFields, deletionTimestamp: 'BIGINT' },
}

/** `more` are further fields of an `add`. */
export function actionTypes(more: { readonly [name: string]: string } = {}): {
  readonly [name: string]: string
} {
  const { add, remove } = actionFields as { readonly [name: string]: Fields }
  return { add: structType({ ...add, ...more }), remove: structType(remove ?? {}) }
}

function structType(fields: Fields): string {
  const parts = Object.entries(fields).map(
    ([name, type]) => `${quoteName(name)} ${typeof type === 'string' ? type : structType(type)}`,
  )
  return `STRUCT(${parts.join(', ')})`
}

/** Columns of `filesColumns`, of an `add` and of a `remove`. */
const addColumns = `add.path, coalesce(add.partitionValues, map{}), add.size, add.modificationTime,
  coalesce(add.dataChange, true), add.stats, add.tags, add.deletionVector, add.baseRowId,
  add.defaultRowCommitVersion, add.clusteringProvider`
const removeColumns = `remove.path, remove.partitionValues, remove.size, NULL,
  coalesce(remove.dataChange, true), remove.stats, remove.tags, remove.deletionVector, remove.baseRowId,
  remove.defaultRowCommitVersion, NULL`

/**
 * The file actions of a checkpoint: first those that add, in their order, of which it gives the number.
 * `relation` has the columns `add` and `remove`. Nothing else is in the state yet.
 */
export async function fill(
  session: Session,
  files: string,
  { relation, stats = 'add.stats' }: { readonly relation: string; readonly stats?: string },
): Promise<number> {
  const adds = await session.run(`insert into ${files}
    select ${addColumns.replace('add.stats', stats)}, NULL, -1, NULL from ${relation}
    where add.path is not null`)
  await session.run(`insert into ${files}
    select ${removeColumns}, coalesce(remove.deletionTimestamp, 0), -1, -1 from ${relation}
    where remove.path is not null`)
  return adds
}

/** Lines of one commit that add or remove files. */
export type VersionLines = { readonly version: number; readonly lines: readonly string[] }

const jsonTypes = JSON.stringify([{ version: 'BIGINT', lines: [actionFields] }])

/** The lines as a relation (`version`, `add`, `remove`), in a table of the session's own. */
export async function linesRelation(session: Session, commits: readonly VersionLines[]): Promise<string> {
  const text = commits.map(({ version, lines }) => `{"version":${version},"lines":[${lines.join(',')}]}`)
  await session.answer(
    `create or replace temp table _lines as
    select version, line.add as add, line.remove as remove from (select c.version, unnest(c.lines) as line
      from (select unnest(from_json(?, ${quoteText(jsonTypes)})) as c))`,
    { parameters: [`[${text.join(',')}]`] },
  )
  return '_lines'
}

/**
 * "Action Reconciliation" of commits after what the state holds. `relation` has `version`, `add`, `remove`;
 * `file` is for words only.
 */
export async function replay(
  session: Session,
  files: string,
  { relation, file }: { readonly relation: string; readonly file: string },
): Promise<void> {
  await session.run(`create or replace temp table _actions as
    select version, add, remove, coalesce(add.path, remove.path) as path,
      case when add.path is null then ${vectorId('remove.deletionVector')}
        else ${vectorId('add.deletionVector')} end as vector
    from ${relation} where add is not null or remove is not null`)
  try {
    const [bare, doubled, absolute] = await session.row(`select count(*) filter (path is null),
      count(*) - count(distinct (path, vector)), count(*) filter (${isAbsolute('path')}) from _actions`)
    if (bare !== '0')
      throw failure('SLUICE_DELTA_LOG_BROKEN', { file, words: 'a file that is added or removed has no path' })
    // Of several actions on one file the newest counts; within one version the file stands.
    if (doubled !== '0' || absolute !== '0')
      await session.run(`create or replace temp table _actions as select * from _actions
        qualify row_number() over (partition by ${canonical('path')}, vector
          order by version desc, add.path is null) = 1`)
    await session.run(reconciliation(files, absolute !== '0'))
  } catch (thrown) {
    await session.run('rollback').catch(() => undefined)
    throw thrown
  }
}

function reconciliation(files: string, absolute: boolean): string {
  const end = (path: (of: string) => string, where: string) => `update ${files} as f set until = a.version,
      deleted_ms = coalesce(a.remove.deletionTimestamp, 0)
    from _actions a where ${path('f.path')} = ${path('a.path')}
      and ${vectorId('f.dv')} is not distinct from a.vector and f.until is null ${where}`
  const same = (of: string) => of
  return `begin; ${end(same, '')};
    ${absolute ? `${end(canonical, `and ${isAbsolute('f.path')}`)};` : ''}
    insert into ${files} select ${addColumns}, NULL, version, NULL from _actions where add.path is not null;
    insert into ${files} select ${removeColumns}, coalesce(remove.deletionTimestamp, 0), version, version
      from _actions a where add.path is null and not exists (from ${files} f where f.path = a.path
        and ${vectorId('f.dv')} is not distinct from a.vector and f.until = a.version);
    commit`
}

/** One file has several absolute names: `file:/x`, `file:///x`, `/x`. */
function canonical(path: string): string {
  const bare = `regexp_replace(${path}, '^[fF][iI][lL][eE]:/*', '/')`
  return `case when ${path} ilike 'file:%' then ${bare} else ${path} end`
}

function isAbsolute(path: string): string {
  return `(${path}[1] = '/' or ${path} ilike 'file:%')`
}

export async function addSaid(
  session: Session,
  tables: StateTables,
  {
    version,
    txns,
    domains,
  }: {
    readonly version: number
    readonly txns: readonly SetTransaction[]
    readonly domains: readonly DomainMetadata[]
  },
): Promise<void> {
  if (txns.length > 0) {
    const rows = txns.map(
      txn => `(${quoteText(txn.appId)}, ${txn.version}, ${Number(txn.lastUpdated) || 'NULL'}, ${version})`,
    )
    await session.run(`insert into ${tables.txns} values ${rows.join(', ')}`)
  }
  if (domains.length > 0) {
    const rows = domains.map(
      ({ domain, configuration, removed }) =>
        `(${quoteText(domain)}, ${quoteText(configuration)}, ${removed}, ${version})`,
    )
    await session.run(`insert into ${tables.domains} values ${rows.join(', ')}`)
  }
}

/** Rows of the state that live at a version. */
export function isLive(version: number): string {
  return `since <= ${version} and (until is null or until > ${version})`
}
