import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProject } from './index.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-care-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

async function write(files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true })
    await writeFile(join(cwd, path), text)
  }
}

/** One run: its outcome, and what it said besides of its steps. */
async function run() {
  const project = await openProject({ cwd })
  const said: string[] = []
  try {
    const report = await project.run({
      onEvent: ({ body }) => {
        if (body.kind === 'log' || body.kind === 'run.finished')
          said.push(body.kind === 'log' ? `${body.level} ${body.words}` : body.outcome)
      },
    })
    return { outcome: report.outcome, said }
  } finally {
    await project.close()
  }
}

/** Zeros in the place of the rows: the footer stands, and nobody notices before they are read. */
async function spoil(path: string): Promise<void> {
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0, 4, bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)))
}

const config = (target: string) => `import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'
import { duckdb } from 'sluice/duckdb'
export default defineConfig({ name: 'p', target: ${target} })`
const asset = `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('data/*.csv'), { write: 'append' })`

test('care comes before the run’s end, and one that fails is a warning and no failure of the run', async () => {
  await write({
    'sluice.config.ts': config("lake('./lake', { care: { smallFiles: 2 } })"),
    'assets/raw/a.ts': asset,
    'data/1.csv': 'n\n1\n',
  })
  expect(await run()).toEqual({ outcome: 'success', said: ['success'] })
  await write({ 'data/2.csv': 'n\n2\n' })
  const said = ['info raw.a: 2 small files became 1', 'success']
  expect(await run()).toEqual({ outcome: 'success', said })
  const table = join(cwd, 'lake/raw/a')
  for (const name of await readdir(table)) if (name.endsWith('.parquet')) await spoil(join(table, name))
  await write({ 'data/3.csv': 'n\n3\n' })
  const third = await run()
  expect(third.outcome).toBe('success')
  expect(third.said).toEqual([expect.stringMatching(/^warn raw\.a: not kept in order: /), 'success'])
})

test('a target that needs no care is not asked for any', async () => {
  await write({
    'sluice.config.ts': config("duckdb('p.duckdb')"),
    'assets/raw/a.ts': asset,
    'data/1.csv': 'n\n1\n',
  })
  expect(await run()).toEqual({ outcome: 'success', said: ['success'] })
})
