import type {
  Asset,
  AssetName,
  ColumnLineage,
  Declaration,
  Edge,
  Json,
  PartitionScheme,
} from '../model/index.ts'
import {
  contractDefaults,
  defaultPool,
  defaultRetry,
  defaultTimeoutMs,
  defaultTrigger,
  writeOf,
} from './defaults.ts'
import { hash } from './hash.ts'
import type { Legal } from './legal.ts'
import type { Node } from './nodes.ts'

type Parts = {
  readonly node: Node
  readonly legal: Legal
  readonly lineage: readonly ColumnLineage[] | undefined
  /** Assets by number. */
  readonly all: readonly Declaration[]
  /** Numbers of what only its checks look at. */
  readonly after: readonly number[]
}

/**
 * An asset with everything resolved and every default filled in. Written for 10,000 of them: what is the same
 * is shared.
 */
export function assetOf(declaration: Declaration, parts: Parts): Asset {
  const { name, at, body, facts } = declaration
  const { node, legal } = parts
  const asset: { -readonly [field in keyof Asset]: Asset[field] } = {
    name,
    kind: body.kind,
    at,
    doc: facts.doc ?? '',
    tags: facts.tags,
    reads: edges(parts),
    columns: legal.columns,
    lineage: parts.lineage ?? [],
    key: legal.key,
    lagMs: facts.lagMs ?? 0,
    write: writeOf(declaration),
    checks: legal.checks,
    contract: facts.contract ? { ...contractDefaults, ...facts.contract } : contractDefaults,
    trigger: facts.trigger ?? defaultTrigger,
    retry: facts.retry ? { ...defaultRetry, ...facts.retry } : defaultRetry,
    timeoutMs: facts.timeoutMs ?? defaultTimeoutMs,
    pool: facts.pool ?? defaultPool,
    nested: facts.nested ?? 'keep',
    fingerprint: fingerprint(declaration, parts),
    checksFingerprint: checksFingerprint(legal),
  }
  if (parts.after.length > 0) asset.after = parts.after.map(number => parts.all[number]?.name ?? '')
  if (facts.owner !== undefined) asset.owner = facts.owner
  if (node.sql !== undefined) asset.sql = node.sql
  if (legal.cursor !== undefined) asset.cursor = legal.cursor
  if (legal.partition !== undefined) asset.partition = legal.partition
  if (facts.everyMs !== undefined) asset.everyMs = facts.everyMs
  return asset
}

/** One edge per asset that is read, in the order of the text. */
function edges({ node, legal, lineage, all }: Parts): readonly Edge[] {
  const found: Edge[] = []
  for (const { number, at } of node.reads) {
    const read = all[number]
    if (read === undefined || readsAlready(found, read.name)) continue
    const scheme = read.facts.partition
    const same = scheme !== undefined && isAligned({ legal, lineage, asset: read.name, scheme })
    found.push({ asset: read.name, partitions: same ? 'same' : 'all', at })
  }
  return found
}

function readsAlready(edges: readonly Edge[], asset: AssetName): boolean {
  for (const edge of edges) if (edge.asset === asset) return true
  return false
}

type Alignment = {
  readonly legal: Legal
  readonly lineage: readonly ColumnLineage[] | undefined
  readonly asset: AssetName
  readonly scheme: PartitionScheme
}

/** Both are cut alike, and rows of one partition depend on rows of that partition only. */
function isAligned({ legal, lineage, asset, scheme }: Alignment): boolean {
  const own = legal.partition
  if (own === undefined || !cutAlike(own, scheme)) return false
  const column = lineage?.find(one => one.column === own.column)
  const source = scheme.column.toLowerCase()
  return column?.alignedWith?.some(one => one.asset === asset && one.column.toLowerCase() === source) ?? false
}

function cutAlike(a: PartitionScheme, b: PartitionScheme): boolean {
  if (a.kind === 'time') return b.kind === 'time' && a.unit === b.unit && a.zone === b.zone
  return b.kind === 'static' && a.values.join('\0') === b.values.join('\0')
}

/**
 * What changes when the rows that an asset makes may change: the meaning of its query or its code, where it
 * loads from, and the facts that shape the write. Not: docs, owner, checks, schedule, retries, what it reads
 * (their new versions tell that).
 */
function fingerprint(declaration: Declaration, { node, legal }: Parts): string {
  const { body, code } = declaration
  const write = `${writeOf(declaration)} ${declaration.facts.nested ?? 'keep'}`
  return hash(`${body.kind}\0${code}\0${write}\0${shape(declaration, legal)}\0${made(body, node)}`)
}

/** Facts that most assets do not state: '' then. */
function shape({ facts }: Declaration, { key, cursor, partition }: Legal): string {
  const typed = facts.columns.filter(({ type }) => type !== '')
  const plain = key.length === 0 && cursor === undefined && partition === undefined && typed.length === 0
  const columns = typed.map(({ name, type }) => [name, type])
  return plain ? '' : JSON.stringify([key, cursor ?? null, sorted(partition ?? null), columns])
}

function made(body: Declaration['body'], { normal }: Node): string {
  if (body.kind === 'sql') return normal
  if (body.kind === 'rows') return body.inputs.map(({ as, asset }) => `${as} ${asset}`).join('\0')
  if (body.kind === 'source') return ''
  const from = `${body.connector}\0${JSON.stringify(sorted(body.options))}`
  return body.kind === 'export' ? `${from}\0${normal}` : from
}

function checksFingerprint({ checks }: Legal): string {
  if (checks.length === 0) return ''
  const said = checks.map(({ id, check, columns, args, severity, mostly, where }) => [
    id,
    check,
    columns,
    sorted(args),
    severity,
    mostly,
    where ?? null,
  ])
  return hash(JSON.stringify(said))
}

/** JSON in which the order of keys does not matter. */
function sorted(value: Json | object): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one as Json)]))
}
