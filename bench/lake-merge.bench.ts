import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine, type Session } from '../src/engine/index.ts'
import { append, createTable, type DeltaLog, mergeRows, openDeltaLog } from '../src/formats/delta/index.ts'
import { localStore } from '../src/objects/index.ts'
import { parseType } from '../src/tables/index.ts'
import type { Bench, Figure } from './bench.ts'

const rows = 10_000_000
const files = 8
const memoryBytesMax = 4 * 2 ** 30

/** Rows like those of an order line: numbers, decimals, days, words of few and of many kinds. */
function lines(ids: string, from: string): string {
  const dice = (n: number, sides: number) => `(hash(i + ${n}) % ${sides})::integer`
  const word = (n: number, ...words: readonly string[]) =>
    `['${words.join("','")}'][1 + ${dice(n, words.length)}]`
  return `select ${ids} as id, ${dice(13, 40_000_000)} as batch,
    ${dice(0, 200_000)} as part, ${dice(1, 10_000)} as supplier,
    (i % 7)::integer as line, ${dice(2, 50)}::decimal(15, 2) as quantity,
    (${dice(3, 1_000_000)} / 100.0)::decimal(15, 2) as price,
    (${dice(4, 11)} / 100.0)::decimal(15, 2) as discount,
    (${dice(5, 9)} / 100.0)::decimal(15, 2) as tax, ${word(6, 'A', 'N', 'R')} as returned,
    ${word(7, 'O', 'F')} as status, date '2020-01-01' + ${dice(8, 2500)} as shipped,
    date '2020-01-01' + ${dice(9, 2500)} as promised, ${word(10, 'MAIL', 'SHIP', 'AIR', 'RAIL')} as way,
    ${word(11, 'NONE', 'COLLECT', 'IN PERSON', 'RETURN')} as instruction,
    md5(i::varchar)[1:10 + ${dice(12, 20)}] as comment from ${from}`
}

/** Half of the keys are there already; they lie all over the table. */
function source(count: number): string {
  // 7,368,787 and 19,999,999 have no common divisor: no key comes twice.
  return lines(`((i * 7368787) % ${2 * rows - 1})::bigint`, `range(${count}) as r(i)`)
}

type Mode = 'copy-on-write' | 'merge-on-read'

const cases: readonly {
  readonly what: string
  readonly mode: Mode
  readonly share: number
  readonly atMost: number
}[] = [
  { what: 'merge of 1 % by copying', mode: 'copy-on-write', share: 0.01, atMost: 8 },
  { what: 'merge of 1 % by deletion vectors', mode: 'merge-on-read', share: 0.01, atMost: 0.6 },
  { what: 'merge of 10 % by deletion vectors', mode: 'merge-on-read', share: 0.1, atMost: 1.8 },
]

async function cpuSeconds(act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

async function fill(log: DeltaLog, session: Session): Promise<number> {
  const described = await session.describe(lines('i', 'range(1) as r(i)'))
  const fields = described.map(({ name, type }) => ({
    name,
    stored: name,
    type: parseType(type),
    nullable: true,
  }))
  await createTable(log, { session, fields })
  let seconds = 0
  for (let file = 0; file < files; file++) {
    const [from, to] = [(file * rows) / files, ((file + 1) * rows) / files]
    await session.run(`create or replace temp table lines as ${lines('i', `range(${from}, ${to}) as r(i)`)}`)
    seconds += await cpuSeconds(async () => {
      const tx = await log.begin({ session })
      await tx.commit((await append(tx, 'from lines')).operation)
    })
  }
  await session.run('drop table lines')
  return seconds
}

/** Undone again: each merge finds the table as it was. */
function merge(log: DeltaLog, session: Session, mode: Mode): Promise<number> {
  return cpuSeconds(async () => {
    const tx = await log.begin({ session })
    await mergeRows(tx, {
      source: 'from changes',
      on: 'target.id = source.id',
      clauses: [
        { when: 'matched', do: { update: 'all' } },
        { when: 'not matched', do: { insert: 'all' } },
      ],
      mode,
    })
    await tx.abandon()
  })
}

export const bench: Bench = {
  name: 'lake-merge',
  gate: '10 M rows × 16 columns in 8 files: CPU-seconds of an append and of merges',
  async run() {
    const top = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
    const tempDir = join(top, 'temp')
    await mkdir(tempDir)
    const engine = await openEngine({ tempDir, memoryBytesMax })
    try {
      const log = await openDeltaLog({ store: localStore(join(top, 'table')), engine, nowMs: Date.now })
      const session = await engine.session({ path: top })
      const appended = await fill(log, session)
      const figures: Figure[] = [
        {
          what: `append of ${rows} rows`,
          figure: appended,
          unit: 'CPU-s',
          gate: { of: 'figure', atMost: 7 },
        },
      ]
      for (const { what, mode, share, atMost } of cases) {
        await session.run(`create or replace temp table changes as ${source(rows * share)}`)
        // The first one of a process also loads what the second one finds loaded.
        const figure = Math.min(await merge(log, session, mode), await merge(log, session, mode))
        figures.push({ what, figure, unit: 'CPU-s', gate: { of: 'figure', atMost } })
      }
      await log.close()
      return figures
    } finally {
      engine.close()
      await rm(top, { recursive: true, force: true })
    }
  },
}
