import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProject, type Project, type RunReport } from '../../src/door/index.ts'
import { enter, outcomes, type Stage, troubles } from './stage.ts'

// Tables of production read in an environment that copies nothing; what it changed promoted; runs taken back.
let stage: Stage
beforeEach(async () => {
  stage = await enter('environments')
  const report = await stage.run()
  if (report.outcome !== 'success') throw new TypeError(troubles(report).join('\n'))
})
afterEach(() => stage.leave())

async function dev<T>(act: (project: Project) => Promise<T>): Promise<T> {
  const project = await openProject({ cwd: stage.cwd, environment: 'dev' })
  try {
    return await act(project)
  } finally {
    await project.close()
  }
}

const rows = async (sql: string) => (await dev(project => project.sql(sql))).rows
const runDev = (wish: Parameters<Project['run']>[0] = {}) => dev(project => project.run(wish))
const revenue = 'select country, revenue from marts.revenue order by country'
const planned = async (of: Promise<{ readonly steps: readonly { readonly asset: string }[] }>) =>
  (await of).steps.map(({ asset }) => asset)
const twice = () => stage.edit('assets/marts/revenue.sql', 'sum(amount)', '2 * sum(amount)')
const built = (report: RunReport) => outcomes(report).filter(words => words.endsWith('success'))

/** Every file of the base's tables, with its bytes. */
async function base(): Promise<readonly string[]> {
  const lake = join(stage.cwd, 'lake')
  const files = (await readdir(lake, { recursive: true, withFileTypes: true })).filter(it => it.isFile())
  const told = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name)
    return `${path} ${createHash('sha256')
      .update(await readFile(path))
      .digest('hex')}`
  })
  return (await Promise.all(told)).filter(line => !/lake\/(dev__|_sluice\/)/.test(line)).sort()
}

/** Data files in the folder of a table. */
async function parquet(folder: string): Promise<readonly string[]> {
  return (await readdir(join(stage.cwd, 'lake', folder))).filter(name => name.endsWith('.parquet'))
}

/** Every table, all columns that do not say when, as the base or the environment sees it. */
const tables = [
  'select id, country, day, amount, _source from raw.orders',
  'select kind, _source from raw.events',
  'select * from staging.orders',
  'select * from marts.revenue',
  'select * from marts.top',
  'select * from marts.daily',
  'select * from marts.kinds',
  'select * from live.big',
  'select id, country, is_current from marts.countries',
  'select rule, source, position, raw, status from _quarantine.raw__orders',
]
async function contents(environment?: string): Promise<unknown> {
  const project = await openProject({ cwd: stage.cwd, environment })
  try {
    const found: unknown[] = []
    for (const sql of tables) found.push((await project.sql(`${sql} order by all`)).rows)
    return found
  } finally {
    await project.close()
  }
}
async function verified(environment?: string): Promise<readonly string[]> {
  const { openLedger } = await import('../../src/ledger/index.ts')
  const path = join(stage.cwd, '.sluice', environment ?? '')
  const ledger = await openLedger({ path, mode: 'read', nowMs: Date.now, newId: () => '', pid: 0 })
  const { differences } = await ledger.verify()
  await ledger.close()
  return differences
}

test('an environment that changed nothing reads everything from its base, and builds nothing', async () => {
  const before = await base()
  // Something new lies at the source: to fetch it is the base's business.
  await stage.write('data/orders-2.csv', 'id,country,day,amount\n9,IN,2026-01-02,1.00\n')
  expect(await planned(dev(project => project.plan({})))).toEqual([])
  expect((await runDev()).steps).toEqual([])
  expect(await contents('dev')).toEqual(await contents())
  expect(await base()).toEqual(before)
  const { stderr } = await stage.sluice('plan --env dev')
  expect(stderr).toContain('shop (dev) → lake ./lake')
})

test('a mart that is changed in dev is built beside, and promoted as a whole', async () => {
  const before = await base()
  await twice()
  const plan = await stage.sluice('plan --env dev')
  expect(plan.stdout.split('\n').slice(0, 2)).toEqual([
    expect.stringMatching(/~ marts\.revenue .*its code is not that of the base/),
    expect.stringMatching(/\? marts\.top .*`marts\.revenue` may change/),
  ])
  expect(plan.stdout).toContain('as in the base')
  expect(outcomes(await runDev())).toEqual(['marts.revenue success', 'marts.top unchanged'])
  expect(await base()).toEqual(before)
  expect(await stage.rows(revenue)).toEqual([
    ['DE', '32.25'],
    ['FR', '35.50'],
  ])
  expect(await rows(revenue)).toEqual([
    ['DE', '64.50'],
    ['FR', '71.00'],
  ])
  expect(await planned(dev(project => project.plan({})))).toEqual([])

  const promoted = await stage.sluice('promote dev')
  expect([promoted.code, promoted.stderr]).toEqual([0, expect.stringContaining('1 asset promoted from dev')])
  expect(await stage.rows(revenue)).toEqual([
    ['DE', '64.50'],
    ['FR', '71.00'],
  ])
  expect(await contents('dev')).toEqual(await contents())
  // Only what reads it is left for the base, and nothing for dev.
  expect((await planned(stage.ask(project => project.plan({})))).sort()).toEqual(['marts.top', 'out.revenue'])
  expect(await planned(dev(project => project.plan({})))).toEqual([])
  expect((await stage.sluice('promote dev')).stderr).toContain('nothing to promote')
  expect([await verified(), await verified('dev')]).toEqual([[], []])
})

