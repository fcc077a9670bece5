import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Figure } from './bench.ts'
import { best, deltalake, inFolder, onLog, prepare, type Spent } from './lake.data.ts'

const openCpuSecondsMax = 1.5
const pruneCpuSecondsMax = 0.1
const commitsPerSecondMin = 500
/** In each round. */
const commitsTried = 1_000

export const bench: Bench = {
  name: 'lake-log',
  gate: 'the log of a lake’s table: opened, pruned, written to, in CPU-seconds beside PyPI deltalake',
  run: () => inFolder(measure),
}

async function measure(folder: string): Promise<readonly Figure[]> {
  return [...(await opened(folder)), ...(await pruned(folder)), ...(await committed(folder))]
}

async function opened(folder: string): Promise<readonly Figure[]> {
  const table = join(folder, 'adds-300k')
  await writeLog(table, { commits: 100, addsPerCommit: 3_000 })
  const ours = await best(3, () => onLog({ what: 'open', table }))
  const theirs = await best(3, () => deltalake()({ what: 'open', table }))
  same(ours, theirs)
  return [
    {
      what: 'open 300,000 adds in 100 commits',
      figure: ours.cpuSeconds,
      unit: 'CPU-s',
      ratio: ours.cpuSeconds / theirs.cpuSeconds,
      against: `deltalake, ${theirs.cpuSeconds.toFixed(2)} CPU-s`,
      gate: { of: 'figure', atMost: openCpuSecondsMax },
    },
  ]
}

async function pruned(folder: string): Promise<readonly Figure[]> {
  const table = join(folder, 'adds-1m')
  await writeLog(table, { commits: 10, addsPerCommit: 100_000 })
  // What is left is looked for: both conditions leave ten files.
  for (const n of [123_456, 246_912].flatMap(from => Array.from({ length: 10 }, (_, i) => from + i))) {
    const digest = createHash('md5').update(String(n)).digest('hex')
    await writeFile(join(table, `part-${n}-${digest}.zstd.parquet`), '')
  }
  const checkpoint = await onLog({ what: 'checkpoint', table })
  const open = await best(2, () => onLog({ what: 'open', table }))
  const first = await best(3, () => onLog({ what: 'prune first', table }))
  const next = await best(2, () => onLog({ what: 'prune', table }))
  return [
    {
      what: 'prune 1,000,000 files to 10 by their statistics, the first time',
      figure: first.cpuSeconds,
      unit: 'CPU-s',
      gate: { of: 'figure', atMost: pruneCpuSecondsMax },
    },
    { what: 'again', figure: next.cpuSeconds, unit: 'CPU-s' },
    { what: 'open them, from a checkpoint', figure: open.cpuSeconds, unit: 'CPU-s' },
    { what: 'write that checkpoint', figure: checkpoint.cpuSeconds, unit: 'CPU-s' },
  ]
}

/** Wall time: the disk is waited for. */
async function committed(folder: string): Promise<readonly Figure[]> {
  const rates = { puts: 0, commits: 0, often: 0 }
  const rate = async (name: keyof typeof rates, table: string, what: string) => {
    const { seconds } = await onLog({ what, table, rows: String(commitsTried) })
    rates[name] = Math.max(rates[name], commitsTried / seconds)
  }
  for (let round = 0; round < 3; round++) {
    for (const [name, properties] of [
      ['commits', {}],
      ['often', { 'delta.checkpointInterval': '10' }],
    ] as const) {
      const table = join(folder, `${name}-${round}`)
      await writeLog(table, { commits: 1, addsPerCommit: 1, properties })
      await rate(name, table, 'commits')
      if (name === 'commits') await rate('puts', table, 'puts')
    }
  }
  const four = join(folder, 'of-four')
  await writeLog(four, { commits: 1, addsPerCommit: 1 })
  const share = commitsTried / 4
  const work = { what: 'commits', table: four, rows: String(share) }
  const together = await Promise.all(Array.from({ length: 4 }, () => onLog(work)))
  return [
    {
      what: 'commits on this disk, each fsync’d',
      figure: rates.commits,
      unit: 'a second',
      ratio: rates.commits / rates.puts,
      against: `durable files by themselves, ${Math.round(rates.puts)} a second`,
      gate: { of: 'figure', atLeast: commitsPerSecondMin },
    },
    { what: 'a checkpoint every 10, not 100', figure: rates.often, unit: 'a second' },
    {
      what: 'of four processes on one table',
      figure: commitsTried / Math.max(...together.map(({ seconds }) => seconds)),
      unit: 'a second',
    },
  ]
}

function same(ours: Spent, theirs: Spent): void {
  if (ours.answer !== theirs.answer) throw new TypeError(`${ours.answer} is not ${theirs.answer}`)
}

type Log = {
  readonly commits: number
  readonly addsPerCommit: number
  readonly properties?: { readonly [name: string]: string }
}

/** Files that are not there, with statistics of one column, `id`: 1,000 numbers each. */
async function writeLog(table: string, { commits, addsPerCommit, properties = {} }: Log): Promise<void> {
  await mkdir(join(table, '_delta_log'), { recursive: true })
  const type = { type: 'struct', fields: [{ name: 'id', type: 'long', nullable: true, metadata: {} }] }
  const metaData = {
    id: crypto.randomUUID(),
    format: { provider: 'parquet', options: {} },
    schemaString: JSON.stringify(type),
    partitionColumns: [],
    configuration: properties,
  }
  const first = [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }]
  const values = (bound: string) => `'{"id":' || ${bound} || '}'`
  const stats = `'{"numRecords":1000,"minValues":' || ${values('(n * 1000)')} || ',"maxValues":' ||
    ${values('(n * 1000 + 999)')} || ',"nullCount":' || ${values('0')} || '}'`
  const add = `'{"add":{"path":"part-' || n || '-' || md5(n::varchar) || '.zstd.parquet","partitionValues":{},"size":' ||
    (30000000 + n) || ',"modificationTime":1767225600000,"dataChange":true,"stats":' ||
    to_json(${stats}) || '}}'`
  await prepare(
    Array.from({ length: commits }, (_, version) => {
      const [low, high] = [version * addsPerCommit, (version + 1) * addsPerCommit]
      const head = version > 0 ? [] : first.map(line => `select '${JSON.stringify(line)}'`)
      const lines = [...head, `select ${add} from range(${low}, ${high}) t(n)`].join(' union all ')
      const file = join(table, '_delta_log', `${String(version).padStart(20, '0')}.json`)
      // Characters that no line has: nothing is quoted.
      const plain = `format csv, header false, delimiter '\u0001', quote '\u0002', escape '\u0002'`
      return `copy (${lines}) to '${file}' (${plain})`
    }),
  )
}
