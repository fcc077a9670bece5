import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  link,
  mkdir,
  readFile,
  readdir,
  rename,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codeOf, inFolder, keysOf } from '../conform.ts'
import { type ObjectStore, compareKeys, localStore, memoryStore, openObjects } from '../index.ts'
import { isKey } from '../key.ts'

const text = (words: string) => Buffer.from(words)
const words = async (store: ObjectStore, key: string) => Buffer.from((await store.get(key)).bytes).toString()

/** Everything below a folder, with its bytes: to see that nothing outside of a store is touched. */
async function picture(folder: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    lines.push(
      `${path}${entry.isFile() ? ` ${(await stat(path)).mtimeMs} ${await readFile(path, 'hex')}` : ''}`,
    )
  }
  return lines.toSorted()
}

describe('nothing outside of the root', () => {
  test('links that lead out are refused by every call and left out of lists; links inside are followed', async () =>
    inFolder(async folder => {
      const [root, outside] = [join(folder, 'root'), join(folder, 'outside')]
      await mkdir(join(root, 'in'), { recursive: true })
      await mkdir(outside)
      await writeFile(join(outside, 'secret'), 'hush')
      await writeFile(join(root, 'in', 'own'), 'own')
      await symlink(outside, join(root, 'folder'))
      await symlink(join(outside, 'secret'), join(root, 'file'))
      await symlink(join(outside, 'new'), join(root, 'dangling'))
      await symlink('in/own', join(root, 'alias'))
      await symlink('..', join(root, 'in', 'up'))
      const store = localStore(root)
      const before = await picture(outside)
      const refused = 'SLUICE_OBJECT_KEY_INVALID'
      for (const key of ['file', 'folder/secret', 'folder/new', 'folder/a/b/new'])
        expect([key, await codeOf(() => Promise.resolve(store.pathOf?.(key)))]).toEqual([key, refused])
      for (const key of ['file', 'folder/secret'])
        for (const call of [store.get, store.head, (it: string) => store.download(it, join(folder, 'copy'))])
          expect([key, await codeOf(() => call(key))]).toEqual([key, refused])
      for (const key of ['folder/secret', 'folder/new', 'folder/a/b/new'])
        for (const call of [
          (it: string) => store.put(it, text('x')),
          (it: string) => store.putIfAbsent(it, text('x')),
          (it: string) => store.upload(it, join(root, 'in', 'own')),
        ])
          expect([key, await codeOf(() => call(key))]).toEqual([key, refused])
      expect(await codeOf(() => store.putIfMatch('folder/secret', text('x'), '"e"'))).toBe(refused)
      expect(await codeOf(() => store.delete(['folder/secret']))).toBe(refused)
      expect(await codeOf(() => keysOf(store.list('folder/')))).toBe(refused)
      expect(await keysOf(store.list(''))).toEqual(['alias', 'in/own'])
      expect(await words(store, 'alias')).toBe('own')
      // A link itself is replaced or removed, never what it leads to.
      await store.put('file', text('mine'))
      await store.delete(['dangling'])
      expect(await words(store, 'file')).toBe('mine')
      expect(await picture(outside)).toEqual(before)
    }))

  test('fuzz: whatever is given as a key, only files below the root change', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '/',
        '%2e%2e',
        '..%2f',
        '\\',
        '~',
        'a',
        '\0',
        '..;',
        'CON',
        ' ',
        '\u202e',
        '․․',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ maxLength: 300 }),
    )
    const key = fc
      .array(part, { minLength: 1, maxLength: 5 })
      .chain(parts =>
        fc.constantFrom(parts.join('/'), parts.join(''), `/${parts.join('/')}`, `a/${parts.join('/../')}`),
      )
    await inFolder(async folder => {
      const root = join(folder, 'root')
      const store = localStore(root)
      await writeFile(join(folder, 'beside'), 'x')
      await fc.assert(
        fc.asyncProperty(key, async key => {
          const calls: readonly (() => Promise<unknown>)[] = [
            () => store.put(key, text('x')),
            () => store.get(key),
            () => store.putIfAbsent(key, text('y')),
            () => keysOf(store.list(key)),
            () => store.delete([key]),
          ]
          const codes = []
          for (const call of calls) codes.push(await codeOf(call))
          if (!isKey(key)) expect(codes[0]).toBe('SLUICE_OBJECT_KEY_INVALID')
          expect((await readdir(folder)).filter(name => name !== 'root')).toEqual(['beside'])
        }),
        { numRuns: 400 },
      )
    })
  })

  test('property: this disk does what memory does', async () => {
    const key = fc.constantFrom('a/1', 'a/2', 'a-b', 'b/c/1', 'b/c/2', '\u{1F30A}', '\uFF5E')
    const step = fc.record({
      verb: fc.constantFrom('put', 'putIfAbsent', 'delete', 'get', 'list'),
      key,
      body: fc.string(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps =>
        inFolder(async folder => {
          const stores = [localStore(folder), memoryStore()]
          for (const { verb, key, body } of steps) {
            const [disk, memory] = await Promise.all(stores.map(store => act(store, { verb, key, body })))
            expect(disk).toEqual(memory)
          }
        }),
      ),
      { numRuns: 40 },
    )
  })

  async function act(
    store: ObjectStore,
    { verb, key, body }: { verb: string; key: string; body: string },
  ): Promise<unknown> {
    if (verb === 'put') return (await store.put(key, text(body))).sizeBytes
    if (verb === 'putIfAbsent') return store.putIfAbsent(key, text(body))
    if (verb === 'delete') return store.delete([key])
    if (verb === 'list') return keysOf(store.list('', { startAfter: key }))
    return store.head(key).then(async meta => meta && words(store, key))
  }
})