test('exports are pushed by the base, unless one is named', async () => {
  await twice()
  await runDev({ select: ['marts.revenue+'] })
  expect(await readFile(join(stage.cwd, 'out/revenue.csv'), 'utf8')).toContain('32.25')
  expect(outcomes(await runDev({ select: ['out.revenue'] }))).toEqual(['out.revenue success'])
  expect(await readFile(join(stage.cwd, 'out/revenue.csv'), 'utf8')).toContain('64.50')
})

test('rows loaded in dev go on from the base, copy nothing, and are loaded once', async () => {
  const before = await base()
  await stage.write(
    'data/orders-2.csv',
    'id,country,day,amount\n1,DE,2026-01-01,21.00\n5,IN,2026-01-03,9.00\n6,XX,,1\n',
  )
  await stage.write('data/events-2.csv', 'kind\nbuy\n')
  const here = await parquet('raw/orders')
  const report = await runDev({ select: ['raw.*'] })
  expect(report.steps.map(({ asset, counts }) => [asset, counts?.out]).sort()).toEqual([
    ['raw.events', 1],
    ['raw.orders', 2],
  ])
  expect(await base()).toEqual(before)
  expect(built(await runDev())).toEqual([
    'marts.countries success',
    'marts.daily success',
    'marts.kinds success',
    'marts.revenue success',
    'staging.orders success',
  ])
  const copied = await parquet('dev__raw/orders')
  expect(copied.filter(name => here.includes(name))).toEqual([])
  const made = await contents('dev')
  expect(made).not.toEqual(await contents())
  expect((await stage.sluice('promote dev')).code).toBe(0)
  expect(await contents()).toEqual(made)
  // Positions went along: the base loads nothing twice.
  const next = await stage.run()
  expect([troubles(next), built(next)]).toEqual([[], ['out.revenue success']])
  expect(await contents()).toEqual(made)
  expect([await verified(), await verified('dev')]).toEqual([[], []])
})

test('views, histories and partitions are changed beside and promoted too', async () => {
  await stage.edit('assets/live/big.sql', '> 30', '> 15')
  await stage.edit('assets/marts/daily.sql', 'sum(amount)', 'count(*)')
  await stage.edit('assets/marts/countries.sql', 'min(id)', 'max(id)')
  expect(built(await runDev())).toEqual([
    'live.big success',
    'marts.countries success',
    'marts.daily success',
  ])
  expect(await rows('select id from live.big order by id')).toEqual([['1'], ['2']])
  const made = await contents('dev')
  expect((await stage.sluice('promote dev')).code).toBe(0)
  expect(await contents()).toEqual(made)
  expect((await stage.run()).steps).toEqual([])
  const run = await lastRun('promote')
  await stage.ask(project => project.rollback(run))
  expect(await stage.rows('select id from live.big order by id')).toEqual([['2']])
  expect(built(await stage.run())).toEqual([
    'live.big success',
    'marts.countries success',
    'marts.daily success',
  ])
  expect(await contents()).toEqual(made)
})

test('where the base moved on, dev begins anew; until then nothing is promoted, unless by force', async () => {
  await twice()
  await runDev()
  await stage.write('data/orders-2.csv', 'id,country,day,amount\n5,DE,2026-01-03,100.00\n')
  await stage.edit('assets/marts/revenue.sql', '2 * sum(amount)', 'sum(amount)')
  await stage.run()
  await twice()
  const refused = await stage.sluice('promote dev')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('SLUICE_PROMOTE_BEHIND')])
  expect(await rows(revenue)).toEqual([
    ['DE', '64.50'],
    ['FR', '71.00'],
  ])
  const anew = await stage.sluice('run --env dev')
  expect(anew.stderr).toContain('begun anew from there: marts.revenue')
  expect(await rows(revenue)).toEqual([
    ['DE', '264.50'],
    ['FR', '71.00'],
  ])
  expect((await stage.sluice('promote dev')).code).toBe(0)
  expect(await stage.rows(revenue)).toEqual([
    ['DE', '264.50'],
    ['FR', '71.00'],
  ])
})

test('what failed in dev is not promoted', async () => {
  await twice()
  await stage.edit('assets/marts/top.sql', 'select country', "select country, cast('x' as int) as n")
  await runDev()
  const refused = await stage.sluice('promote dev')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('`marts.top` did not end well')])
  expect((await stage.sluice('promote dev --exclude marts.top')).code).toBe(0)
  expect(await stage.rows(revenue)).toEqual([
    ['DE', '64.50'],
    ['FR', '71.00'],
  ])
})

