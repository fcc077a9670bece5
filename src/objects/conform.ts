import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Code } from '../errors/index.ts'
import { Failure } from '../errors/index.ts'
import { compareKeys } from './key.ts'
import type { ObjectMeta, ObjectStore } from './store.ts'

/** One promise of an object store, tried on an empty one. */
export type Case = { readonly name: string; readonly run: (store: ObjectStore) => Promise<void> }

const text = (words: string) => Buffer.from(words)
const words = (bytes: Uint8Array) => Buffer.from(bytes).toString()

async function all(list: AsyncIterable<ObjectMeta>): Promise<readonly ObjectMeta[]> {
  const metas: ObjectMeta[] = []
  for await (const meta of list) metas.push(meta)
  return metas
}

export async function keysOf(list: AsyncIterable<ObjectMeta>): Promise<readonly string[]> {
  return (await all(list)).map(({ key }) => key)
}

/** The code of the failure that the work ends with. */
export async function codeOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<Code | 'none'> {
  try {
    await (typeof work === 'function' ? work() : work)
    return 'none'
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.code
    throw thrown
  }
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-objects-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Keys that a store may stumble over: encodings, order, XML, URLs, paths that look like more. */
const strangeKeys = [
  'a b+c.txt',
  'day=2024-01-31/%20.parquet',
  'percent%2Fslash%2e%2e',
  'ampersand&<less>"quote\'s"',
  'umlaut-ä/日本/\u{1F30A}.bin',
  '\uFF5E-before-\u{1F30A}',
  '\u{1F30A}-after',
  'dots/..x/x../...',
  '~tilde!star*(paren)',
  'q?mark#hash;semi=eq,at@colon:',
  '_delta_log/00000000000000000000.json',
  '.hidden/file',
] as const

export const cases: readonly Case[] = [
  {
    name: 'what is put is got, with its size, etag and time',
    run: async store => {
      const beforeMs = Date.now() - 60_000
      const meta = await store.put('a/b.txt', text('hello'))
      expect(meta).toMatchObject({ key: 'a/b.txt', sizeBytes: 5 })
      expect(meta.modifiedMs).toBeGreaterThan(beforeMs)
      const got = await store.get('a/b.txt')
      expect(words(got.bytes)).toBe('hello')
      expect(got.meta).toMatchObject({ key: 'a/b.txt', sizeBytes: 5, etag: meta.etag })
      expect(await store.head('a/b.txt')).toMatchObject({ key: 'a/b.txt', sizeBytes: 5, etag: meta.etag })
    },
  },
  {
    name: 'an empty object, and bytes of every value',
    run: async store => {
      await store.put('empty', new Uint8Array())
      expect((await store.get('empty')).bytes.length).toBe(0)
      const bytes = Uint8Array.from({ length: 1_024 }, (_, i) => i % 256)
      await store.put('all', bytes)
      expect(Buffer.compare((await store.get('all')).bytes, bytes)).toBe(0)
    },
  },
  {
    name: 'what is not there: get fails, head gives nothing, delete does nothing',
    run: async store => {
      await store.put('folder/x', text('x'))
      for (const key of ['none', 'folder', 'folder/y', 'folder/y/z']) {
        expect([key, await codeOf(store.get(key))]).toEqual([key, 'SLUICE_OBJECT_NOT_FOUND'])
        expect(await store.head(key)).toBe(undefined)
      }
      await store.delete(['none', 'folder', 'folder/y/z', 'folder/x'])
      await store.delete([])
      expect(await keysOf(store.list(''))).toEqual([])
    },
  },
  {
    name: 'a put replaces, and the etag changes',
    run: async store => {
      const first = await store.put('k', text('one'))
      const second = await store.put('k', text('two'))
      expect(second.etag).not.toBe(first.etag)
      expect(words((await store.get('k')).bytes)).toBe('two')
      expect(await codeOf(store.get('k', { ifMatch: first.etag }))).toBe('SLUICE_OBJECT_CHANGED')
      expect(words((await store.get('k', { ifMatch: second.etag })).bytes)).toBe('two')
    },
  },
  {
    name: 'ranges: inside, cut at the end, empty, and outside',
    run: async store => {
      await store.put('k', text('0123456789'))
      const get = async (start: number, end: number) =>
        words((await store.get('k', { range: { start, end } })).bytes)
      expect([await get(0, 1), await get(3, 6), await get(8, 99), await get(4, 4)]).toEqual([
        '0',
        '345',
        '89',
        '',
      ])
      expect((await store.get('k', { range: { start: 2, end: 4 } })).meta.sizeBytes).toBe(10)
      const wrong = [
        [10, 11],
        [20, 30],
        [5, 4],
        [-1, 2],
        [0.5, 2],
      ] as const
      for (const [start, end] of wrong)
        expect([start, end, await codeOf(get(start, end))]).toEqual([start, end, 'SLUICE_OBJECT_RANGE'])
    },
  },
  {
    name: 'many ranges come in the order asked for, near and far, overlapping and empty',
    run: async store => {
      const bytes = Buffer.alloc(3_000_000, 'abcdefghijklmnopqrstuvwxyz')
      await store.put('k', bytes)
      const ranges = [
        { start: 2_900_000, end: 2_900_005 },
        { start: 0, end: 3 },
        { start: 1, end: 10 },
        { start: 5, end: 5 },
        { start: 2_999_999, end: 3_000_010 },
      ]
      const got = await store.ranges('k', ranges)
      expect(got.map(words)).toEqual(ranges.map(({ start, end }) => words(bytes.subarray(start, end))))
      expect(await store.ranges('k', [])).toEqual([])
      expect(await codeOf(store.ranges('k', [{ start: 3_000_000, end: 3_000_001 }]))).toBe(
        'SLUICE_OBJECT_RANGE',
      )
      expect(await codeOf(store.ranges('k', ranges, { ifMatch: '"other"' }))).toBe('SLUICE_OBJECT_CHANGED')
    },
  },
  {
    name: 'put-if-absent: one of twenty racers creates, and its bytes stand',
    run: async store => {
      for (const round of ['a', 'b', 'c']) {
        const racers = Array.from({ length: 20 }, (_, racer) => `${round} by ${racer}`)
        const outcomes = await Promise.all(racers.map(it => store.putIfAbsent(`log/${round}.json`, text(it))))
        expect(outcomes.filter(it => it === 'created')).toHaveLength(1)
        const standing = words((await store.get(`log/${round}.json`)).bytes)
        expect(standing).toBe(racers[outcomes.indexOf('created')])
      }
      expect(await store.putIfAbsent('log/a.json', text('late'))).toBe('exists')
      await store.delete(['log/a.json'])
      expect(await store.putIfAbsent('log/a.json', text('anew'))).toBe('created')
    },
  },
  {
    name: 'put-if-match: racers that each add to a list lose none and add none twice',
    run: async store => {
      await store.put('n', text(''))
      const add = async (racer: string) => {
        for (;;) {
          const { bytes, meta } = await store.get('n')
          const there = words(bytes).split(' ')
          // Also what a write of unknown outcome has added.
          if (there.includes(racer)) return
          const outcome = await codeOf(store.putIfMatch('n', text([...there, racer].join(' ')), meta.etag))
          expect(['none', 'SLUICE_OBJECT_OUTCOME_UNKNOWN']).toContain(outcome)
        }
      }
      const racers = Array.from({ length: 8 }, (_, racer) => `by-${racer}`)
      await Promise.all(racers.map(add))
      expect(
        words((await store.get('n')).bytes)
          .trim()
          .split(' ')
          .toSorted(),
      ).toEqual(racers)
      expect(await store.putIfMatch('n', text('x'), '"other"')).toBe(undefined)
      const { meta } = await store.get('n')
      expect((await store.putIfMatch('n', text('y'), meta.etag))?.sizeBytes).toBe(1)
      expect(await store.putIfMatch('none', text('x'), '"other"')).toBe(undefined)
      expect(await store.head('none')).toBe(undefined)
    },
  },
  {
    name: 'a list is in the order of UTF-8, below a prefix, after a key',
    run: async store => {
      const keys = ['a', 'a.b', 'a/b', 'a/b.c/d', 'a/b/c', 'a0', 'a/c', 'b/1', 'b/10', 'b/2', 'z']
      // On a disk `a` is a folder, so that it cannot be a file.
      const able = store.pathOf ? keys.filter(key => key !== 'a' && key !== 'a/b') : keys
      for (const key of able.toReversed()) await store.put(key, text(key))
      const sorted = able.toSorted(compareKeys)
      expect(await keysOf(store.list(''))).toEqual(sorted)
      for (const prefix of ['a', 'a/', 'a/b', 'a/b.', 'b/1', 'b/', 'nothing', 'nothing/', 'a/b/c/d'])
        expect([prefix, await keysOf(store.list(prefix))]).toEqual([
          prefix,
          sorted.filter(key => key.startsWith(prefix)),
        ])
      for (const startAfter of ['', 'a', 'a.b', 'a/', 'a/b', 'a/b/zzz', 'a/b0', 'b/1', 'b/15', 'zz', '!'])
        expect([startAfter, await keysOf(store.list('', { startAfter }))]).toEqual([
          startAfter,
          sorted.filter(key => compareKeys(key, startAfter) > 0),
        ])
      expect(await keysOf(store.list('b/', { startAfter: 'b/1' }))).toEqual(['b/10', 'b/2'])
      const metas = await all(store.list('b/'))
      for (const meta of metas)
        expect(await store.head(meta.key)).toMatchObject({ etag: meta.etag, sizeBytes: meta.sizeBytes })
    },
  },
  {
    name: 'keys that look like something else are only keys',
    run: async store => {
      for (const key of strangeKeys) expect(await store.putIfAbsent(key, text(`of ${key}`))).toBe('created')
      expect(await keysOf(store.list(''))).toEqual([...strangeKeys].toSorted(compareKeys))
      for (const key of strangeKeys) {
        expect(words((await store.get(key)).bytes)).toBe(`of ${key}`)
        expect(await keysOf(store.list(key))).toEqual([key])
      }
      const [first = '', ...rest] = strangeKeys
      await store.delete([first])
      await store.delete(rest)
      expect(await keysOf(store.list(''))).toEqual([])
    },
  },
  {
    name: 'what cannot be a key is refused by every call, before anything is done',
    run: async store => {
      const wrong = [
        '',
        '/a',
        'a/',
        'a//b',
        '.',
        '..',
        '../a',
        'a/../b',
        'a/.',
        'a\0b',
        'a\\b',
        '\uD800',
        '.sluice-x/a',
        'k'.repeat(1_025),
      ]
      const calls: readonly ((key: string) => Promise<unknown>)[] = [
        async key => store.get(key),
        async key => store.head(key),
        async key => store.put(key, text('x')),
        async key => store.putIfAbsent(key, text('x')),
        async key => store.putIfMatch(key, text('x'), '"e"'),
        async key => store.ranges(key, [{ start: 0, end: 1 }]),
        async key => store.delete(['fine', key]),
      ]
      await store.put('fine', text('x'))
      for (const key of wrong)
        for (const call of calls)
          expect([key, await codeOf(() => call(key))]).toEqual([key, 'SLUICE_OBJECT_KEY_INVALID'])
      for (const prefix of ['/a', '../a', 'a/../b', 'a//b', 'a\\'])
        expect([prefix, await codeOf(() => keysOf(store.list(prefix)))]).toEqual([
          prefix,
          'SLUICE_OBJECT_KEY_INVALID',
        ])
      expect(await keysOf(store.list(''))).toEqual(['fine'])
    },
  },
  {
    name: 'a file is uploaded and an object downloaded, byte by byte, small, empty and large',
    run: async store =>
      inFolder(async folder => {
        for (const sizeBytes of [0, 1, 20_000_001]) {
          const bytes = Buffer.alloc(sizeBytes, 'the quick brown fox jumps over the lazy dog ')
          const [from, to] = [join(folder, 'from'), join(folder, 'to')]
          await writeFile(from, bytes)
          const meta = await store.upload('u/file.bin', from)
          expect(meta).toMatchObject({ key: 'u/file.bin', sizeBytes })
          expect(await store.head('u/file.bin')).toMatchObject({ etag: meta.etag, sizeBytes })
          expect((await store.download('u/file.bin', to)).etag).toBe(meta.etag)
          expect(Buffer.compare(await readFile(to), bytes)).toBe(0)
          expect(Buffer.compare(await readFile(from), bytes)).toBe(0)
        }
        expect(await codeOf(store.download('none', join(folder, 'none')))).toBe('SLUICE_OBJECT_NOT_FOUND')
        expect(await codeOf(readFile(join(folder, 'none')).catch(() => undefined))).toBe('none')
        expect(await codeOf(store.upload('u/x', join(folder, 'missing')))).toBe('SLUICE_OBJECT_DISK')
        expect(await store.head('u/x')).toBe(undefined)
      }),
  },
  {
    name: 'more keys than one page of a list or one request to delete',
    run: async store => {
      const keys = Array.from({ length: 1_105 }, (_, i) => `many/${String(i).padStart(5, '0')}`)
      for (let at = 0; at < keys.length; at += 50)
        await Promise.all(keys.slice(at, at + 50).map(key => store.put(key, text('x'))))
      expect(await keysOf(store.list('many/'))).toEqual(keys)
      expect(await keysOf(store.list('', { startAfter: 'many/01100' }))).toEqual(keys.slice(1_101))
      await store.delete(keys)
      expect(await keysOf(store.list(''))).toEqual([])
    },
  },
]
