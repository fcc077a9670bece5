import { type Reconciled, reconcile } from '../../check/index.ts'
import type { Loaded, PartitionSlice, Work, Written } from '../../connect/index.ts'
import { type Failure, Failures, failure } from '../../errors/index.ts'
import type { Column, Contract, WriteStrategy } from '../../model/index.ts'
import { normalType, quoteAsset, quoteName, quoteText } from '../../sql/index.ts'
import type { StepEnd } from '../ports.ts'
import { writeChildren } from './children.ts'
import { cursorAfter, sinceOf, withoutLoaded } from './cursor.ts'
import { type Input, ingestInput, rowsInput } from './input.ts'
import { publishing } from './publish.ts'
import { replayInput } from './replay.ts'
import { readable, retyped } from './retype.ts'
import { type Built, keySql, rangesOf, recorded, sliceOf } from './slices.ts'
import type { Job, Made, StepTools } from './tools.ts'

/**
 * Rows from outside, or from user code: stage them, hold them against the contract, refuse what does not fit,
 * write the rest.
 */
export async function loadStep(job: Job, tools: StepTools): Promise<StepEnd> {
  if (job.asset.kind === 'rows' && rangesOf(job, tools)?.length === 0) {
    const state = recorded(job, tools, { changed: [], found: [], whole: false })
    return { outcome: 'unchanged', state, words: 'no partition of it is due' }
  }
  const input = await inputOf(job, tools)
  try {
    const end = await publishing(job, tools, work => build({ job, tools, work }, input))
    await input.done()
    return end
  } catch (thrown) {
    await input.failed()
    throw thrown
  }
}

async function build(bench: Bench, input: Input): Promise<Made> {
  const { job, tools, work } = bench
  const { fixed, open } = promised(job, tools)
  const columns = [...fixed, ...readable(job, open)]
  const read = await work.load(input.batches(), {
    columns: columns.length > 0 ? columns : undefined,
    detect: 'types',
    nested: job.asset.nested,
    key: job.asset.key,
    lists: job.history?.contract?.children?.map(({ path }) => path),
  })
  const loaded = await retyped({ job, work }, read, open)
  return loadOf(bench, { input, loaded })
}

/**
 * Types that rows are read as: what a person declared, over what was kept; '' leaves it to the rows. `open`
 * are those that the policy may still change, or whose misfits it may drop.
 */
function promised(
  job: Job,
  tools: StepTools,
): { readonly fixed: readonly Column[]; readonly open: readonly Column[] } {
  const kept = job.history?.contract?.columns ?? []
  const facts = tools.code.get(job.asset.name)?.facts.columns ?? []
  const declared = facts
    .filter(({ type }) => type !== '')
    .map(column => ({ ...column, type: normalType(column.type) }))
  const said = new Set(declared.map(({ name }) => name.toLowerCase()))
  const rest = kept.filter(({ name }) => !said.has(name.toLowerCase()))
  return job.asset.contract.onTypeChange === 'ignore'
    ? { fixed: [], open: [...rest, ...declared] }
    : { fixed: declared, open: rest }
}

type Bench = { readonly job: Job; readonly tools: StepTools; readonly work: Work }
type Staged = { readonly input: Input; readonly loaded: Loaded }

async function inputOf(job: Job, tools: StepTools): Promise<Input> {
  if (tools.replay === job.asset.name) return replayInput(job, tools)
  const authored = tools.code.get(job.asset.name)
  if (authored?.kind === 'rows') return rowsInput(job, tools, authored)
  if (authored?.kind !== 'ingest') {
    throw failure('SLUICE_CODE_MISSING', { asset: job.asset.name, kind: 'an ingest' })
  }
  const cursor = job.history?.contract?.columns.find(column => column.name === job.asset.cursor)
  const since = cursor && (await sinceOf(job, tools, cursor))
  return ingestInput(job, tools, { source: authored.source, since: since?.text })
}

async function loadOf(bench: Bench, staged: Staged): Promise<Made> {
  const { job, tools, work } = bench
  const { loaded } = staged
  const fit = reconcile({
    asset: job.asset.name,
    kept: job.history?.contract,
    declared: tools.code.get(job.asset.name)?.facts.columns ?? [],
    key: job.asset.key,
    policy: job.asset.contract,
    checks: job.asset.checks,
    nowMs: tools.atMs,
    loaded: {
      relation: loaded.relation,
      columns: loaded.columns,
      unreadable: loaded.unreadable.relation,
      raw: loaded.raw,
      extra: ['"_source"', '"_position"'],
    },
  })
  if (fit.contract.columns.length === 0) return nothing(staged)
  await demand(work, fit)
  const replay = tools.replay === job.asset.name
  // In the replay's own work: open no longer, once its rows are published.
  if (replay) await work.settle('replayed')
  const refused = await refuse(bench, fit)
  const parents = await parentsOf(bench, fit)
  const written = await write(bench, { ...staged, fit })
  const { contract, changed } = await split(bench, { ...staged, fit: { ...fit, acceptSql: parents } })
  if (fit.changes.length > 0) {
    await job.context.log({ kind: 'contract.changed', version: fit.contract.version, changes: fit.changes })
  }
  const unchanged = written.unchanged && !changed
  return madeOf(bench, {
    ...staged,
    fit: { ...fit, contract },
    refused,
    written: { ...written, unchanged },
  })
}

