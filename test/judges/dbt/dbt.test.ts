import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unableBecause } from '../../servers/install.ts'
import { dbtCore, ours, outcomesIn, parentsIn, type Runner, tablesIn } from './outcomes.ts'

const project = fileURLToPath(new URL('projects/shop', import.meta.url))
const nextDay = fileURLToPath(new URL('projects/shop-next-day/raw_orders.csv', import.meta.url))
/** One project is installed, and two programs are run some ten times. */
const slowMs = 15 * 60_000

let judge: Runner | undefined
let why = ''
let folders: { readonly theirs: string; readonly ours: string }
const made: string[] = []

beforeAll(() => {
  try {
    judge = dbtCore()
  } catch (thrown) {
    const reason = unableBecause(thrown)
    if (reason === undefined) throw thrown
    why = reason
  }
  folders = { theirs: copied('theirs'), ours: copied('ours') }
}, slowMs)

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function copied(whose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `sluice-dbt-${whose}-`))
  made.push(folder)
  cpSync(project, folder, { recursive: true })
  return folder
}

type Step = { readonly command: readonly string[]; readonly day?: 'next' }

/** One life of a project: built, tested, fed with the next day's rows, built again, and all anew. */
const steps: readonly Step[] = [
  { command: ['seed'] },
  { command: ['run'] },
  { command: ['snapshot'] },
  { command: ['test'] },
  { command: ['build'] },
  { command: ['seed'], day: 'next' },
  { command: ['run'] },
  { command: ['snapshot'] },
  { command: ['build'] },
  { command: ['run', '--full-refresh', '--select', 'tag:staging+', '--exclude', 'contracted'] },
  { command: ['test', '--select', 'revenue', 'test_type:unit', '--vars', '{lowest_amount: 5}'] },
]

test(
  'command by command: equal outcomes, an equal graph, equal tables',
  async context => {
    if (!judge) return context.skip(`dbt-core cannot be had here: ${why}`)
    for (const { command, day } of steps) {
      for (const [run, folder] of [
        [judge, folders.theirs],
        [ours, folders.ours],
      ] as const) {
        if (day === 'next') cpSync(nextDay, join(folder, 'seeds', 'raw_orders.csv'))
        run(command, folder)
      }
      const said = `after \`${command.join(' ')}\``
      expect(outcomesIn(folders.ours), said).toEqual(outcomesIn(folders.theirs))
      expect(parentsIn(folders.ours), said).toEqual(parentsIn(folders.theirs))
      const [theirs, own] = [folders.theirs, folders.ours].map(folder =>
        tablesIn(join(folder, 'shop.duckdb')),
      )
      expect(await own, said).toEqual(await theirs)
    }
  },
  slowMs,
)
