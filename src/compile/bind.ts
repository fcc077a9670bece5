import { vocabulary } from '../check/index.ts'
import type { BindQuery, Bound } from '../connect/index.ts'
import { type Failure, type Note, failure, near } from '../errors/index.ts'
import type { AssetName, At, Check, Column, ColumnLineage, Declaration } from '../model/index.ts'
import { findReferences, normalType, quoteAsset } from '../sql/index.ts'
import { addedColumns, columnsOf, contractDefaults, writeOf } from './defaults.ts'
import type { Node, Nodes, Read } from './nodes.ts'
import { placesIn, placesOf } from './places.ts'
import { type Names, resolve } from './resolve.ts'
import type { CompileInput } from './types.ts'

export type Bindings = {
  /** Columns by number of the asset; undefined: not known. */
  readonly columns: readonly (readonly Column[] | undefined)[]
  readonly lineage: readonly (readonly ColumnLineage[] | undefined)[]
  readonly failures: readonly Failure[]
  readonly notes: readonly Note[]
}

/** A query that is to be bound, and what it is for. */
type Wanted = {
  readonly query: BindQuery
  readonly reads: readonly Read[]
  /** Number of the asset whose columns it makes; undefined: it is only looked at. */
  readonly number: number | undefined
  readonly lineage: boolean
  readonly told: Told
}

/** How an error in it is told. */
type Told = { readonly name: string; readonly at: (offset: number | undefined) => At }

type Work = {
  readonly names: Names
  readonly nodes: Nodes
  readonly input: CompileInput
  readonly columns: (readonly Column[] | undefined)[]
  readonly lineage: (readonly ColumnLineage[] | undefined)[]
  readonly failures: Failure[]
  readonly notes: Note[]
  /** Numbers of assets whose query is sound and whose columns the binder will tell. */
  readonly coming: Set<number>
  readonly wanted: Wanted[]
}

type Graph = { readonly order: Int32Array; readonly circular: ReadonlySet<number> }

/**
 * Columns, and lineage where it is wanted, of every asset, in the order of the graph; queries that cannot run
 * are told.
 */
export async function bindAll(
  project: { readonly names: Names; readonly nodes: Nodes; readonly input: CompileInput },
  graph: Graph,
): Promise<Bindings> {
  const { names, nodes, input } = project
  const { known } = input
  const work: Work = {
    ...project,
    columns: names.declarations.map(() => undefined),
    lineage: names.declarations.map(() => undefined),
    failures: [],
    notes: [],
    coming: new Set(),
    wanted: [],
  }
  for (let at = 0; at < graph.order.length; at++) {
    const number = graph.order[at] as number
    const node = nodes.assets[number] as Node
    if (node.sql === undefined) work.columns[number] = told(names.declarations[number] as Declaration, known)
    else if (!graph.circular.has(number) && node.sound && readsKnown(node.reads, work))
      want(number, node, work)
  }
  wantChecks(work)
  await ask(work)
  return work
}

/**
 * Columns of what is not made by SQL: declared ones before kept ones; a declared doc or type is added to a
 * kept column.
 */
function told(declaration: Declaration, known: CompileInput['known']): readonly Column[] | undefined {
  const kept = known[declaration.name]
  return declaration.facts.columns.length === 0 ? kept : declaredAnd(kept, declaration)
}

function declaredAnd(
  kept: readonly Column[] | undefined,
  declaration: Declaration,
): readonly Column[] | undefined {
  const declared = declaration.facts.columns
  const typed = declared.flatMap(one => (one.type === '' ? [] : [{ ...one, type: normalType(one.type) }]))
  if (kept === undefined) return typed.length > 0 && isClosed(declaration) ? typed : undefined
  const byName = new Map(declared.map(column => [column.name.toLowerCase(), column]))
  const merged = kept.map(column => {
    const said = byName.get(column.name.toLowerCase())
    if (said === undefined) return column
    const doc = said.doc === undefined ? {} : { doc: said.doc }
    return said.type === ''
      ? { ...column, ...doc }
      : { ...said, name: column.name, type: normalType(said.type) }
  })
  const names = new Set(kept.map(({ name }) => name.toLowerCase()))
  return [...merged, ...typed.filter(({ name }) => !names.has(name.toLowerCase()))]
}

