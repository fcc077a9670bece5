import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine, type Session } from '../src/engine/index.ts'
import { type DeltaLog, openDeltaLog, type Snapshot, writeCheckpoint } from '../src/formats/delta/index.ts'
import { localStore } from '../src/objects/index.ts'
import type { Work } from './lake.data.ts'

const bytesOfCommit = 500

/** Work on a log alone, in a process of its own: `node lake.log.ts <JSON of Work>`. Prints what it took. */
const { what, table, rows: detail = '' } = JSON.parse(process.argv[2] ?? '') as Work
const tempDir = await mkdtemp(join(tmpdir(), 'sluice-bench-log-'))
let before = process.cpuUsage()
let startedMs = performance.now()
const engine = await openEngine({ tempDir, memoryBytesMax: 2 ** 30 })
const session = await engine.session({ path: table })
const log = await openDeltaLog({ store: localStore(table), engine, nowMs: () => Date.now() })
const answer = await act()
const { user, system } = process.cpuUsage(before)
const spent = { cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - startedMs) / 1000 }
await log.close()
engine.close()
await rm(tempDir, { recursive: true })
const rssBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(JSON.stringify({ ...spent, rssBytes, answer: JSON.stringify(answer) }))

/** What counts begins here. */
function begin(): void {
  before = process.cpuUsage()
  startedMs = performance.now()
}

async function act(): Promise<number> {
  switch (what) {
    case 'open':
      return session.count(`select count(*) from (${(await newest()).filesSql})`)
    case 'checkpoint': {
      const snapshot = await newest()
      begin()
      await writeCheckpoint(log, snapshot)
      return snapshot.version
    }
    case 'prune first':
      return prune(await newest(), [1])
    case 'prune':
      return prune(await newest(), [1, 2])
    case 'puts':
      return puts(Number(detail))
    default:
      return commits(session, log, Number(detail))
  }
}

async function newest(): Promise<Snapshot> {
  const snapshot = await log.latest()
  if (!snapshot) throw new TypeError(`there is no table in ${table}`)
  return snapshot
}

/** The last of the conditions counts. Files are 1,000 numbers wide each. */
async function prune(snapshot: Snapshot, conditions: readonly number[]): Promise<number> {
  let files = 0
  for (const n of conditions) {
    begin()
    const from = 123_456_000 * n
    files = (await snapshot.scan({ where: `id between ${from} and ${from + 9_999}` })).files
  }
  return files
}

/** What the disk does by itself: as many new files of as many bytes, each durable. */
async function puts(count: number): Promise<number> {
  const store = localStore(`${table}-puts`)
  const bytes = new Uint8Array(bytesOfCommit)
  await store.put('first', bytes)
  begin()
  for (let n = 0; n < count; n++) await store.putIfAbsent(`${n}.json`, bytes)
  return count
}

/** Each adds a file and is on disk, the file of the commit and its name, before the next one begins. */
async function commits(own: Session, to: DeltaLog, count: number): Promise<number> {
  await newest()
  begin()
  for (let n = 0; n < count; n++) {
    const tx = await to.begin({ session: own })
    const path = tx.newFile({ partition: '', extension: 'parquet' })
    const add = { path, partitionValues: {}, size: 1000, modificationTime: 0, dataChange: true }
    await tx.stage([{ add: { ...add, stats: '{"numRecords":1}' } }])
    await tx.commit({ name: 'WRITE', parameters: {}, blindAppend: true })
  }
  return (await newest()).version
}
