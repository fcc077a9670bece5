import { appendFile, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, inFolder } from '../conform.ts'
import { type ByteRange, type ObjectStore, localStore, memoryStore, openCache } from '../index.ts'
import { discard } from './entry.ts'
import { headOf, lineOf, missing, readExtents, union } from './extents.ts'
import { sweep } from './sweep.ts'

const sizeBytes = 20_000_000
/** No byte is zero, so that no hole looks like one. */
const data = Buffer.from(Uint8Array.from({ length: sizeBytes }, (_, i) => 1 + ((i * 31) % 255)))

/** A store that counts what it gives. */
async function counted(objects: {
  readonly [key: string]: Buffer
}): Promise<{ store: ObjectStore; bytes: () => number }> {
  const store = memoryStore()
  for (const [key, body] of Object.entries(objects)) await store.put(key, body)
  let bytes = 0
  const get: ObjectStore['get'] = async (key, options) => {
    const got = await store.get(key, options)
    bytes += got.bytes.length
    return got
  }
  return { store: { ...store, get }, bytes: () => bytes }
}

async function expectTrue(path: string, body: Buffer, ranges: readonly ByteRange[]): Promise<void> {
  const file = await readFile(path)
  expect(file.length).toBe(body.length)
  for (const { start, end } of ranges)
    expect(Buffer.compare(file.subarray(start, end), body.subarray(start, end))).toBe(0)
}

const footer = { start: sizeBytes - 65_536, end: sizeBytes }
const column = { start: 4_000_000, end: 4_500_000 }

