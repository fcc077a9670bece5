import { type Failure, failure } from '../errors/index.ts'
import type { AssetHistory, AssetName, Contract, Event, Json, StepOutcome } from '../model/index.ts'
import { number, numberOr, type Row, type Transaction, text, textOr, upsert, type Value } from './driver.ts'
import type { AssetUpdate, PartitionsUpdate } from './face.ts'

/** An asset as the table `asset` holds it, without its partitions and contract. */
export type AssetState = {
  readonly lastOutcome: AssetHistory['lastOutcome'] | undefined
  readonly succeededAtMs: number | undefined
  readonly attemptedAtMs: number | undefined
  readonly fingerprint: string | undefined
  readonly checksFingerprint: string | undefined
  readonly version: number
  readonly upstream: { readonly [name: AssetName]: number }
  readonly position: Json | undefined
  readonly cursor: string | undefined
  readonly probe: string | undefined
  readonly durationMs: number | undefined
  readonly rows: number | undefined
}

/** Before anything happened to it. */
export const untouched: AssetState = {
  lastOutcome: undefined,
  succeededAtMs: undefined,
  attemptedAtMs: undefined,
  fingerprint: undefined,
  checksFingerprint: undefined,
  version: 0,
  upstream: {},
  position: undefined,
  cursor: undefined,
  probe: undefined,
  durationMs: undefined,
  rows: undefined,
}

/**
 * The asset after an event. The state tables and their proof, the fold over all events, share this one
 * function.
 */
export function nextAsset(
  before: AssetState,
  event: Omit<Event, 'seq'>,
  update: AssetUpdate = {},
): AssetState {
  if (!update.forgotten) return { ...before, ...ended(before, event), ...given(update) }
  const { lastOutcome, attemptedAtMs } = ended(untouched, event)
  return {
    ...untouched,
    ...given({ ...update, lastOutcome: update.lastOutcome ?? lastOutcome }),
    attemptedAtMs,
  }
}

