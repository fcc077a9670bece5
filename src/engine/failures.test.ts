import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../errors/index.ts'
import { type Engine, openEngine, withSession } from './index.ts'

let folder: string
let engine: Engine
let whole: Buffer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-broken-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 1024 ** 2 })
  const file = join(folder, 'whole.parquet')
  await withSession(engine.session({ path: 'x' }), session =>
    session.run(`copy (select range as i, hash(range)::varchar as s from range(50000)) to '${file}'`),
  )
  whole = readFileSync(file)
})
afterAll(() => {
  engine.close()
  rmSync(folder, { recursive: true })
})

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(whole)
  change(bytes)
  return bytes
}

const damages: readonly (readonly [string, () => Buffer, string])[] = [
  ['cut', () => whole.subarray(0, whole.length / 2), 'No magic bytes found at end of file'],
  ['empty', () => whole.subarray(0, 0), 'File too small to be a Parquet file'],
  ['text', () => Buffer.from('this is no Parquet file'), 'No magic bytes found at end of file'],
  [
    'long footer',
    () => changed(it => it.writeUInt32LE(2 ** 31 - 1, it.length - 8)),
    'Footer length error in file',
  ],
  ['broken pages', () => changed(it => it.fill(0, 1000, whole.length / 2)), 'Failed to read file'],
  ['broken footer', () => changed(it => it.fill(7, it.length - 500, it.length - 8)), 'Could not read'],
]

test.each(damages)('a Parquet file that is broken is told by its name: %s', async (name, damage, words) => {
  const file = join(folder, `${name.replace(' ', '-')}.parquet`)
  writeFileSync(file, damage())
  const asked = withSession(engine.session({ path: 'x' }), session =>
    session.rows(`select sum(i), max(s) from read_parquet('${file}')`),
  )
  const thrown: unknown = await asked.catch((failure: unknown) => failure)
  expect(thrown).toBeInstanceOf(Failure)
  expect(thrown).toMatchObject({ code: 'SLUICE_PARQUET_BROKEN', why: expect.stringContaining(words) })
  expect((thrown as Failure).title).toBe(`The data file \`${file}\` cannot be read.`)
})