/**
 * A first load of a source that has no rows yet shows no columns: there is no table to make, and nothing to
 * promise.
 */
function nothing({ input, loaded }: Staged): Made {
  const position = input.position()
  return {
    counts: { in: loaded.rowsIn, out: 0, refused: 0, deduplicated: 0 },
    unchanged: true,
    state: position === undefined ? {} : { position },
  }
}

async function demand(work: Work, fit: Reconciled): Promise<void> {
  const broken: Failure[] = [...fit.failures]
  for (const one of fit.demands) {
    const rows = Number((await work.query(one.sql)).rows[0]?.[0] ?? 0)
    if (rows > 0) broken.push(one.failure(rows))
  }
  const [first] = broken
  if (first === undefined) return
  throw broken.length === 1 ? first : new Failures(broken)
}

async function refuse({ job, work }: Bench, fit: Reconciled): Promise<number> {
  const rules = await work.query(fit.countSql)
  if (rules.rows.length === 0) return 0
  const byRule = Object.fromEntries(rules.rows.map(([rule, rows]) => [rule ?? '', Number(rows)]))
  const refused = await work.refuse({ sql: fit.refuseSql, run: job.context.run })
  if (refused > 0) await job.context.log({ kind: 'rows.refused', rows: refused, byRule })
  return refused
}

/**
 * When the rows were loaded is the run's own time: the same for every attempt, so that a repeated step writes
 * the same bytes.
 */
function loadedAt(tools: StepTools): string {
  return `cast(${quoteText(new Date(tools.atMs).toISOString())} as timestamp with time zone)`
}

const bookkeeping: readonly Column[] = [
  { name: '_loaded_at', type: 'TIMESTAMP WITH TIME ZONE', nullable: false },
  { name: '_source', type: 'VARCHAR', nullable: true },
]

async function write(
  { job, tools, work }: Bench,
  { fit, input }: Staged & { readonly fit: Reconciled },
): Promise<WrittenOf> {
  const { asset } = job
  const columns = [...fit.contract.columns, ...bookkeeping]
  const names = fit.contract.columns.map(column => quoteName(column.name)).join(', ')
  const accepted = `select ${names}, ${loadedAt(tools)} as "_loaded_at", "_source" from (${fit.acceptSql}\n)`
  const slice = owned(job, tools, columns)
  const whole = asset.write === 'replace-partition' && slice === undefined
  const again = readAgain(job, fit, accepted)
  const count = async (sql: string) =>
    Number((await work.query(`select count(*) from (${sql}\n)`)).rows[0]?.[0])
  const outside = slice ? await count(`select 1 from (${accepted}) where (${slice.where}) is not true`) : 0
  const known = again === undefined ? 0 : (await count(accepted)) - (await count(again))
  const fresh = again ?? accepted
  const written = await work.write({
    table: asset.name,
    strategy: strategyOf(job, tools, whole),
    sql: slice ? `select * from (${fresh}) where ${slice.where}` : fresh,
    columns,
    incidental: bookkeeping.map(({ name }) => name),
    key: asset.key,
    cursor: asset.cursor,
    partition: slice,
    atMs: tools.atMs,
    deleteMissing: asset.write === 'merge' && input.complete && slice === undefined,
  })
  return { ...written, deduplicated: written.deduplicated + known, outside, sliced: slice !== undefined }
}

type WrittenOf = Written & {
  /** Rows that user code made for partitions that the step does not own: they are not its business. */
  readonly outside: number
  /** The target told which partitions changed. */
  readonly sliced: boolean
}

/** The partitions that the step owns, as one slice. */
function owned(job: Job, tools: StepTools, columns: readonly Column[]): PartitionSlice | undefined {
  const { partition, kind } = job.asset
  const ranges = partition && kind === 'rows' ? rangesOf(job, tools) : undefined
  const slices = partition && ranges ? ranges.map(range => sliceOf(partition, range, columns)) : []
  const [first] = slices
  if (first === undefined) return undefined
  const where = slices.map(slice => `(${slice.where})`).join(' or ')
  return {
    ...first,
    last: slices.at(-1)?.last ?? first.last,
    where: slices.length > 1 ? `(${where})` : first.where,
  }
}