function given(update: AssetUpdate): Partial<AssetState> {
  const { partitions: _parts, partitionsReset: _reset, contract: _contract, forgotten: _, ...facts } = update
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

/**
 * What an outcome says of the asset. A step that never started says nothing, unless what it reads kept it
 * from starting.
 */
function ended(before: AssetState, { body, attempt, atMs }: Omit<Event, 'seq'>): Partial<AssetState> {
  if (body.kind !== 'step.finished') return {}
  const outcome = lasting(body.outcome)
  if (outcome === undefined || (attempt === undefined && outcome !== 'blocked')) return {}
  if (outcome !== 'success') return { lastOutcome: outcome, attemptedAtMs: atMs }
  const durationMs = typicalMs(before.durationMs, body.durationMs / Math.max(1, body.partitions?.count ?? 1))
  const isTypical = body.outcome === 'success' && body.recovered !== true
  return {
    lastOutcome: outcome,
    attemptedAtMs: atMs,
    succeededAtMs: atMs,
    ...(isTypical ? { durationMs } : {}),
  }
}

function lasting(outcome: StepOutcome): AssetHistory['lastOutcome'] | undefined {
  if (outcome === 'unchanged') return 'success'
  return outcome === 'skipped' ? undefined : outcome
}

/** New builds weigh 30 %: one slow day does not spoil the estimate, a lasting change shows after a few. */
function typicalMs(before: number | undefined, ms: number): number {
  return Math.round(before === undefined ? ms : before * 0.7 + ms * 0.3)
}

type Update = {
  readonly run: string
  readonly asset: AssetName | undefined
  readonly state: AssetUpdate | undefined
}

/** Versions only rise: a writer that is behind changes nothing, unless it begins the asset's memory anew. */
export async function staleAsset(
  tx: Transaction,
  { run, asset, state }: Update,
): Promise<Failure | undefined> {
  if (asset === undefined || state === undefined || state.forgotten) return undefined
  const stale = (what: string, why: string) => failure('SLUICE_LEDGER_STALE', { run, what, why })
  if (state.version !== undefined) {
    const held = await tx.get('select version from asset where name = ?', [asset])
    const version = held === undefined ? 0 : number(held, 'version')
    if (state.version <= version)
      return stale(`version ${state.version} of \`${asset}\``, `The ledger has version ${version}.`)
  }
  if (state.contract !== undefined) {
    const held = await tx.get('select version from contract where asset = ?', [asset])
    const version = held === undefined ? 0 : number(held, 'version')
    if (state.contract.version < version)
      return stale(
        `contract ${state.contract.version} of \`${asset}\``,
        `The ledger has contract ${version}.`,
      )
  }
  return undefined
}

/** Bring `asset`, `asset_partition` and `contract` up to date with an event. */
export async function changeAsset(
  tx: Transaction,
  event: Event,
  update: AssetUpdate | undefined,
): Promise<void> {
  const { asset, body } = event
  if (asset === undefined || (update === undefined && body.kind !== 'step.finished')) return
  const row = await tx.get('select * from asset where name = ?', [asset])
  const before = row === undefined ? untouched : assetState(row)
  const after = nextAsset(before, event, update)
  if (update?.forgotten) await forget(tx, asset)
  if (isDifferent(after, update?.forgotten ? untouched : before))
    await tx.run(upsertAsset, assetValues(asset, after))
  if (update?.contract !== undefined)
    await tx.run(upsertContract, [asset, update.contract.version, JSON.stringify(update.contract)])
  if (update?.partitionsReset) await tx.run('delete from asset_partition where asset = ?', [asset])
  for (const partitions of update?.partitions ?? []) await changePartitions(tx, asset, partitions)
}

function isDifferent(one: AssetState, other: AssetState): boolean {
  return Object.keys(one).some(key => one[key as keyof AssetState] !== other[key as keyof AssetState])
}

async function forget(tx: Transaction, asset: AssetName): Promise<void> {
  await tx.run('delete from asset where name = ?', [asset])
  await tx.run('delete from asset_partition where asset = ?', [asset])
  await tx.run('delete from contract where asset = ?', [asset])
}

const upsertAsset = upsert('asset', {
  key: ['name'],
  rest: [
    'last_outcome',
    'succeeded_ms',
    'attempted_ms',
    'fingerprint',
    'checks_fingerprint',
    'version',
    'upstream',
    'position',
    'cursor_value',
    'probe',
    'duration_ms',
    'row_count',
  ],
})

function assetValues(asset: AssetName, state: AssetState): readonly Value[] {
  return [
    asset,
    state.lastOutcome ?? null,
    state.succeededAtMs ?? null,
    state.attemptedAtMs ?? null,
    state.fingerprint ?? null,
    state.checksFingerprint ?? null,
    state.version,
    JSON.stringify(state.upstream),
    state.position === undefined ? null : JSON.stringify(state.position),
    state.cursor ?? null,
    state.probe ?? null,
    state.durationMs ?? null,
    state.rows ?? null,
  ]
}

const upsertContract = upsert('contract', { key: ['asset'], rest: ['version', 'body'] })

const upsertPartition = upsert('asset_partition', {
  key: ['asset', 'part'],
  rest: ['version', 'fingerprint', 'upstream'],
})

async function changePartitions(
  tx: Transaction,
  asset: AssetName,
  { keys, version, fingerprint, upstream }: PartitionsUpdate,
): Promise<void> {
  const read = JSON.stringify(upstream)
  for (const key of keys) await tx.run(upsertPartition, [asset, key, version, fingerprint, read])
}

export function assetState(row: Row): AssetState {
  const position = textOr(row, 'position')
  return {
    lastOutcome: textOr(row, 'last_outcome') as AssetHistory['lastOutcome'] | undefined,
    succeededAtMs: numberOr(row, 'succeeded_ms'),
    attemptedAtMs: numberOr(row, 'attempted_ms'),
    fingerprint: textOr(row, 'fingerprint'),
    checksFingerprint: textOr(row, 'checks_fingerprint'),
    version: number(row, 'version'),
    upstream: JSON.parse(text(row, 'upstream')),
    position: position === undefined ? undefined : JSON.parse(position),
    cursor: textOr(row, 'cursor_value'),
    probe: textOr(row, 'probe'),
    durationMs: numberOr(row, 'duration_ms'),
    rows: numberOr(row, 'row_count'),
  }
}

/** What `plan` sees of an asset; undefined: it was touched, but never by a step that ended. */
export function assetHistory(
  state: AssetState,
  partitions: AssetHistory['partitions'],
  contract: Contract | undefined,
): AssetHistory | undefined {
  const { lastOutcome, attemptedAtMs, ...facts } = state
  if (lastOutcome === undefined || attemptedAtMs === undefined) return undefined
  const known = Object.fromEntries(
    Object.entries({ ...facts, contract }).filter(([, value]) => value !== undefined),
  )
  return {
    version: facts.version,
    upstream: facts.upstream,
    lastOutcome,
    attemptedAtMs,
    partitions,
    ...known,
  }
}