/** Declared columns are all there are, unless a first load may show more. */
function isClosed({ body, facts }: Declaration): boolean {
  if (body.kind !== 'ingest' && body.kind !== 'rows') return true
  return (facts.contract?.onNewColumn ?? contractDefaults.onNewColumn) !== 'add'
}

function readsKnown(reads: readonly Read[], { columns, coming, input }: Work): boolean {
  return reads.every(({ number, child }) =>
    child === undefined
      ? columns[number] !== undefined || coming.has(number)
      : input.known[child] !== undefined,
  )
}

function want(number: number, node: Node, work: Work): void {
  const declaration = work.names.declarations[number] as Declaration
  const { body } = declaration
  const adds = body.kind === 'export' ? [] : addedColumns({ kind: body.kind, write: writeOf(declaration) })
  const query = { name: node.name, sql: node.sql ?? '', adds }
  const needsAlignment =
    declaration.facts.partition !== undefined &&
    node.reads.some(read => work.names.declarations[read.number]?.facts.partition !== undefined)
  const lineage = work.input.lineage === true || needsAlignment
  const told = { name: node.name, at: placesOf(declaration) }
  const wanted = { query, reads: node.reads, number, lineage, told }
  work.wanted.push(wanted)
  work.coming.add(number)
}

/**
 * Checks in files, and predicates of checks, are bound too: a column that is gone shows in them before
 * anything runs.
 */
function wantChecks(work: Work): void {
  for (const node of work.nodes.checks) {
    if (!node.sound || node.sql === undefined || !readsKnown(node.reads, work)) continue
    const query = { name: `_check.${node.name}`, sql: node.sql }
    const told = { name: node.name, at: placesIn(node.sql, node.at) }
    work.wanted.push({ query, reads: node.reads, number: undefined, lineage: false, told })
  }
  work.names.declarations.forEach((declaration, number) => {
    const { checks } = declaration.facts
    if (checks.length === 0 || (work.columns[number] === undefined && !work.coming.has(number))) return
    for (const check of checks) {
      const predicates = predicatesOf(check)
      if (predicates.length === 0) continue
      const where = predicates.map(predicate => `(${predicate}\n)`).join(' and ')
      const sql = `select 1 from ${quoteAsset(declaration.name)} where ${where}`
      const at = check.at ?? declaration.at
      const reads = readsIn(sql, { names: work.names, at })
      if (reads === undefined || !readsKnown(reads, work)) continue
      const told = { name: declaration.name, at: () => at }
      const query = { name: `_check.${declaration.name} ${check.id}`, sql }
      work.wanted.push({ query, reads, number: undefined, lineage: false, told })
    }
  })
}

/** Assets that a predicate's subqueries read, and its own; undefined where it reads something else. */
function readsIn(
  sql: string,
  { names, at }: { readonly names: Names; readonly at: At },
): readonly Read[] | undefined {
  const reads: Read[] = []
  for (const reference of findReferences(sql)) {
    const found = resolve(names, reference)
    if (found.kind === 'asset') reads.push({ number: found.number, at, child: undefined })
    else if (found.kind === 'child') reads.push({ number: found.number, at, child: found.name })
    else return undefined
  }
  return reads
}

function predicatesOf(check: Check): readonly string[] {
  const args = check.check === 'query' ? [] : vocabulary[check.check].args
  const said = args.flatMap(({ name, type }) => {
    const value = check.args[name]
    return type === 'predicate' && typeof value === 'string' ? [value] : []
  })
  return check.where === undefined ? said : [...said, check.where]
}

/**
 * Asks the analyzer for what the memo does not know. What reads something that is asked for is asked for as
 * well.
 */