/** What is appended by a cursor was perhaps read before: the lag reaches back, and moments may be equal. */
function readAgain(job: Job, fit: Reconciled, accepted: string): string | undefined {
  const { asset, history } = job
  if (asset.write !== 'append' || asset.cursor === undefined || history?.cursor === undefined)
    return undefined
  const before = new Set(history.contract?.columns.map(({ name }) => name))
  const kept = fit.contract.columns.filter(({ name }) => before.has(name))
  return withoutLoaded(accepted, { asset, cursor: asset.cursor, kept })
}

/** Rows that get children. Set down before the write: afterwards, what was appended stands there already. */
async function parentsOf({ job, work }: Bench, fit: Reconciled): Promise<string> {
  const again = job.asset.nested === 'split' ? readAgain(job, fit, fit.acceptSql) : undefined
  if (again === undefined) return fit.acceptSql
  await work.query(`create temp table "_parents" as ${again}`)
  return 'select * from temp.main."_parents"'
}

/** Child tables, written and then promised as they stand. */
async function split(
  bench: Bench,
  { fit, input, loaded }: Staged & { readonly fit: Reconciled },
): Promise<{ readonly contract: Contract; readonly changed: boolean }> {
  const { job, tools } = bench
  const { contract, acceptSql } = fit
  if (job.asset.nested !== 'split' || !contract.columns.some(({ name }) => name === '_key'))
    return { contract, changed: false }
  const strategy = strategyOf(job, tools, job.asset.write === 'replace-partition')
  const parents = { loaded, acceptSql, strategy, complete: input.complete }
  const { children, changed } = await writeChildren(bench, parents)
  if (JSON.stringify(children) === JSON.stringify(contract.children ?? [])) return { contract, changed }
  const kept = job.history?.contract?.version
  return { contract: { ...contract, version: kept === undefined ? 1 : kept + 1, children }, changed }
}

/** Replayed rows join those that are there, whatever the strategy of a whole load is. */
function strategyOf({ asset }: Job, tools: StepTools, whole: boolean): WriteStrategy {
  if (tools.replay === asset.name && (asset.write === 'replace' || asset.write === 'snapshot')) {
    return asset.key.length > 0 ? 'merge' : 'append'
  }
  return whole ? 'replace' : asset.write
}

async function madeOf(
  bench: Bench,
  load: Staged & { readonly fit: Reconciled; readonly refused: number; readonly written: WrittenOf },
): Promise<Made> {
  const { job, work } = bench
  const { asset } = job
  const { loaded, written, refused, fit, input } = load
  const rows = Number((await work.query(`select count(*) from ${quoteAsset(asset.name)}`)).rows[0]?.[0] ?? 0)
  const cursor = await cursorAfter(job, work)
  // A replay has not looked at the source: what it says now is still to be read.
  const replay = bench.tools.replay === asset.name
  const probe = replay ? job.history?.probe : bench.tools.probes[asset.name]
  const position = input.position()
  return {
    counts: {
      in: loaded.rowsIn - written.outside,
      out: written.out,
      refused,
      deduplicated: written.deduplicated,
    },
    // A replay has closed rows of the quarantine, which is published even if the asset has them already.
    unchanged: written.unchanged && refused === 0 && !replay && (job.history?.version ?? 0) > 0,
    state: {
      ...recorded(job, bench.tools, await builtBy(bench, { fit, written })),
      rows,
      ...contractState(job, fit.contract),
      ...(cursor === undefined ? {} : { cursor }),
      ...(position === undefined ? {} : { position }),
      ...(probe === undefined ? {} : { probe }),
    },
  }
}

function contractState(job: Job, contract: Contract): { readonly contract?: Contract } {
  return contract.version === job.history?.contract?.version ? {} : { contract }
}

/** Partitions that the rows of this load lie in: the others stay as they were. */
async function builtBy(
  { job, work }: Bench,
  load: { readonly fit: Reconciled; readonly written: WrittenOf },
): Promise<Built> {
  const { partition, write } = job.asset
  const whole = write === 'replace'
  if (partition === undefined || load.written.unchanged) return { changed: [], found: [], whole: false }
  const key = keySql(partition, load.fit.contract.columns)
  const answer = await work.query(`select distinct ${key} as k from (${load.fit.acceptSql}\n) order by k`)
  const found = answer.rows.flatMap(row => row[0] ?? [])
  if (load.written.sliced) return { changed: load.written.partitions, found, whole: false }
  return { changed: whole ? undefined : found, found, whole }
}
