import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../model/index.ts'
import { openProject, type RunReport } from './index.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-act-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

async function write(files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true })
    await writeFile(join(cwd, path), text)
  }
}

async function run(): Promise<{ readonly report: RunReport; readonly events: readonly Event[] }> {
  const project = await openProject({ cwd })
  const events: Event[] = []
  try {
    const report = await project.run({ onEvent: event => events.push(event) })
    return { report, events }
  } finally {
    await project.close()
  }
}

const said = (report: RunReport) => report.steps.map(({ asset, outcome }) => `${asset} ${outcome}`).sort()

test('a check file is not asked about what this run has not made, but by the run that makes it', async () => {
  await write({
    'assets/raw/a.sql': 'select 1 as n',
    'assets/raw/b.sql': "select cast('x' as integer) as n",
    'checks/same.sql': 'select * from raw.a except select * from raw.b',
  })
  const first = await run()
  expect(said(first.report)).toEqual(['raw.a success', 'raw.b failed', 'same blocked'])
  const words = 'same was not looked at: raw.b failed'
  expect(first.report.steps.at(-1)).toMatchObject({ words, verdicts: [], failure: undefined })
  expect(first.events.map(({ body }) => body)).toContainEqual({ kind: 'log', level: 'warn', words })
  expect(first.events.some(({ body }) => body.kind === 'check.finished')).toBe(false)
  await write({ 'assets/raw/b.sql': 'select 2 as n' })
  const { report } = await run()
  expect(said(report)).toEqual(['raw.b success', 'same failed'])
  await write({ 'assets/raw/a.sql': 'select 2 as n', 'assets/raw/b.sql': "select cast('x' as integer) as n" })
  expect(said((await run()).report)).toEqual(['raw.a success', 'raw.b failed', 'same blocked'])
  await write({ 'assets/raw/b.sql': 'select 2 as n' })
  expect(said((await run()).report)).toContain('same success')
})

test('a view has no counts: nothing was written, and nothing says 0 rows', async () => {
  await write({
    'assets/raw/a.sql': 'select 1 as n',
    'assets/marts/seen.sql': '-- @write view\nselect n from raw.a',
  })
  const { report, events } = await run()
  const counts = report.steps.map(step => [step.asset, step.counts?.out])
  expect(counts).toEqual([
    ['raw.a', 1],
    ['marts.seen', undefined],
  ])
  const finished = events.filter(({ body, asset }) => body.kind === 'step.finished' && asset === 'marts.seen')
  expect(finished.map(({ body }) => 'counts' in body)).toEqual([false])
})

