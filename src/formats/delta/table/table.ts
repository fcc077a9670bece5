import type { Answer } from '../../../connect/index.ts'
import { readRows, type Row, type Session, withSession } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { type Assignments, typeSql } from '../../../tables/index.ts'
import { optimize } from '../care/optimize/optimize.ts'
import { restore } from '../care/restore.ts'
import { vacuum } from '../care/vacuum.ts'
import { writeCheckpoint } from '../commit/checkpoint.ts'
import type { DeltaLog, Operation, Snapshot, Transaction } from '../face.ts'
import { changes } from '../log/changes.ts'
import { history } from '../log/history.ts'
import { append, type Written } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { mergeRows, type MergeRequest } from '../rows/merge.ts'
import { overwrite } from '../rows/overwrite.ts'
import { updateRows } from '../rows/update.ts'
import { addColumns, changeColumn, dropColumns, renameColumn } from '../schema/alter.ts'
import { addConstraint, dropConstraint } from '../schema/constraints.ts'
import { setProperties } from '../schema/properties.ts'
import { acting } from './acting.ts'
import { receive } from './incoming.ts'
import type { AsOf, DeltaTable, Done, Rows } from './types.ts'

type Opened = { readonly location: string; readonly close: () => Promise<void> }

/** The library's table over an open log. */
export function tableOf(log: DeltaLog, { location, close }: Opened): DeltaTable {
  const here = placeOf(log)
  const once = closing(close)
  return {
    location,
    ...reading(here),
    ...writing(here),
    ...altering(here),
    ...caring(here),
    close: once,
    [Symbol.asyncDispose]: once,
  }
}

function closing(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | undefined
  return () => {
    closed ??= close()
    return closed
  }
}

type Here = {
  readonly log: DeltaLog
  readonly signal: AbortSignal
  /** A session of its own. */
  readonly session: () => Promise<Session>
  readonly seen: (asOf: AsOf | undefined) => Promise<Snapshot>
}

function placeOf(log: DeltaLog): Here {
  const { place } = log
  const path = place.store.describe
  return {
    log,
    signal: place.signal ?? new AbortController().signal,
    session: () => place.engine.session({ path, signal: place.signal }),
    seen: async asOf => {
      const found = asOf === undefined ? await log.latest() : await log.at(whenOf(asOf))
      if (found === undefined) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: path })
      return found
    },
  }
}

function whenOf(asOf: AsOf): { readonly version: number } | { readonly timestampMs: number } {
  if ('version' in asOf) return { version: asOf.version }
  const timestampMs = asOf.at instanceof Date ? asOf.at.getTime() : Date.parse(asOf.at)
  if (Number.isNaN(timestampMs)) throw failure('SLUICE_DELTA_INSTANT', { words: String(asOf.at) })
  return { timestampMs }
}

function columnsOf({ fields }: Pick<Snapshot, 'fields'>): readonly Column[] {
  return fields.map(({ name, type, nullable }) => ({ name, type: typeSql(type), nullable }))
}

type Reading = 'version' | 'columns' | 'properties' | 'rows' | 'query' | 'changes' | 'history'

function reading(here: Here): Pick<DeltaTable, Reading> {
  const { log, signal, session, seen } = here
  const path = log.place.store.describe
  async function* read(sql: Promise<string>): AsyncGenerator<readonly Row[]> {
    yield* readRows(session(), await sql, { path, signal })
  }
  return {
    version: async () => (await seen(undefined)).version,
    columns: async asOf => columnsOf(await seen(asOf)),
    properties: async () => (await seen(undefined)).metadata.configuration,
    rows: ({ columns, where, asOf } = {}) =>
      read(seen(asOf).then(async snapshot => (await snapshot.scan({ columns, where })).sql)),
    query: (sql, { asOf, rowsMax } = {}) =>
      withSession(session(), async own => {
        const scan = await (await seen(asOf)).scan()
        await own.run(`create temp view ${quoteName('delta')} as ${scan.sql}`)
        return own.answer(sql, { rowsMax }) satisfies Promise<Answer>
      }),
    changes: ({ from, to }) =>
      read(
        seen(undefined).then(async latest => (await changes(log, { from, to: to ?? latest.version })).sql),
      ),
    history: options => history(log, options ?? {}),
  }
}

type Writing = 'append' | 'overwrite' | 'upsert' | 'merge' | 'update' | 'delete'