describe('files', () => {
  test('a folder is no object, and cannot become one', async () =>
    inFolder(async folder => {
      const store = localStore(folder)
      await store.put('a/b', text('x'))
      for (const key of ['a', 'a/b/c'])
        for (const call of [() => store.put(key, text('x')), () => store.putIfAbsent(key, text('x'))])
          expect([key, await codeOf(call)]).toEqual([key, 'SLUICE_OBJECT_KEY_INVALID'])
      expect(await codeOf(() => store.put('n'.repeat(300), text('x')))).toBe('SLUICE_OBJECT_KEY_INVALID')
      expect(await store.head('n'.repeat(300))).toBe(undefined)
      expect(await keysOf(store.list(''))).toEqual(['a/b'])
      expect(await readdir(folder)).toEqual(['a'])
    }))

  test('the etag changes with every replacement, also with bytes of the same size in the same moment', async () =>
    inFolder(async folder => {
      const store = localStore(folder)
      const etags: string[] = []
      for (let i = 0; i < 50; i++) etags.push((await store.put('k', text('same'))).etag)
      expect(etags.filter((etag, i) => etag === etags[i - 1])).toEqual([])
    }))

  test('temporary files are in no list, and are swept when they are old', async () =>
    inFolder(async folder => {
      const store = localStore(folder)
      await store.put('k', text('x'))
      await writeFile(join(folder, '.sluice-tmp-old'), 'half')
      await writeFile(join(folder, '.sluice-tmp-new'), 'half')
      await utimes(join(folder, '.sluice-tmp-old'), 1, 1)
      expect(await keysOf(store.list(''))).toEqual(['k'])
      expect((await readdir(folder)).toSorted()).toEqual(['.sluice-tmp-new', 'k'])
    }))

  test('a root that is not there is an empty store, and reading does not make it', async () =>
    inFolder(async folder => {
      const store = await openObjects(pathToFileURL(join(folder, 'a b')).href, { env: {} })
      expect(await keysOf(store.list(''))).toEqual([])
      expect(await keysOf(store.list('x/y'))).toEqual([])
      expect(await store.head('k')).toBe(undefined)
      expect(store.pathOf?.('k/x')).toBe(join(folder, 'a b/k/x'))
      expect(await store.putIfMatch('k/x', text('x'), '"e"')).toBe(undefined)
      expect(await readdir(folder)).toEqual([])
      await store.put('k', text('x'))
      expect(await readFile(join(folder, 'a b/k'), 'utf8')).toBe('x')
    }))

  test('a named pipe holds nobody up', async () =>
    inFolder(async folder => {
      await once(spawn('mkfifo', [join(folder, 'pipe')]), 'exit')
      const store = localStore(folder)
      expect(await store.head('pipe')).toBe(undefined)
      expect(await codeOf(store.get('pipe'))).toBe('SLUICE_OBJECT_NOT_FOUND')
      expect(await keysOf(store.list(''))).toEqual([])
    }))

  test('what is read stays what it was while it is replaced', async () =>
    inFolder(async folder => {
      const store = localStore(folder)
      await store.put('k', Buffer.alloc(3_000_000, 'a'))
      const reads = Array.from({ length: 20 }, () => store.get('k'))
      await Promise.all(['b', 'c'].map(byte => store.put('k', Buffer.alloc(3_000_000, byte))))
      for (const { bytes } of await Promise.all(reads))
        expect(new Set([bytes[0], bytes[1_500_000], bytes.at(-1)]).size).toBe(1)
    }))

  test('a put waits for one that compares in the same folder', async () =>
    inFolder(async folder => {
      const store = localStore(folder)
      const { etag } = await store.put('k', text('0'))
      await store.putIfMatch('k', text('1'), etag)
      for (let round = 0; round < 20; round++) {
        const { meta } = await store.get('k')
        const [put, matched] = await Promise.all([
          store.put('k', text(`put ${round}`)),
          store.putIfMatch('k', text(`match ${round}`), meta.etag),
        ])
        const last = (await store.get('k')).meta.etag
        // Either the put came first and the other was told so, or it came last.
        expect(last).toBe(put.etag)
        expect(matched?.etag).not.toBe(last)
      }
    }))

  test('link(2), not rename(2), names what must be new', async () =>
    inFolder(async folder => {
      // What the guarantee stands on, shown on this disk.
      await writeFile(join(folder, 'a'), 'a')
      await writeFile(join(folder, 'b'), 'b')
      await expect(link(join(folder, 'a'), join(folder, 'b'))).rejects.toMatchObject({ code: 'EEXIST' })
      await rename(join(folder, 'a'), join(folder, 'b'))
      expect(await readFile(join(folder, 'b'), 'utf8')).toBe('a')
      await unlink(join(folder, 'b'))
    }))
})

test('property: keys are compared as their UTF-8 bytes are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const [left, right] = [a, b].map(it => it.toWellFormed())
      const expected = Buffer.compare(Buffer.from(left ?? ''), Buffer.from(right ?? ''))
      expect(Math.sign(compareKeys(left ?? '', right ?? ''))).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
})