test('files that are read anew each time replace what was loaded; those read once are added', async () => {
  await write({
    'in/a.csv': 'n\n1\n2\n',
    'assets/raw/all.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('in/*.csv', { mode: 'all' }))`,
    'assets/raw/once.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('in/*.csv'))`,
  })
  await run()
  await write({ 'in/b.csv': 'n\n3\n' })
  await run()
  const project = await openProject({ cwd })
  const { assets } = await project.manifest()
  expect(assets.map(({ name, write }) => [name, write])).toEqual([
    ['raw.all', 'replace'],
    ['raw.once', 'append'],
  ])
  const sql = 'select (select list(n order by n) from raw.all), (select list(n order by n) from raw.once)'
  expect((await project.sql(sql)).rows).toEqual([['[1,2,3]', '[1,2,3]']])
  await project.close()
})

test('a run that is cancelled in the middle of a long query ends within its grace', async () => {
  const slow = 'select count(*) as n from range(200000) a, range(200000) b where (a.range * b.range) % 7 = 3'
  await write({
    'assets/raw/slow.sql': slow,
    'assets/out/slow.ts': `import { exportTo, sql } from 'sluice'
import { toFiles } from 'sluice/files'
export default exportTo(toFiles('slow.csv'), sql\`${slow}\`)`,
  })
  const project = await openProject({ cwd })
  const stop = new AbortController()
  const startedAtMs = performance.now()
  const onEvent = ({ body }: Event) => {
    if (body.kind === 'step.started') setTimeout(() => stop.abort('interrupted'), 100)
  }
  const report = await project.run({ signal: stop.signal, onEvent })
  await project.close()
  expect(performance.now() - startedAtMs).toBeLessThan(15_000)
  expect(report.outcome).toBe('cancelled')
  expect(said(report)).toEqual(['out.slow cancelled', 'raw.slow cancelled'])
  const next = await openProject({ cwd })
  expect((await next.plan({})).steps.map(({ asset }) => asset).sort()).toEqual(['out.slow', 'raw.slow'])
  await next.close()
})

test('a refused row that has come in meanwhile is closed by its replay all the same', async () => {
  const ingest = (least: number) => `import { ingest } from 'sluice'
import { atLeast } from 'sluice/checks'
import { files } from 'sluice/files'
export default ingest(files('in/*.csv'), { key: 'id', checks: [atLeast('n', ${least}, { severity: 'quarantine' })] })`
  await write({ 'assets/raw/a.ts': ingest(10), 'in/a.csv': 'id,n\n1,10\n2,5\n' })
  await run()
  await write({ 'assets/raw/a.ts': ingest(1), 'in/b.csv': 'id,n\n2,5\n' })
  await run()
  const project = await openProject({ cwd })
  expect(await project.quarantine.counts()).toMatchObject([{ asset: 'raw.a', open: 1 }])
  expect((await project.quarantine.replay('raw.a')).outcome).toBe('success')
  expect(await project.quarantine.counts()).toEqual([])
  expect((await project.sql('select id, n from raw.a order by id')).rows).toEqual([
    ['1', '10'],
    ['2', '5'],
  ])
  await project.close()
})

test('chunks of one asset run one by one, each with a version above the one before', async () => {
  await write({
    'assets/raw/days.sql': "select date '2026-01-01' + i::integer as day, i as n from range(4) r(i)",
    'assets/marts/daily.sql':
      '-- @partition day from 2026-01-01 until 2026-01-05\nselect day, n from raw.days',
  })
  await run()
  const project = await openProject({ cwd })
  const events: Event[] = []
  const partitions = { first: '2026-01-01', last: '2026-01-04' }
  const select = ['marts.daily']
  await project.run({ select, partitions, chunkMax: 1, force: true, onEvent: event => events.push(event) })
  const told = events.flatMap(({ body, asset }) => {
    if (asset !== 'marts.daily') return []
    if (body.kind === 'step.started') return ['started']
    return body.kind === 'step.finished' ? [`${body.outcome} ${body.version ?? ''}`] : []
  })
  expect(told.filter((_, i) => i % 2 === 0)).toEqual(['started', 'started', 'started', 'started'])
  expect(told.filter((_, i) => i % 2 === 1).every(words => words !== 'started')).toBe(true)
  await write({
    'assets/raw/days.sql': "select date '2026-01-01' + i::integer as day, i + 1 as n from range(4) r(i)",
  })
  await project.close()
  const next = await openProject({ cwd })
  const before = (await next.history()).assets['marts.daily']?.version ?? 0
  await next.run({ select: ['raw.days'] })
  await next.run({ select, partitions, chunkMax: 1 })
  const after = (await next.history()).assets['marts.daily']
  expect(after?.version).toBe(before + 4)
  const versions = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'].map(
    key => after?.partitions[key]?.version,
  )
  expect(versions).toEqual([1, 2, 3, 4].map(more => before + more))
  await next.close()
})

test('a file that was rewritten with the same rows changes nothing, and nothing behind it runs', async () => {
  await write({
    'in/a.csv': 'id,n\n1,10\n2,\n',
    'assets/raw/merged.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('in/*.csv'), { key: 'id' })`,
    'assets/raw/replaced.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('in/*.csv', { mode: 'all' }))`,
    'assets/marts/both.sql': 'select m.id, r.n from raw.merged m join raw.replaced r using (id)',
  })
  expect(said((await run()).report)).toHaveLength(3)
  // Other bytes, the same rows in another order.
  await write({ 'in/a.csv': 'id,n\n2,""\n1,10\n' })
  const again = await run()
  expect(said(again.report)).toEqual([
    'marts.both unchanged',
    'raw.merged unchanged',
    'raw.replaced unchanged',
  ])
  const started = again.events.flatMap(({ body, asset }) => (body.kind === 'step.started' ? [asset] : []))
  expect(started.sort()).toEqual(['raw.merged', 'raw.replaced'])
  await write({ 'in/a.csv': 'id,n\n2,3\n1,10\n' })
  expect(said((await run()).report)).toEqual([
    'marts.both success',
    'raw.merged success',
    'raw.replaced success',
  ])
})
