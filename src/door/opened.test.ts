import { mkdtemp, readlink, readdir, rm, utimes, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openProject } from './index.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-opened-'))
  await mkdir(join(cwd, 'assets/marts'), { recursive: true })
  await writeFile(join(cwd, 'assets/marts/one.sql'), 'select 1 as n')
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

describe('a project that is closed', () => {
  test('does not say again what could not be opened, and closes the rest', async () => {
    const project = await openProject({ cwd })
    await project.run({})
    await project.close()
    await writeFile(join(cwd, '.sluice/ledger.sqlite'), 'no database')
    const broken = await openProject({ cwd })
    await expect(broken.history()).rejects.toMatchObject({ name: 'Failure' })
    await broken.close()
    await broken.close()
  })

  test('has no file of its target open, also when two asked for it at once', async () => {
    const first = await openProject({ cwd })
    await first.run({})
    await first.close()
    const project = await openProject({ cwd })
    const answers = await Promise.all([project.sql('select 1'), project.sql('select 2'), project.plan({})])
    expect(answers.slice(0, 2).map(answer => 'rows' in answer && answer.rows)).toEqual([[['1']], [['2']]])
    await project.close()
    expect(await openIn(cwd)).toEqual([])
  })

  test('what was not there when it was asked for is found once it is', async () => {
    const project = await openProject({ cwd })
    await expect(project.sql('select n from marts.one')).rejects.toMatchObject({
      code: 'SLUICE_TARGET_NOT_FOUND',
    })
    const other = await openProject({ cwd })
    await other.run({})
    await other.close()
    expect((await project.sql('select n from marts.one')).rows).toEqual([['1']])
    await project.close()
  })
})

test('a run takes away what killed ones left a day ago, and nothing that may be in use', async () => {
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000)
  const tmp = join(cwd, '.sluice/tmp')
  for (const name of ['load-dead', 'load-alive', 'load-young', 'duckdb']) {
    await mkdir(join(tmp, name), { recursive: true })
    await writeFile(join(tmp, name, 'rows.ndjson'), '{}')
  }
  const old = ['load-dead/rows.ndjson', 'load-dead', 'load-alive', 'duckdb/rows.ndjson', 'duckdb']
  for (const name of old) await utimes(join(tmp, name), yesterday, yesterday)
  const project = await openProject({ cwd })
  await project.run({})
  await project.close()
  expect(await readdir(tmp)).not.toContain('load-dead')
  expect(await readdir(tmp)).toEqual(expect.arrayContaining(['load-alive', 'load-young', 'duckdb']))
})

/** Files below the folder that this process has open, as far as the system tells. */
async function openIn(folder: string): Promise<readonly string[]> {
  const handles = await readdir('/proc/self/fd').catch(() => [])
  const paths = await Promise.all(handles.map(handle => readlink(`/proc/self/fd/${handle}`).catch(() => '')))
  return paths.filter(path => path.startsWith(folder) && !path.endsWith('(deleted)'))
}
