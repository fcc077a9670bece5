import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
let folder: string
let sluice: string

// What npm would install: the built files and nothing of the source tree, beside the one dependency.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-package-'))
  sluice = join(folder, 'node_modules/sluice')
  await mkdir(sluice, { recursive: true })
  const tsc = join(root, 'node_modules/.bin/tsc')
  await run(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(sluice, 'dist')])
  await cp(join(root, 'bin'), join(sluice, 'bin'), { recursive: true })
  await cp(join(root, 'package.json'), join(sluice, 'package.json'))
  await symlink(join(root, 'node_modules/@duckdb'), join(folder, 'node_modules/@duckdb'))
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the built package makes a project and runs it', async () => {
  const bin = join(sluice, 'bin/sluice.js')
  await run(process.execPath, [bin, 'init', 'shop'], { cwd: folder })
  const { stderr } = await run(process.execPath, [bin, 'run'], { cwd: join(folder, 'shop') })
  expect(stderr).toMatch(/done {2}\d+ assets?, \d+ checks?, 0 failed/)
})

test('a program loads a file without a project, and a second run finds nothing new', async () => {
  await writeFile(join(folder, 'orders.csv'), 'id,amount\n1,9007199254740993\n2,5\n')
  await writeFile(
    join(folder, 'load.mjs'),
    `import { ingest, run } from 'sluice'
import { duckdb } from 'sluice/duckdb'
import { files } from 'sluice/files'

const orders = ingest(files('orders.csv'))
const report = await run(orders, { into: duckdb('shop.duckdb'), as: 'raw.orders' })
console.log(report.outcome, report.steps.map(step => step.counts?.out ?? 0).join())
`,
  )
  const load = async () => (await run(process.execPath, ['load.mjs'], { cwd: folder })).stdout
  expect(await load()).toBe('success 2\n')
  expect(await load()).toBe('success \n')
})

test('the package holds what its manifest says, and no tests', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  expect(manifest.files).toEqual(['bin', 'dist'])
  const { stdout } = await run('find', [join(sluice, 'dist'), '-name', '*.test.*'])
  expect(stdout).toBe('')
})
