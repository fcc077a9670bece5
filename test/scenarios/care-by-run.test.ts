import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { enter, outcomes, type Stage, troubles } from './stage.ts'

// Nobody calls for care: sixty small loads, one after the other, and the runs keep the table in order.
let stage: Stage
const runs: string[] = []
beforeAll(async () => {
  stage = await enter('care-by-run')
})
afterAll(() => stage.leave())
afterEach(() => {
  vi.restoreAllMocks()
})

const loads = 60
const dayMs = 24 * 3_600_000
const load = (n: number) =>
  stage.write(`data/readings-${String(n).padStart(3, '0')}.csv`, `sensor,value\na,${n}\nb,${n}\n`)
const files = () =>
  readdirSync(join(stage.cwd, 'lake/raw/readings')).filter(name => name.endsWith('.parquet'))
const history = () => stage.ask(project => project.lake.history('raw.readings', { limit: 1000 }))
const operations = async () => (await history()).map(({ operation }) => operation)
const total = async (asOf = '') =>
  (await stage.rows(`select count(*), sum(value) from raw.readings ${asOf}`))[0]
/** What stands after so many loads: two rows each, with the number of the load. */
const after = (n: number) => [String(2 * n), String(n * (n + 1))]
const fsck = () => stage.ask(project => project.lake.fsck('raw.readings'))

/** One run, and what was said of the care that it gave. */
async function run(wish: Parameters<Stage['run']>[0] = {}) {
  const told: string[] = []
  const report = await stage.run({
    ...wish,
    onEvent: ({ body }) => {
      if (body.kind === 'log') told.push(`${body.level} ${body.words}`)
    },
  })
  expect(troubles(report)).toEqual([])
  runs.push(report.run)
  return { report, told }
}

test('sixty small appends leave few files, every row, and a history that says who did what', async () => {
  const told: string[] = []
  for (let n = 1; n <= loads; n++) {
    await load(n)
    told.push(...(await run({ select: ['raw.readings'] })).told)
  }
  expect(told).toEqual(['info raw.readings: 50 small files became 1'])
  expect(await total()).toEqual(after(loads))
  const versions = await history()
  expect(versions.filter(({ operation }) => operation === 'OPTIMIZE')).toMatchObject([
    { run: undefined, parameters: { auto: true }, metrics: { numRemovedFiles: '50', numAddedFiles: '1' } },
  ])
  const by = versions.filter(({ operation }) => operation !== 'OPTIMIZE').map(version => version.run)
  expect(by).toEqual(runs.toReversed())
})

test('every run’s state can be asked for, whatever was packed since; nothing behind it is due for that', async () => {
  for (const n of [1, 20, 49, 50, 51, loads])
    expect(await total(`as of run '${runs[n - 1]}'`)).toEqual(after(n))
  expect(outcomes((await run()).report)).toEqual(['marts.total success'])
  const { stderr } = await stage.sluice('lake optimize raw.readings')
  expect(stderr).toMatch(/11 files of .* became 1 file of .*, version 61/)
  expect((await stage.run()).plan.steps).toEqual([])
})

test('a run whose table was packed afterwards is taken back, and the next one does it again', async () => {
  const [last = ''] = runs.slice(loads - 1)
  expect((await stage.sluice(`rollback ${runs.at(-1)}`)).code).toBe(0)
  expect((await stage.sluice(`rollback ${last}`)).code).toBe(0)
  expect(await total()).toEqual(after(loads - 1))
  expect((await operations()).slice(0, 3)).toEqual(['RESTORE', 'OPTIMIZE', 'WRITE'])
  expect(outcomes((await run()).report)).toEqual(['marts.total success', 'raw.readings success'])
  expect(await total()).toEqual(after(loads))
})

test('killed in the middle of its care, a run leaves a whole table; the next one gives the care', async () => {
  await stage.edit('sluice.config.ts', "lake('./lake')", "lake('./lake', { care: { smallFiles: 5 } })")
  const before = (await operations()).filter(name => name === 'OPTIMIZE').length
  for (let n = loads + 1; n <= loads + 4; n++) {
    await load(n)
    // Care comes right after the last step; which of its moments is met differs.
    await stage.killAt('step.finished raw.readings')
    expect(await total()).toEqual(after(n))
    expect(await fsck()).toEqual([])
  }
  await load(loads + 5)
  await run()
  expect(await total()).toEqual(after(loads + 5))
  expect((await operations()).filter(name => name === 'OPTIMIZE').length).toBeGreaterThan(before)
})

test('a week later a run deletes what no version needs; rows stay, and old versions are gone', async () => {
  const [kept, now] = [files().length, Date.now.bind(Date)]
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 8 * dayMs)
  await load(loads + 6)
  const { told } = await run()
  expect(told).toContainEqual(
    expect.stringMatching(/^info raw.readings: \d+ files that no version needs were deleted$/),
  )
  expect(files().length).toBeLessThan(kept / 4)
  expect(await total()).toEqual(after(loads + 6))
  expect(await fsck()).toEqual([])
  expect((await operations()).slice(0, 2)).toEqual(['VACUUM END', 'VACUUM START'])
  expect(await total(`as of version ${(await history())[0]?.version}`)).toEqual(after(loads + 6))
  expect((await stage.sluice('sql "select count(*) from raw.readings as of version 3"')).stderr).toContain(
    'SLUICE_DELTA_FILE_MISSING',
  )
})
