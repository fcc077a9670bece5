import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSpool, type Spool } from './index.ts'

const place = { path: '' }
beforeEach(() => {
  place.path = mkdtempSync(join(tmpdir(), 'sluice-spool-'))
})
afterEach(() => rmSync(place.path, { recursive: true, force: true }))

const folder = () => join(place.path, 'spool', 'raw.%C3%A4')
const open = (fingerprint = 'f') => openSpool({ path: place.path, asset: 'raw.ä', fingerprint })
const lines = (...rows: readonly string[]) => Buffer.from(rows.map(row => `${row}\n`).join(''))

async function filled(): Promise<Spool> {
  const spool = await open()
  await spool.append({ data: lines('{"n":1}', '{"n":2}'), rows: 2, position: { page: 1 } })
  await spool.append({ data: lines('{"n":3}'), rows: 1, position: { page: 2 } })
  await spool.append({ data: lines(), rows: 0, position: { page: 3 } })
  return spool
}

function content({ parts }: Spool): string {
  return parts.map(part => readFileSync(part.path, 'utf8')).join('')
}

test('what was kept is there when it is opened again, and the source goes on behind it', async () => {
  expect((await open()).position).toBeUndefined()
  await filled()
  const again = await open()
  expect(again.position).toEqual({ page: 3 })
  expect(again.parts.map(part => [part.rows, part.sizeBytes])).toEqual([
    [2, 16],
    [1, 8],
    [0, 0],
  ])
  expect(content(again)).toBe('{"n":1}\n{"n":2}\n{"n":3}\n')
  await again.append({ data: lines('{"n":4}'), rows: 1, position: { page: 4 } })
  expect(content(await open())).toBe('{"n":1}\n{"n":2}\n{"n":3}\n{"n":4}\n')
})

test('a part that is not whole goes, with all behind it, and so does what was never indexed', async () => {
  const { parts } = await filled()
  truncateSync(parts[1]?.path ?? '', 3)
  writeFileSync(join(folder(), 'part-000003.ndjson'), '{"n":99')
  writeFileSync(join(folder(), 'index.draft'), '{"fing')
  const again = await open()
  expect(again.position).toEqual({ page: 1 })
  expect(content(again)).toBe('{"n":1}\n{"n":2}\n')
  expect(readdirSync(folder()).sort()).toEqual(['index.json', 'part-000000.ndjson'])
})

test('parts without a position are safe once one with a position follows them, and not before', async () => {
  const spool = await filled()
  await spool.append({ data: lines('{"n":4}'), rows: 1, position: undefined })
  expect(spool.position).toEqual({ page: 3 })
  expect(content(spool)).toBe('{"n":1}\n{"n":2}\n{"n":3}\n{"n":4}\n')
  const again = await open()
  expect(content(again)).toBe('{"n":1}\n{"n":2}\n{"n":3}\n')
  await again.append({ data: lines('{"n":5}'), rows: 1, position: undefined })
  await again.append({ data: lines('{"n":6}'), rows: 1, position: { page: 6 } })
  const third = await open()
  expect(third.position).toEqual({ page: 6 })
  expect(content(third)).toBe('{"n":1}\n{"n":2}\n{"n":3}\n{"n":5}\n{"n":6}\n')
})

test('another read, a damaged index or a wish forgets everything', async () => {
  await filled()
  expect((await open('g')).parts).toEqual([])
  await filled()
  writeFileSync(join(folder(), 'index.json'), '{"parts":')
  expect((await open()).parts).toEqual([])
  const spool = await filled()
  await spool.discard()
  expect([spool.parts, spool.position]).toEqual([[], undefined])
  expect(readdirSync(join(place.path, 'spool'))).toEqual([])
  await spool.append({ data: lines('{"n":5}'), rows: 1, position: 5 })
  expect(content(await open())).toBe('{"n":5}\n')
})

test('a place that cannot be written is told', async () => {
  writeFileSync(join(place.path, 'spool'), '')
  const appending = (async () => await filled())()
  await expect(appending).rejects.toMatchObject({ code: 'SLUICE_SPOOL_UNWRITABLE', retry: 'later' })
})