function writing(here: Here): Pick<DeltaTable, Writing> {
  const { log, session } = here
  const written = (rows: Rows, stage: (tx: Transaction, sql: string) => Promise<Written>) =>
    withRows(here, rows, (own, sql) =>
      acting(log, own, async tx => {
        const { rows: inserted, operation } = await stage(tx, sql)
        return { result: { inserted, updated: 0, deleted: 0 }, operation }
      }),
    )
  const merge = (rows: Rows, request: (columns: readonly string[]) => Omit<MergeRequest, 'source'>) =>
    withRows(here, rows, async (own, source) => {
      const columns = await own.describe(source)
      const asked = request(columns.map(({ name }) => name))
      return acting(log, own, async tx => changed(await mergeRows(tx, { ...asked, source })))
    })
  return {
    append: (rows, { evolve = false } = {}) =>
      written(rows, (tx, sql) => append(tx, sql, { schema: evolve ? 'evolve' : 'strict' })),
    overwrite: (rows, { where, partitions, evolve = false } = {}) =>
      written(rows, (tx, sql) =>
        overwrite(tx, sql, { where, partitions, schema: evolve ? 'evolve' : 'strict' }),
      ),
    merge: ({ rows, on, clauses, evolve }) => merge(rows, () => ({ on, clauses, schemaEvolution: evolve })),
    upsert: (rows, { key, evolve = false }) => merge(rows, columns => upsertOf(columns, key, evolve)),
    update: (set, where) =>
      withSession(session(), own =>
        acting(log, own, async tx => changed(await updateRows(tx, { set, where }))),
      ),
    delete: where =>
      withSession(session(), own => acting(log, own, async tx => changed(await deleteRows(tx, { where })))),
  }
}

/** Columns that do not come keep their values. */
function upsertOf(
  columns: readonly string[],
  key: readonly string[],
  evolve: boolean,
): Omit<MergeRequest, 'source'> {
  const keys = new Set(key.map(name => name.toLowerCase()))
  const of = (names: readonly string[]): Assignments | 'all' =>
    evolve ? 'all' : Object.fromEntries(names.map(name => [name, `source.${quoteName(name)}`]))
  const values = columns.filter(name => !keys.has(name.toLowerCase()))
  return {
    on: key.map(name => `target.${quoteName(name)} = source.${quoteName(name)}`).join(' and '),
    clauses: [
      ...(values.length === 0 ? [] : [{ when: 'matched' as const, do: { update: of(values) } }]),
      { when: 'not matched' as const, do: { insert: of(columns) } },
    ],
    schemaEvolution: evolve,
  }
}

type Changed = Omit<Done, 'version'> & { readonly operation: Operation }

/** Nothing to do is no version. */
function changed({ inserted, updated, deleted, operation }: Changed) {
  const nothing = inserted + updated + deleted === 0
  return { result: { inserted, updated, deleted }, operation: nothing ? undefined : operation }
}

/** The caller's rows as a SELECT, on the session that writes them. */
async function withRows<T>(
  { log, signal, session, seen }: Here,
  rows: Rows,
  act: (session: Session, sql: string) => Promise<T>,
): Promise<T> {
  const columns = columnsOf(await seen(undefined))
  return withSession(session(), async own => {
    const { tempDir } = log.place.engine
    const incoming = await receive(rows, { session: own, tempDir, signal, columns })
    try {
      return await act(own, incoming.sql)
    } finally {
      await incoming.drop()
    }
  })
}

type Altering =
  | 'addColumns'
  | 'dropColumns'
  | 'renameColumn'
  | 'changeColumn'
  | 'setProperties'
  | 'addConstraint'
  | 'dropConstraint'

function altering({ log, session }: Here): Pick<DeltaTable, Altering> {
  const alter = (change: (tx: Transaction) => Operation | Promise<Operation>) =>
    withSession(session(), own =>
      acting(log, own, async tx => ({
        result: { inserted: 0, updated: 0, deleted: 0 },
        operation: await change(tx),
      })),
    )
  return {
    addColumns: columns => alter(tx => addColumns(tx, columns)),
    dropColumns: names =>
      alter(tx =>
        dropColumns(
          tx,
          names.map(name => [name]),
        ),
      ),
    renameColumn: (from, to) => alter(tx => renameColumn(tx, [from], to)),
    changeColumn: (name, change) => alter(tx => changeColumn(tx, [name], change)),
    setProperties: properties => alter(tx => setProperties(tx, properties)),
    addConstraint: (name, expression) => alter(tx => addConstraint(tx, name, expression)),
    dropConstraint: name => alter(tx => dropConstraint(tx, name, { missing: 'refused' })),
  }
}

function caring({
  log,
  session,
  seen,
}: Here): Pick<DeltaTable, 'optimize' | 'vacuum' | 'restore' | 'checkpoint'> {
  return {
    optimize: options => withSession(session(), own => optimize(log, { ...options, session: own })),
    vacuum: options => withSession(session(), own => vacuum(log, { ...options, session: own })),
    restore: to => withSession(session(), own => restore(log, { session: own, when: whenOf(to) })),
    checkpoint: async () => void (await writeCheckpoint(log, await seen(undefined))),
  }
}
