import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openProject, type Project, type RunReport } from '../../src/door/index.ts'

// The example as it is shipped, in a folder from which its data package can still be found. Its figures were
// taken from the published files with plain DuckDB SQL, not from Sluice.
const root = join(import.meta.dirname, '../..')
let cwd: string

beforeAll(async () => {
  await mkdir(join(root, '.cache'), { recursive: true })
  cwd = await mkdtemp(join(root, '.cache/flights-'))
  const made = ['node_modules', '.sluice', 'out', 'lake']
  await cp(join(root, 'examples/flights'), cwd, {
    recursive: true,
    filter: path => !made.includes(path.split('/').at(-1) ?? ''),
  })
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function inProject<T>(act: (project: Project) => Promise<T>): Promise<T> {
  const project = await openProject({ cwd })
  try {
    return await act(project)
  } finally {
    await project.close()
  }
}

const figures = async (project: Project, sql: string) => (await project.sql(sql)).rows[0]
const outcomes = (report: RunReport) => report.steps.map(step => `${step.asset} ${step.outcome}`).sort()

test('three million flights: every count and sum is what the published files say', async () => {
  await inProject(async project => {
    const report = await project.run({})
    expect(report.outcome).toBe('success')
    expect(report.steps.filter(step => step.outcome !== 'success')).toEqual([])
    const verdicts = report.steps.flatMap(step => step.verdicts)
    const refused = report.steps.reduce((rows, { counts }) => rows + (counts?.refused ?? 0), 0)
    const { assets } = await project.manifest()
    const words = `${assets.length} assets, ${verdicts.length} checks, 0 failed, 1 warned, ${refused} rows`
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    expect(readme.match(/done {2}(11 .+ refused)/)?.[1]).toBe(`${words} refused`)
    expect(verdicts.filter(verdict => verdict.outcome !== 'pass')).toMatchObject([
      { check: 'delay_minutes between', severity: 'warn', failing: 11, rows: 2_999_809 },
    ])
    for (const { counts } of report.steps)
      if (counts) expect(counts.in).toBe(counts.out + counts.refused + counts.deduplicated)
    expect(
      await figures(project, 'select count(*), count(_loaded_at), count(distinct _source) from raw.flights'),
    ).toEqual(['3000000', '3000000', '1'])
    expect(
      await figures(
        project,
        `select count(*), sum(delay_minutes), sum(distance_miles), count(distinct origin), count(distinct day) from staging.flights`,
      ),
    ).toEqual(['2999809', '20003692', '2194725135', '229', '182'])
    expect(
      await figures(
        project,
        'select count(*), sum(flights), sum(late_flights), sum(miles) from marts.on_time_daily',
      ),
    ).toEqual(['39952', '2999809', '626570', '2194725135'])
    expect(
      await figures(
        project,
        `select flights, late_flights, mean_delay_minutes, miles from marts.on_time_daily where airport = 'ORD' and day = '2001-03-15'`,
      ),
    ).toEqual(['900', '595', '42.32', '698627'])
    expect(await figures(project, 'select count(*), sum(flights) from marts.routes')).toEqual([
      '3399',
      '2999809',
    ])
    expect(
      await figures(
        project,
        'select count(*), count(distinct state), bool_and(is_current) from marts.airports_history',
      ),
    ).toEqual(['3376', '57', 'true'])
    expect(await figures(project, 'select count(*), sum(cost_dollars) from staging.birdstrikes')).toEqual([
      '9985',
      '39023825.00',
    ])
    expect(await project.quarantine.counts()).toEqual([
      { asset: 'raw.birdstrikes', rule: 'damage in', open: 15 },
    ])
    const csv = await readFile(join(cwd, 'out/routes.csv'), 'utf8')
    expect(csv.trimEnd().split('\n').length).toBe(3400)
  })
})

test('a second run does nothing; white space and comments neither', async () => {
  const sql = join(cwd, 'assets/staging/airports.sql')
  const code = join(cwd, 'assets/marts/airport_scores.ts')
  await writeFile(sql, (await readFile(sql, 'utf8')).replace('select\n', 'select   -- the columns\n\n'))
  await writeFile(code, `// A comment.\n${await readFile(code, 'utf8')}`)
  expect((await inProject(project => project.run({}))).plan.steps).toEqual([])
})

test('a changed check looks again, a changed query builds itself and what stands on it', async () => {
  const airports = join(cwd, 'assets/staging/airports.sql')
  await writeFile(
    airports,
    (await readFile(airports, 'utf8')).replace('@length 2 2 warn', '@length 2 3 warn'),
  )
  const audit = await inProject(project => project.run({}))
  expect(audit.plan.steps).toMatchObject([{ asset: 'staging.airports', action: 'audit' }])
  expect(audit.outcome).toBe('success')
  await writeFile(airports, (await readFile(airports, 'utf8')).replace('trim(city)', 'upper(trim(city))'))
  const rebuilt = await inProject(project => project.run({}))
  expect(outcomes(rebuilt)).toEqual(['marts.airports_history success', 'staging.airports success'])
  expect(
    await inProject(project =>
      figures(project, 'select count(*), count(*) filter (is_current) from marts.airports_history'),
    ),
  ).toEqual(['6740', '3376'])
})

test('the tests of the example pass, and fail when rows differ', async () => {
  expect(await inProject(project => project.test([]))).toMatchObject([
    { name: 'marts/on_time_daily', outcome: 'pass' },
  ])
  const expected = join(cwd, 'tests/marts/on_time_daily/marts.on_time_daily.csv')
  await writeFile(
    expected,
    (await readFile(expected, 'utf8')).replace('AAA,2001-01-01,2,1', 'AAA,2001-01-01,2,2'),
  )
  expect(await inProject(project => project.test([]))).toMatchObject([
    {
      outcome: 'fail',
      missing: [['AAA', '2001-01-01', '2', '2', '14.5', '300']],
      unexpected: [['AAA', '2001-01-01', '2', '1', '14.5', '300']],
    },
  ])
})

test('the types that check writes are those that the example is committed with', async () => {
  const types = await inProject(project => project.types({ write: false }))
  expect(await readFile(join(root, 'examples/flights/sluice.d.ts'), 'utf8')).toBe(types)
})

test('a lake that somebody deleted is built anew', async () => {
  await rm(join(cwd, 'lake'), { recursive: true })
  const report = await inProject(project => project.run({}))
  expect(report.outcome).toBe('success')
  expect(await inProject(project => figures(project, 'select count(*) from staging.flights'))).toEqual([
    '2999809',
  ])
})
