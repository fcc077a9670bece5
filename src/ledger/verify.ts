import type { PartitionHistory } from '../model/index.ts'
import { assetState } from './assets.ts'
import { type Driver, type Row, type Transaction, text, textOr } from './driver.ts'
import type { Verified } from './face.ts'
import { emptyFold, type Folded, foldIn } from './fold.ts'
import { eventRow, runRow, stepRow } from './rows.ts'

const pageRows = 10_000
const differencesMax = 100

/**
 * The state tables are what the events say: fold all events, compare row by row, in one view of the ledger.
 */
export async function verify(driver: Driver): Promise<Verified> {
  return await driver.transaction(async tx => {
    const { folded, events } = await foldAll(tx)
    const differences = [
      ...compare('run', wanted(folded.runs), await heldRuns(tx)),
      ...compare('step', wanted(folded.steps), await heldSteps(tx)),
      ...compare('asset', wanted(folded.assets), await heldAssets(tx)),
      ...compare('partition', wanted(flat(folded.partitions)), await heldPartitions(tx)),
      ...compare('contract', wanted(folded.contracts), await heldContracts(tx)),
      ...(await strayClaims(tx)),
    ]
    return { events, differences: differences.slice(0, differencesMax) }
  })
}

async function foldAll(tx: Transaction): Promise<{ readonly folded: Folded; readonly events: number }> {
  const folded = emptyFold()
  let after = 0
  let events = 0
  for (;;) {
    const rows = await tx.all('select * from event where seq > ? order by seq limit ?', [after, pageRows])
    for (const row of rows) {
      const change = textOr(row, 'change')
      const event = { ...eventRow(row), state: change === undefined ? undefined : JSON.parse(change) }
      foldIn(folded, event)
      after = event.seq
    }
    events += rows.length
    if (rows.length < pageRows) return { folded, events }
  }
}

type Told = ReadonlyMap<string, string>

function wanted(map: ReadonlyMap<string, unknown>): Told {
  return new Map([...map].map(([key, value]) => [key, spelled(value)]))
}

/** The same text for the same value, whatever the order of its keys. */
function spelled(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function compare(noun: string, events: Told, tables: Told): readonly string[] {
  const differences: string[] = []
  const name = (key: string) => `${noun} ${key.replace('\n', ' ')}`
  for (const [key, value] of events) {
    const held = tables.get(key)
    if (held === undefined)
      differences.push(`${name(key)}: the events speak of it, the table does not have it`)
    else if (held !== value) differences.push(`${name(key)}: the events say ${value}, the table ${held}`)
  }
  for (const key of tables.keys())
    if (!events.has(key)) differences.push(`${name(key)}: the table has it, no event speaks of it`)
  return differences
}

async function held(
  tx: Transaction,
  sql: string,
  entry: (row: Row) => readonly [string, unknown],
): Promise<Told> {
  return wanted(new Map((await tx.all(sql, [])).map(entry)))
}

async function heldRuns(tx: Transaction): Promise<Told> {
  return await held(tx, 'select * from run', row => {
    const { id, project, state, outcome, steps, startedAtMs, finishedAtMs } = runRow(row)
    return [id, { project, state, outcome, steps, startedAtMs, finishedAtMs }]
  })
}

async function heldSteps(tx: Transaction): Promise<Told> {
  return await held(tx, 'select * from step', row => {
    const { step, ...rest } = stepRow(row)
    return [`${text(row, 'run')}\n${step}`, { ...rest, effect: textOr(row, 'effect') }]
  })
}

async function heldAssets(tx: Transaction): Promise<Told> {
  return await held(tx, 'select * from asset', row => [text(row, 'name'), assetState(row)])
}

async function heldPartitions(tx: Transaction): Promise<Told> {
  return await held(tx, 'select * from asset_partition', row => {
    const { version, fingerprint, upstream } = row
    const history = { version, fingerprint, upstream: JSON.parse(String(upstream)) }
    return [`${text(row, 'asset')}\n${text(row, 'part')}`, history]
  })
}

async function heldContracts(tx: Transaction): Promise<Told> {
  return await held(tx, 'select * from contract', row => [text(row, 'asset'), JSON.parse(text(row, 'body'))])
}

async function strayClaims(tx: Transaction): Promise<readonly string[]> {
  const sql =
    'select c.asset, c.run from claim c left join run r on r.id = c.run ' +
    `where r.id is null or r.state = 'finished'`
  const rows = await tx.all(sql, [])
  return rows.map(row => `claim ${text(row, 'asset')}: held by run ${text(row, 'run')}, which is over`)
}

function flat(partitions: Folded['partitions']): ReadonlyMap<string, PartitionHistory> {
  const all = new Map<string, PartitionHistory>()
  for (const [asset, parts] of partitions)
    for (const [part, history] of parts) all.set(`${asset}\n${part}`, history)
  return all
}