async function lastRun(trigger: string, environment?: string): Promise<string> {
  const project = await openProject({ cwd: stage.cwd, environment })
  try {
    const events = await project.events({ limit: 100_000 })
    const run = events.findLast(({ body }) => body.kind === 'run.started' && body.trigger === trigger)?.run
    return run ?? expect.fail(`no run by ${trigger}`)
  } finally {
    await project.close()
  }
}

test('a run is taken back, and the next one does again what it did, each row once', async () => {
  const before = await contents()
  await stage.write(
    'data/orders-2.csv',
    'id,country,day,amount\n1,DE,2026-01-01,21.00\n5,IN,2026-01-04,9.00\n6,XX,,1\n',
  )
  await stage.write('data/events-2.csv', 'kind\nbuy\n')
  await stage.run()
  const [after, run] = [await contents(), await lastRun('library')]
  const back = await stage.sluice(`rollback ${run}`)
  expect([back.code, back.stderr]).toEqual([0, expect.stringContaining(`as before ${run}`)])
  expect(back.stderr).toContain('out.revenue was pushed out')
  expect(await contents()).toEqual(before)
  expect(await verified()).toEqual([])
  const again = await stage.run()
  expect(troubles(again)).toEqual([])
  expect(await contents()).toEqual(after)
  expect((await stage.run()).steps).toEqual([])
  // And once more, the run that did it again.
  await stage.ask(async project => project.rollback(await lastRun('library')))
  expect(await contents()).toEqual(before)
  expect(await verified()).toEqual([])
})

test('runs are taken back newest first; a first run leaves nothing behind', async () => {
  const first = await lastRun('library')
  await twice()
  await stage.run()
  const second = await lastRun('library')
  const refused = await stage.sluice(`rollback ${first}`)
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(`sluice rollback ${second}`)])
  expect((await stage.sluice(`rollback ${second}`)).code).toBe(0)
  expect((await stage.sluice(`rollback ${second}`)).stderr).toContain('taken back already')
  expect((await stage.sluice(`rollback ${first}`)).code).toBe(0)
  expect(await stage.ask(async project => (await project.store('read')).assets())).toEqual([])
  expect(troubles(await stage.run())).toEqual([])
  expect(await rows(revenue)).toEqual([
    ['DE', '64.50'],
    ['FR', '71.00'],
  ])
  expect(await verified()).toEqual([])
})

test('a run of dev is taken back: what it had begun is the base’s again', async () => {
  await twice()
  await runDev()
  const run = await lastRun('library', 'dev')
  expect((await stage.sluice(`rollback ${run} --env dev`)).code).toBe(0)
  expect(await rows(revenue)).toEqual([
    ['DE', '32.25'],
    ['FR', '35.50'],
  ])
  expect((await planned(dev(project => project.plan({})))).sort()).toEqual(['marts.revenue', 'marts.top'])
  await runDev()
  expect(await rows(revenue)).toEqual([
    ['DE', '64.50'],
    ['FR', '71.00'],
  ])
  expect(await verified('dev')).toEqual([])
})

test('a table that somebody else changed is not taken back', async () => {
  await twice()
  await stage.run()
  const run = await lastRun('library')
  await stage.ask(async project =>
    (await project.store('write')).versions?.restore('marts.revenue', { version: 0 }),
  )
  const refused = await stage.sluice(`rollback ${run}`)
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Its version 2 is a RESTORE')])
  expect(await stage.rows(revenue)).toEqual([
    ['DE', '32.25'],
    ['FR', '35.50'],
  ])
  expect(await verified()).toEqual([])
})

test('care in dev is for its own tables', async () => {
  await twice()
  await runDev()
  const refused = await stage.sluice('lake optimize marts.top --env dev')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('only read in `dev`')])
  expect((await stage.sluice('lake optimize marts.revenue --env dev')).code).toBe(0)
})

test('an environment with a target of its own stands beside nothing', async () => {
  await stage.edit('sluice.config.ts', 'dev: {}', "dev: { target: lake('./other') }")
  const refused = await stage.sluice('promote dev')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('SLUICE_ENVIRONMENT_APART')])
  await stage.edit(
    'sluice.config.ts',
    "target: lake('./lake'),\n  environments: { dev: { target: lake('./other') } }",
    "environments: { dev: {} }, target: duckdb('x.duckdb')",
  )
  await stage.edit(
    'sluice.config.ts',
    "import { lake } from 'sluice/lake'",
    "import { duckdb } from 'sluice/duckdb'",
  )
  const beside = await stage.sluice('plan --env dev')
  expect([beside.code, beside.stderr]).toEqual([
    2,
    expect.stringContaining('none can stand beside `duckdb x.duckdb`'),
  ])
})