describe('the cache', () => {
  test('gives a file of full length, and fetches only what is missing', async () =>
    inFolder(async folder => {
      const { store, bytes } = await counted({ 'a.parquet': data })
      const cache = openCache(store, { folder })
      const path = await cache.sparse('a.parquet', { sizeBytes }, [footer])
      expect(path).toMatch(/\.parquet$/)
      expect(bytes()).toBe(65_536)
      await expectTrue(path, data, [footer])
      expect(await cache.sparse('a.parquet', { sizeBytes }, [column, footer])).toBe(path)
      expect(bytes()).toBe(565_536)
      await expectTrue(path, data, [column, footer])
      expect((await stat(path)).blocks * 512).toBeLessThan(1_000_000)
      // Another process, another handle.
      await openCache(store, { folder }).sparse('a.parquet', { sizeBytes }, [column])
      expect(bytes()).toBe(565_536)
      expect(await cache.whole('a.parquet', { sizeBytes })).toBe(path)
      expect(bytes()).toBe(sizeBytes)
      await expectTrue(path, data, [{ start: 0, end: sizeBytes }])
    }))

  test('asked by many at once, in one process and over two handles, every file is true', async () =>
    inFolder(async folder => {
      const { store } = await counted({ a: data })
      const caches = [openCache(store, { folder }), openCache(store, { folder })]
      const ranges = Array.from({ length: 40 }, (_, i) => ({
        start: i * 500_000,
        end: i * 500_000 + 100_000,
      }))
      const paths = await Promise.all(
        ranges.map((range, i) => caches[i % 2]?.sparse('a', { sizeBytes }, [range, footer])),
      )
      expect(new Set(paths).size).toBe(1)
      await expectTrue(paths[0] ?? '', data, [...ranges, footer])
    }))

  test('an entry that is removed while it is filled is filled anew', async () =>
    inFolder(async folder => {
      const { store } = await counted({ a: data })
      let removals = 3
      const get: ObjectStore['get'] = async (key, options) => {
        if (removals-- > 0)
          for (const name of await readdir(folder))
            if (!name.startsWith('.')) await discard(join(folder, name))
        return store.get(key, options)
      }
      const path = await openCache({ ...store, get }, { folder }).sparse('a', { sizeBytes }, [column, footer])
      await expectTrue(path, data, [column, footer])
      expect((await readdir(folder)).filter(name => name.startsWith('.'))).toEqual([])
    }))

  test('extents of another file, or none at all, are not believed', async () =>
    inFolder(async folder => {
      const { store, bytes } = await counted({ a: data })
      const cache = openCache(store, { folder })
      const path = await cache.sparse('a', { sizeBytes }, [column])
      const extents = join(dirname(path), 'extents')
      for (const text of ['', headOf(1n) + lineOf({ start: 0, end: sizeBytes })]) {
        await writeFile(extents, text)
        await expectTrue(await cache.sparse('a', { sizeBytes }, [column]), data, [column])
      }
      expect(bytes()).toBe(1_500_000)
      await rm(extents)
      await expectTrue(await cache.sparse('a', { sizeBytes }, [column]), data, [column])
    }))

  test('an object that is not the one that was meant is a failure', async () =>
    inFolder(async folder => {
      const { store } = await counted({ a: data })
      const cache = openCache(store, { folder })
      expect(await codeOf(cache.whole('a', { sizeBytes: 5 }))).toBe('SLUICE_OBJECT_CHANGED')
      expect(await codeOf(cache.sparse('a', { sizeBytes, etag: '"x"' }, [column]))).toBe(
        'SLUICE_OBJECT_CHANGED',
      )
      expect(await codeOf(cache.sparse('none', { sizeBytes }, [column]))).toBe('SLUICE_OBJECT_NOT_FOUND')
      expect(await codeOf(cache.sparse('a', { sizeBytes }, [{ start: sizeBytes, end: sizeBytes + 1 }]))).toBe(
        'SLUICE_OBJECT_RANGE',
      )
      expect(await codeOf(cache.sparse('../a', { sizeBytes }, []))).toBe('SLUICE_OBJECT_KEY_INVALID')
      // After a failure the same is asked anew.
      await expectTrue(await cache.sparse('a', { sizeBytes }, [column]), data, [column])
    }))

  test('of stores that hold other objects under the same key, nothing is mixed', async () =>
    inFolder(async folder => {
      const one = await counted({ a: Buffer.from('one') })
      const two = await counted({ a: Buffer.from('two') })
      const first = await openCache(one.store, { folder }).whole('a', { sizeBytes: 3 })
      const second = await openCache(two.store, { folder }).whole('a', { sizeBytes: 3 })
      expect([await readFile(first, 'utf8'), await readFile(second, 'utf8')]).toEqual(['one', 'two'])
    }))

  test('files of this machine are not copied', async () =>
    inFolder(async folder => {
      const store = localStore(join(folder, 'lake'))
      await store.put('a/b', Buffer.from('x'))
      const cache = openCache(store, { folder: join(folder, 'cache') })
      expect(await cache.whole('a/b', { sizeBytes: 1 })).toBe(join(folder, 'lake/a/b'))
      expect(await codeOf(cache.whole('a/c', { sizeBytes: 1 }))).toBe('SLUICE_OBJECT_NOT_FOUND')
      expect(await readdir(folder)).toEqual(['lake'])
    }))

  test('above its limit what was used longest ago goes, what was just used stays', async () =>
    inFolder(async folder => {
      const names = ['a', 'b', 'c', 'd']
      const body = data.subarray(0, 1_000_000)
      const { store, bytes } = await counted(Object.fromEntries(names.map(name => [name, body])))
      const cache = openCache(store, { folder, bytesMax: 100_000_000 })
      const paths: string[] = []
      for (const name of names) paths.push(await cache.whole(name, { sizeBytes: body.length }))
      const hourAgo = Date.now() / 1_000 - 3_600
      for (const [i, path] of paths.slice(0, 3).entries())
        await utimes(join(dirname(path), 'extents'), hourAgo + i, hourAgo + i)
      await sweep(folder, 2_100_000)
      const there = await Promise.all(
        paths.map(path =>
          stat(path).then(
            () => true,
            () => false,
          ),
        ),
      )
      expect(there).toEqual([false, false, true, true])
      await sweep(folder, 0)
      expect(await readdir(folder)).toEqual([dirname(paths[3] ?? '').slice(folder.length + 1), 'swept'])
      await expectTrue(await cache.whole('a', { sizeBytes: body.length }), body, [
        { start: 0, end: body.length },
      ])
      expect(bytes()).toBe(5_000_000)
    }))

  test('what a killed process left is removed an hour later', async () =>
    inFolder(async folder => {
      for (const name of ['.fresh-old', '.fresh-new', '.dead-old']) await mkdir(join(folder, name))
      for (const name of ['.fresh-old', '.dead-old']) await utimes(join(folder, name), 1, 1)
      await sweep(folder, 1)
      expect(await readdir(folder)).toEqual(['.fresh-new', 'swept'])
    }))

  test('whoever opens it sweeps it, unless somebody just did', async () =>
    inFolder(async folder => {
      const names = ['a', 'b', 'c']
      const body = data.subarray(0, 1_000)
      const { store } = await counted(Object.fromEntries(names.map(name => [name, body])))
      const dead = join(folder, '.dead-old')
      const isSweptBy = async (name: string) => {
        await mkdir(dead, { recursive: true })
        await utimes(dead, 1, 1)
        await openCache(store, { folder }).whole(name, { sizeBytes: body.length })
        return !(await readdir(folder)).includes('.dead-old')
      }
      expect(await isSweptBy('a')).toBe(true)
      expect(await isSweptBy('b')).toBe(false)
      await utimes(join(folder, 'swept'), 1, 1)
      expect(await isSweptBy('c')).toBe(true)
    }))

  test('property: whatever is asked for in whatever order, it is true', async () => {
    const size = 3_000
    const body = data.subarray(0, size)
    const range = fc
      .tuple(fc.nat(size), fc.nat(size))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
    const asks = fc.array(fc.array(range, { maxLength: 4 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(asks, async all =>
        inFolder(async folder => {
          const { store } = await counted({ k: body })
          const cache = openCache(store, { folder })
          const inside = all.map(ranges => ranges.filter(({ start }) => start < size))
          for (const ranges of inside)
            await expectTrue(await cache.sparse('k', { sizeBytes: size }, ranges), body, ranges)
        }),
      ),
      { numRuns: 60 },
    )
  })
})

describe('extents', () => {
  test('torn, mixed and foreign lines say nothing; whole ones after them do', () => {
    const line = lineOf({ start: 10, end: 20 })
    const text = `${headOf(7n)}${lineOf({ start: 0, end: 5 })}${line.slice(0, -4)}${line}12-99 ab\n${lineOf({ start: 5, end: 10 })}`
    expect(readExtents(text)).toEqual({ inode: 7n, ranges: [{ start: 0, end: 20 }] })
    expect(readExtents('')).toEqual({ inode: undefined, ranges: [] })
  })

  test('a line cut anywhere never claims more than the whole one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(60), (a, b, cut) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) + 1 }
        const torn = lineOf(range).slice(0, cut) + lineOf({ start: 1, end: 2 })
        const known = union([range, { start: 1, end: 2 }])
        for (const { start, end } of readExtents(torn).ranges)
          expect(known.some(it => it.start <= start && it.end >= end)).toBe(true)
      }),
    )
  })

  test('property: what is missing and what is there make up what is wanted', () => {
    const range = fc.tuple(fc.nat(50), fc.nat(50)).map(([start, more]) => ({ start, end: start + more }))
    const bytesOf = (ranges: readonly ByteRange[]) =>
      new Set(ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)))
    fc.assert(
      fc.property(fc.array(range), fc.array(range), (wanted, there) => {
        const holes = bytesOf(missing(wanted, union(there)))
        const standing = bytesOf(there)
        const expected = [...bytesOf(wanted)].filter(byte => !standing.has(byte))
        expect([...holes].toSorted()).toEqual(expected.toSorted())
      }),
    )
  })
})

test('an entry is appended to, never rewritten', async () =>
  inFolder(async folder => {
    const { store } = await counted({ a: data })
    const cache = openCache(store, { folder })
    const path = await cache.sparse('a', { sizeBytes }, [column])
    await appendFile(join(dirname(path), 'extents'), lineOf(footer).slice(0, 9))
    await expectTrue(await cache.sparse('a', { sizeBytes }, [footer]), data, [column, footer])
  }))
