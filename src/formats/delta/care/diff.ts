import type { VersionDiff } from '../../../connect/index.ts'
import type { Session } from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { type TableField, typeSql } from '../../../tables/index.ts'
import type { Snapshot } from '../face.ts'
import { vectorId } from '../log/state.ts'

export type DiffRequest = {
  readonly session: Session
  readonly from: Snapshot
  readonly to: Snapshot
}

export type Difference = VersionDiff & {
  /** SELECTs of the rows that came and went, by the columns of `to`. */
  readonly addedSql: string
  readonly removedSql: string
  /** Table properties that differ; undefined: not set. */
  readonly properties: readonly {
    readonly name: string
    readonly from: string | undefined
    readonly to: string | undefined
  }[]
}

/**
 * What became of a table between two versions, in the end: a row that was only moved to another file has
 * neither come nor gone. Files that both versions have are not read, but for the rows that are deleted in one
 * of them only.
 */
export async function diff({ session, from, to }: DiffRequest): Promise<Difference> {
  const [onlyFrom, onlyTo] = [await pathsOnlyIn(session, from, to), await pathsOnlyIn(session, to, from)]
  const changed = await changedPaths(session, from, to)
  const gone = await leftOf(from, { other: to, only: onlyFrom, changed, columns: columnsAs(to, from) })
  const came = await leftOf(to, { other: from, only: onlyTo, changed, columns: columnsAs(to, to) })
  const [addedSql, removedSql] = [`(${came}) except all (${gone})`, `(${gone}) except all (${came})`]
  return {
    from: from.version,
    to: to.version,
    rows: {
      from: await rowsOf(session, from),
      to: await rowsOf(session, to),
      added: await session.count(`select count(*) from (${addedSql})`),
      removed: await session.count(`select count(*) from (${removedSql})`),
    },
    files: { added: onlyTo.length + changed.length, removed: onlyFrom.length + changed.length },
    columns: columnsBetween(from.fields, to.fields),
    properties: propertiesBetween(from, to),
    addedSql,
    removedSql,
  }
}

async function pathsOnlyIn(session: Session, one: Snapshot, other: Snapshot): Promise<readonly string[]> {
  return paths(session, `select path from (${one.filesSql}) except select path from (${other.filesSql})`)
}

/** Files of both, of which other rows are deleted. */
async function changedPaths(session: Session, one: Snapshot, other: Snapshot): Promise<readonly string[]> {
  return paths(
    session,
    `select path from (${one.filesSql}) as o join (${other.filesSql}) as t using (path)
     where ${vectorId('o.dv')} is distinct from ${vectorId('t.dv')}`,
  )
}

async function paths(session: Session, sql: string): Promise<readonly string[]> {
  return (await session.rows(sql)).map(([path]) => path ?? '')
}

type Left = {
  readonly other: Snapshot
  readonly only: readonly string[]
  readonly changed: readonly string[]
  /** SQL of the columns to compare. */
  readonly columns: string
}

/** SELECT of the rows that this version has where the other has not the same file, or has them deleted. */
async function leftOf(one: Snapshot, { other, only, changed, columns }: Left): Promise<string> {
  const own = await one.scan({ files: only })
  const rows = await one.scan({ files: changed, positions: true })
  const theirs = await other.scan({ files: changed, columns: [], positions: true })
  return `select ${columns} from (${own.sql}) union all select ${columns} from (${rows.sql}) as r
    anti join (select _file, _pos from (${theirs.sql})) as t on t._file = r._file and t._pos = r._pos`
}

/** Columns as SQL over the rows of another version: in data files a renamed column keeps its name. */
function columnsAs({ fields }: Snapshot, version: Snapshot): string {
  const columns = fields.map(({ name, stored, type }) => {
    const field = version.fields.find(each => each.stored === stored)
    const value = field ? quoteName(field.name) : 'NULL'
    return `cast(${value} as ${typeSql(type)}) as ${quoteName(name)}`
  })
  return columns.join(', ')
}

/** From the log where every file says it. */
async function rowsOf(session: Session, snapshot: Snapshot): Promise<number> {
  const rows = "try_cast(stats->>'$.numRecords' as bigint)"
  const [known] = await session.row(`select case when bool_and(${rows} is not null) then
    sum(${rows} - coalesce(dv.cardinality, 0)) when count(*) = 0 then 0 end from (${snapshot.filesSql})`)
  if (typeof known === 'string') return Number(known)
  return session.count(`select count(*) from (${(await snapshot.scan({ columns: [] })).sql})`)
}

/** A column that was renamed has gone and come. */
function columnsBetween(from: readonly TableField[], to: readonly TableField[]): VersionDiff['columns'] {
  const [was, is] = [from.map(columnOf), to.map(columnOf)]
  const before = new Map(was.map(column => [column.name, column]))
  const after = new Set(is.map(({ name }) => name))
  return {
    added: is.filter(({ name }) => !before.has(name)),
    removed: was.filter(({ name }) => !after.has(name)),
    retyped: is.flatMap(({ name, type }) => {
      const old = before.get(name)?.type ?? type
      return old === type ? [] : [{ name, from: old, to: type }]
    }),
  }
}

function columnOf({ name, type, nullable }: TableField): Column {
  return { name, type: typeSql(type), nullable }
}

function propertiesBetween(from: Snapshot, to: Snapshot): Difference['properties'] {
  const [was, is] = [from.metadata.configuration, to.metadata.configuration]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()
  return names.flatMap(name => (was[name] === is[name] ? [] : [{ name, from: was[name], to: is[name] }]))
}
