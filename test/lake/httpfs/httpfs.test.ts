import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { packagesOf, pythonWith, unableBecause } from '../../servers/install.ts'
import { type Moto, startMoto } from '../../servers/moto.ts'

// DuckDB reads buckets by its extension httpfs where a machine has it. The registry of Python packages has
// the extension for 1.5.5, and it refuses any other DuckDB: it is tried in processes that run on that one.
const engine = '@duckdb/node-api@1.5.5-r.5'
const extension = 'duckdb-extension-httpfs==1.5.5'

let moto: Moto | undefined
let home = ''
let hook = ''
let unable = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-httpfs-'))
  try {
    await prepare()
  } catch (thrown) {
    const words = unableBecause(thrown)
    if (words === undefined) throw thrown
    unable = words
  }
}, 600_000)
beforeEach(({ skip }) => skip(unable !== '', unable))
afterAll(async () => {
  await moto?.stop()
  await rm(home, { recursive: true, force: true })
})

async function prepare(): Promise<void> {
  const started = await startMoto()
  if ('unable' in started) {
    unable = started.unable
    return
  }
  moto = started
  const api = join(packagesOf([engine]), 'node_modules/@duckdb/node-api/lib/index.js')
  hook = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module'
    const url = ${JSON.stringify(pathToFileURL(api).href)}
    registerHooks({ resolve: (name, context, next) =>
      name === '@duckdb/node-api' ? { url, format: 'commonjs', shortCircuit: true } : next(name, context) })`)}`
  const where = 'import duckdb_extension_httpfs as it; print(it.__path__[0], end="")'
  const folder = spawnSync(pythonWith([extension]), ['-c', where], { encoding: 'utf8' }).stdout
  const platform = `${process.platform === 'darwin' ? 'osx' : process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`
  const place = join(home, '.duckdb/extensions/v1.5.5', platform, 'httpfs.duckdb_extension')
  await mkdir(dirname(place), { recursive: true })
  await cp(join(folder, 'extensions/v1.5.5/httpfs.duckdb_extension'), place)
}

/** What the child tells. */
async function told(scenario: string): Promise<unknown> {
  const words = ['--import', hook, join(import.meta.dirname, 'child.ts'), scenario, moto?.url ?? '', home]
  const child = spawn(process.execPath, words, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', piece => {
    text += String(piece)
  })
  await once(child, 'close')
  return JSON.parse(text)
}

test('files are read by DuckDB itself, and none is kept; without it they are fetched, and the same', async () => {
  const whole = [['28572 28573 1 28572 28571 28571 28570 28571'], ['n'], ['200001']]
  expect(await told('reads')).toEqual({
    now: ['200001 600090'],
    was: ['200000 599994'],
    whole,
    asked: [true],
    cached: 0,
    without: { others: [...whole, ['200001 600090']], asked: [false], isCached: true },
  })
})

test('credentials that end are renewed; what the store refuses is told, and no secret with it', async () => {
  const found = await told('credentials')
  const failed = (code: string) => ({ code, words: expect.not.stringMatching(/SECRETSECRET|KEYTOKEN/) })
  expect(found).toEqual({
    first: ['200000'],
    renewed: ['599994'],
    refused: failed('SLUICE_OBJECT_STORE_REFUSED'),
    failed: failed('SLUICE_OBJECT_STORE_FAILED'),
    gone: failed('SLUICE_OBJECT_NOT_FOUND'),
    secrets: [expect.stringMatching(/secret=redacted.*session_token=redacted/)],
    bare: failed('SLUICE_TARGET_QUERY'),
  })
  expect(JSON.stringify(found)).not.toMatch(/SECRETSECRET|KEYTOKEN/)
})

test('where a store does not take DuckDB, files are fetched for it', async () => {
  expect(await told('refused')).toEqual({ sums: ['599994'], isCached: true })
})
