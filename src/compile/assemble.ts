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
}

/** An asset with everything resolved and every default filled in. */
export function assetOf(declaration: Declaration, parts: Parts): Asset {
  const { name, at, body, facts } = declaration
  const { node, legal } = parts
  return {
    name,
    kind: body.kind,
    at,
    doc: facts.doc ?? '',
    ...(facts.owner === undefined ? {} : { owner: facts.owner }),
    tags: facts.tags,
    ...(node.sql === undefined ? {} : { sql: node.sql }),
    reads: edges(parts),
    columns: legal.columns,
    lineage: parts.lineage ?? [],
    key: legal.key,
    ...(legal.cursor === undefined ? {} : { cursor: legal.cursor }),
    lagMs: facts.lagMs ?? 0,
    ...(legal.partition === undefined ? {} : { partition: legal.partition }),
    write: writeOf(declaration),
    ...(facts.everyMs === undefined ? {} : { everyMs: facts.everyMs }),
    checks: legal.checks,
    contract: { ...contractDefaults, ...facts.contract },
    trigger: facts.trigger ?? defaultTrigger,
    retry: { ...defaultRetry, ...facts.retry },
    timeoutMs: facts.timeoutMs ?? defaultTimeoutMs,
    pool: facts.pool ?? defaultPool,
    nested: facts.nested ?? 'keep',
    fingerprint: fingerprint(declaration, parts),
    checksFingerprint: checksFingerprint(legal),
  }
}

/** One edge per asset that is read, in the order of the text. */
function edges({ node, legal, lineage, all }: Parts): readonly Edge[] {
  const found = new Map<number, Edge>()
  for (const { number, at } of node.reads) {
    const read = all[number]
    if (read === undefined || found.has(number)) continue
    const same =
      read.facts.partition && isAligned({ legal, lineage, asset: read.name, scheme: read.facts.partition })
    found.set(number, { asset: read.name, partitions: same ? 'same' : 'all', at })
  }
  return [...found.values()]
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
 * What changes when the rows that an asset makes may change: the meaning of its query or its code, where it loads from, and the
 * facts that shape the write. Not: docs, owner, checks, schedule, retries, what it reads (their new versions tell that).
 */
function fingerprint(declaration: Declaration, { node, legal }: Parts): string {
  const { body, facts, code } = declaration
  const made: readonly Json[] =
    body.kind === 'sql'
      ? [node.normal]
      : body.kind === 'export'
        ? [node.normal, code, body.connector, sorted(body.options)]
        : body.kind === 'ingest'
          ? [code, body.connector, sorted(body.options)]
          : body.kind === 'rows'
            ? [code, body.inputs.map(({ as, asset }) => [as, asset])]
            : []
  const columns = facts.columns.filter(({ type }) => type !== '').map(({ name, type }) => [name, type])
  const write: readonly Json[] = [
    writeOf(declaration),
    legal.key,
    legal.cursor ?? null,
    sorted(legal.partition ?? null),
    facts.nested ?? 'keep',
    columns,
  ]
  return hash(JSON.stringify([body.kind, made, write]))
}

function checksFingerprint({ checks }: Legal): string {
  return hash(
    JSON.stringify(
      checks.map(({ id, check, columns, args, severity, mostly, where }) => [
        id,
        check,
        columns,
        sorted(args),
        severity,
        mostly,
        where ?? null,
      ]),
    ),
  )
}

/** JSON in which the order of keys does not matter. */
export function sorted(value: Json | object): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one as Json)]))
}
