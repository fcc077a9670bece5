import { distinctIds } from '../check/index.ts'
import { failure, near } from '../errors/index.ts'
import {
  type ChangePolicy,
  type Check,
  type Column,
  type ContractPolicy,
  durationMs,
  type Facts,
  type RetryPolicy,
  type TriggerRule,
  type WriteStrategy,
} from '../model/index.ts'
import type { Duration } from './duration.ts'
import { type CheckJob, isCheckJob } from './job.ts'
import { type PartitionOption, type PartitionWords, readPartition } from './partition.ts'
import type { ColumnOf, ColumnOfType, OneOrMany } from './rows.ts'

/** A column that a person promises: its type as DuckDB spells it, `'BIGINT not null'`, or an object. */
export type ColumnOption =
  | string
  | { readonly type?: string; readonly nullable?: boolean; readonly doc?: string }

/** Everything that can be said about an asset: the facts of SQL comments, as one flat object. */
export type AssetOptions<Row = unknown> = {
  /** What it is, in a sentence. */
  readonly doc?: string
  /** Columns that tell rows apart. `merge` and `scd2` need it. */
  readonly key?: OneOrMany<ColumnOf<Row>>
  /** Column that grows with every change: later loads ask only for what lies behind its largest value. */
  readonly cursor?: ColumnOf<Row>
  /** How far behind the largest cursor value a load begins, for rows that arrive late. */
  readonly lag?: Duration
  /** How it is cut: `'day'`, `'day(ordered_at) in Europe/Berlin'`, `'country in DE FR'`, or an object. */
  readonly partition?: PartitionWords | PartitionOption<ColumnOf<Row>>
  /** How new rows meet those that are there. */
  readonly write?: WriteStrategy
  readonly materialize?: 'table' | 'view' | 'incremental' | 'snapshot'
  /** How old it may become before a plan wants it again. */
  readonly every?: Duration
  readonly owner?: string
  readonly tags?: OneOrMany<string>
  readonly checks?: readonly CheckJob<
    ColumnOf<Row>,
    ColumnOfType<Row, number | bigint>,
    ColumnOfType<Row, string>
  >[]
  /** What is done when the rows change against what was promised. */
  readonly contract?: Partial<ContractPolicy>
  /** Columns as promised, by name. Others are allowed as `contract` says. */
  readonly columns?: { readonly [C in ColumnOf<Row>]?: ColumnOption }
  /** When it may start, given how the assets it reads ended. */
  readonly trigger?: TriggerRule
  /** How often a failed attempt is repeated, and at what distance. */
  readonly retries?: number | RetryOption
  /** Of one attempt. */
  readonly timeout?: Duration
  /** Name of the pool whose slots its steps take; the config says how many there are. */
  readonly pool?: string
  /** Nested values: kept as STRUCT and LIST, or split into child tables `<table>__<column>`. */
  readonly nested?: 'keep' | 'split'
}

export type RetryOption = {
  readonly times?: number
  /** Before the first repetition; each further one waits `factor` times as long, up to `longest`. */
  readonly wait?: Duration
  readonly longest?: Duration
  readonly factor?: number
}

type Read = Partial<Facts>
type Reader = (value: unknown, option: string) => Read

const writes = ['append', 'replace', 'merge', 'replace-partition', 'scd2', 'snapshot', 'view']
const materials = ['table', 'view', 'incremental', 'snapshot']
const policies = ['add', 'ignore', 'quarantine', 'fail']
const policyNames = ['onNewColumn', 'onTypeChange', 'onMissing', 'onNull']
const triggers = [
  'all_success',
  'none_failed_min_one_success',
  'none_failed',
  'all_done',
  'all_done_min_one_success',
  'one_success',
  'one_failed',
  'all_failed',
  'none_skipped',
  'one_done',
  'all_skipped',
  'always',
]

/** One reader per option: the list of what may be said, and what it means as facts. */
const readers: { readonly [option in keyof AssetOptions]-?: Reader } = {
  doc: (value, option) => ({ doc: text(value, option) }),
  key: (value, option) => ({ key: texts(value, option) }),
  cursor: (value, option) => ({ cursor: text(value, option) }),
  lag: (value, option) => ({ lagMs: duration(value, option) }),
  partition: value => ({ partition: partition(value) }),
  write: (value, option) => ({ write: oneOf<WriteStrategy>(value, option, writes) }),
  materialize: (value, option) => ({
    materialize: oneOf<'table' | 'view' | 'incremental' | 'snapshot'>(value, option, materials),
  }),
  every: (value, option) => ({ everyMs: duration(value, option) }),
  owner: (value, option) => ({ owner: text(value, option) }),
  tags: (value, option) => ({ tags: texts(value, option) }),
  checks: value => ({ checks: checks(value) }),
  contract: value => ({ contract: contract(value) }),
  columns: value => ({ columns: columns(value) }),
  trigger: (value, option) => ({ trigger: oneOf<TriggerRule>(value, option, triggers) }),
  retries: value => ({ retry: retry(value) }),
  timeout: (value, option) => ({ timeoutMs: duration(value, option) }),
  pool: (value, option) => ({ pool: text(value, option) }),
  nested: (value, option) => ({ nested: oneOf<'keep' | 'split'>(value, option, ['keep', 'split']) }),
}

/** Names of all options of an asset, as a person writes them. */
export const assetOptionNames: readonly string[] = Object.freeze(Object.keys(readers))