async function ask(work: Work): Promise<void> {
  const { memo, analyzer } = work.input
  const asked: Wanted[] = []
  const pending = new Set<number>()
  for (const wanted of work.wanted) {
    const ready = wanted.reads.every(({ number, child }) => child !== undefined || !pending.has(number))
    const known = memo && ready ? memo.bound.get(bindKey(wanted, work)) : undefined
    if (known) take(wanted, known, work)
    else {
      asked.push(wanted)
      if (wanted.number !== undefined) pending.add(wanted.number)
    }
  }
  if (asked.length === 0) return
  const names = asked.filter(({ lineage }) => lineage).map(({ query }) => query.name)
  const answers = await analyzer.bind({
    tables: tablesFor(asked, work, pending),
    queries: asked.map(({ query }) => query),
    lineage: names,
  })
  asked.forEach((wanted, index) => {
    const bound = answers[index]
    if (bound === undefined) return
    const key = memo && bindKey(wanted, work)
    take(wanted, bound, work)
    if (key !== undefined) memo?.bound.set(key, bound)
  })
}

function tablesFor(
  asked: readonly Wanted[],
  work: Work,
  pending: ReadonlySet<number>,
): readonly { readonly name: AssetName; readonly columns: readonly Column[] }[] {
  const tables = new Map<AssetName, readonly Column[]>()
  for (const { number, child } of asked.flatMap(({ reads }) => reads)) {
    const name = child ?? work.names.declarations[number]?.name
    const columns = child === undefined ? seen(number, work) : work.input.known[child]
    const made = child === undefined && pending.has(number)
    if (name !== undefined && columns !== undefined && !made) tables.set(name, columns)
  }
  return [...tables].map(([name, columns]) => ({ name, columns }))
}

/** Columns of an asset as its readers see them. */
function seen(number: number, { names, columns }: Work): readonly Column[] | undefined {
  const declaration = names.declarations[number]
  if (declaration === undefined) return undefined
  return columnsOf({ kind: declaration.body.kind, write: writeOf(declaration), columns: columns[number] })
}

/**
 * The answer depends on the text (places are in it), on the columns of what is read, and on whether lineage
 * was asked for.
 */
function bindKey({ query, reads, lineage }: Wanted, work: Work): string {
  const inputs = reads.map(({ number, child }) => {
    const columns = child === undefined ? seen(number, work) : work.input.known[child]
    const name = child ?? work.names.declarations[number]?.name
    return [name, columns?.map(column => [column.name, column.type]) ?? null]
  })
  return work.input.hash(JSON.stringify([query.name, query.sql, query.adds ?? [], lineage, inputs]))
}

function take(wanted: Wanted, bound: Bound, work: Work): void {
  const { number, told } = wanted
  if (bound.ok === true) {
    if (number === undefined) return
    work.columns[number] = bound.columns
    work.lineage[number] = bound.lineage
    return
  }
  if (bound.ok === false) {
    work.failures.push(unbound(wanted, bound, work))
    return
  }
  // Above an asset that is told already, only the first one needs telling.
  const above = wanted.reads.some(
    ({ number: read, child }) => child === undefined && seen(read, work) === undefined,
  )
  if (above) return
  const subject = number === undefined ? `\`${told.name}\` is` : `The columns of \`${told.name}\` are`
  work.notes.push({ text: `${subject} not known offline: ${bound.words}.`, at: told.at(undefined) })
}

function unbound({ reads, told }: Wanted, bound: Extract<Bound, { ok: false }>, work: Work): Failure {
  const at = told.at(bound.offset)
  const { missing } = bound
  if (missing?.kind !== 'column') {
    const params = {
      asset: told.name,
      words: bound.words,
      near: missing ? near(missing.name, missing.near) : [],
    }
    return failure('SLUICE_SQL_BIND', params, { at })
  }
  const names = reads.flatMap(({ number, child }) =>
    (child === undefined ? seen(number, work) : work.input.known[child])?.map(({ name }) => name),
  )
  const candidates = names.filter(name => name !== undefined)
  const guess = near(missing.name, [...candidates, ...missing.near])
  return failure('SLUICE_SQL_COLUMN', { asset: told.name, name: missing.name, near: guess }, { at })
}