/** Options as facts. Whatever cannot be read is a failure that says what would do. */
export function readOptions(options: object | undefined): Facts {
  const facts: Facts = { key: [], tags: [], checks: [], columns: [] }
  const given = object(options ?? {}, 'options')
  refuseUnknown(given, assetOptionNames, 'asset')
  const read = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => readers[option as keyof AssetOptions](value, option))
  return Object.freeze(Object.assign({}, facts, ...read) as Facts)
}

function refuseUnknown(given: object, known: readonly string[], where: string): void {
  for (const option of Object.keys(given)) {
    if (!known.includes(option)) {
      throw failure('SLUICE_OPTION_UNKNOWN', { option, where, near: near(option, known), known })
    }
  }
}

function wrong(option: string, wanted: string): never {
  throw failure('SLUICE_OPTION_WRONG', { option, wanted })
}

function text(value: unknown, option: string): string {
  if (typeof value !== 'string' || value.trim() === '') wrong(option, 'text')
  return value
}

function texts(value: unknown, option: string): readonly string[] {
  const list = Array.isArray(value) ? value : [value]
  if (list.length === 0) wrong(option, 'at least one name')
  const read = list.map(item => text(item, option))
  const twice = read.find((item, i) => read.indexOf(item) !== i)
  if (twice !== undefined) wrong(option, `each name once; \`${twice}\` is there twice`)
  return Object.freeze(read)
}

function duration(value: unknown, option: string): number {
  const ms = typeof value === 'string' ? durationMs(value) : undefined
  if (ms === undefined) wrong(option, 'a duration in words, such as `15 minutes`, `6 hours` or `day`')
  return ms
}

function oneOf<T extends string>(value: unknown, option: string, known: readonly string[]): T {
  const guess = typeof value === 'string' ? near(value, known) : []
  const wanted = known.map(name => `\`${name}\``).join(', ')
  if (!known.includes(value as string)) {
    wrong(option, guess[0] === undefined ? `one of ${wanted}` : `one of ${wanted}; \`${guess[0]}\` is near`)
  }
  return value as T
}

function object(value: unknown, option: string): { readonly [name: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(option, 'an object')
  return value as { readonly [name: string]: unknown }
}

function partition(value: unknown): NonNullable<Facts['partition']> {
  const given = typeof value === 'string' ? value : (object(value, 'partition') as PartitionOption)
  const read = readPartition(given)
  if (!read.ok) wrong('partition', `words such as \`day(ordered_at)\`: ${read.problem}`)
  return read.scheme
}

function checks(value: unknown): readonly Check[] {
  if (!Array.isArray(value)) wrong('checks', "a list such as `[notNull('id')]`")
  const read = value.map((item: unknown) => {
    if (!isCheckJob(item)) wrong('checks', "only what check functions make, such as `notNull('id')`")
    return item.check
  })
  return Object.freeze(distinctIds(read))
}

function contract(value: unknown): Partial<ContractPolicy> {
  const given = object(value, 'contract')
  refuseUnknown(given, policyNames, 'contract')
  const read = Object.entries(given).map(([name, policy]) => [
    name,
    oneOf<ChangePolicy>(policy, `contract.${name}`, policies),
  ])
  return Object.freeze(Object.fromEntries(read) as Partial<ContractPolicy>)
}

function columns(value: unknown): readonly Column[] {
  const read = Object.entries(object(value, 'columns')).map(([name, said]) => column(name, said))
  return Object.freeze(read)
}

function column(name: string, said: unknown): Column {
  if (name.trim() === '') wrong('columns', 'names that are not empty')
  if (typeof said === 'string') {
    const promised = / not null$/i.exec(said.trim())
    const type = promised ? said.trim().slice(0, promised.index) : said.trim()
    return Object.freeze({ name, type: type.trim(), nullable: promised === null })
  }
  const given = object(said, `columns.${name}`)
  refuseUnknown(given, ['type', 'nullable', 'doc'], `columns.${name}`)
  const { type = '', nullable = true, doc } = given
  if (typeof type !== 'string') wrong(`columns.${name}.type`, 'a type such as `DECIMAL(18,3)`')
  if (typeof nullable !== 'boolean') wrong(`columns.${name}.nullable`, 'true or false')
  const about = doc === undefined ? {} : { doc: text(doc, `columns.${name}.doc`) }
  return Object.freeze({ name, type: type.trim(), nullable, ...about })
}

function retry(value: unknown): Partial<RetryPolicy> {
  const given = typeof value === 'number' ? { times: value } : object(value, 'retries')
  refuseUnknown(given, ['times', 'wait', 'longest', 'factor'], 'retries')
  const { times, wait, longest, factor } = given as { readonly [name: string]: unknown }
  const policy: { -readonly [K in keyof RetryPolicy]?: RetryPolicy[K] } = {}
  if (times !== undefined) {
    if (!Number.isSafeInteger(times) || Number(times) < 0) wrong('retries', 'a whole number from 0')
    policy.attemptsMax = Number(times) + 1
  }
  if (wait !== undefined) policy.baseMs = duration(wait, 'retries.wait')
  if (longest !== undefined) policy.capMs = duration(longest, 'retries.longest')
  if (factor !== undefined) {
    if (!(typeof factor === 'number' && factor >= 1)) wrong('retries.factor', 'a number from 1')
    policy.factor = factor
  }
  return Object.freeze(policy)
}
