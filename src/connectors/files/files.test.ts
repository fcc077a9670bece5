import { chmod, mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { Http, ReadContext, ReadRequest, SinkRequest, Source } from '../../connect/index.ts'
import { Failure, failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import { sourceSuites } from '../../testing/index.ts'
import { folder, fresh } from './conform.ts'
import { glob } from './glob.ts'
import { files, toFiles } from './index.ts'

for (const { name, run } of sourceSuites({ fresh })) test(`files: ${name}`, run)

const open: { dispose: () => Promise<void> }[] = []
afterEach(async () => {
  for (const it of open.splice(0)) await it.dispose()
})

async function project(content: { readonly [path: string]: string | Uint8Array }) {
  const it = await folder(content)
  open.push(it)
  return it
}

/** Names of the files that are read, by batch, and the position behind them as the ledger keeps it. */
async function load(source: Source, context: ReadContext, request: Partial<ReadRequest> = {}) {
  const batches: string[][] = []
  let position = request.position
  for await (const batch of source.read({ position: undefined, since: undefined, ...request }, context)) {
    if (batch.kind === 'files') batches.push(batch.files.map(file => file.name))
    if (batch.position !== undefined) position = JSON.parse(JSON.stringify(batch.position)) as Json
  }
  return { batches, position }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof Failure) return `${thrown.code} ${thrown.fix}`
    throw thrown
  }
  throw expect.fail('it did not fail')
}

describe('each file once', () => {
  test('new files, rewritten ones and touched ones', async () => {
    const it = await project({ 'data/b.csv': 'id\n2\n', 'data/a.csv': 'id\n1\n' })
    const source = files('data/*.csv')
    const first = await load(source, it.context)
    expect(first.batches).toEqual([['data/a.csv', 'data/b.csv']])
    expect((await load(source, it.context, first)).batches).toEqual([])

    await it.put('data/c.csv', 'id\n3\n')
    const second = await load(source, it.context, first)
    expect(second.batches).toEqual([['data/c.csv']])

    // Same size, other content: the size alone would not tell.
    await it.put('data/a.csv', 'id\n9\n')
    const third = await load(source, it.context, second)
    expect(third.batches).toEqual([['data/a.csv']])
    expect(it.said).toEqual(['data/a.csv was rewritten: it is read again'])

    // Touched: the content is looked at once, and then not again.
    await utimes(join(it.context.root, 'data/b.csv'), 1, 1)
    const fourth = await load(source, it.context, third)
    expect(fourth.batches).toEqual([])
    expect(fourth.position).not.toEqual(third.position)
    const fifth = await load(source, it.context, fourth)
    expect(fifth).toEqual({ batches: [], position: fourth.position })
  })

  test('the content of a file with the same size and time is not looked at again', async () => {
    const it = await project({ 'a.csv': 'id\n1\n' })
    const path = join(it.context.root, 'a.csv')
    await utimes(path, 1_700_000_000, 1_700_000_000)
    const first = await load(files('a.csv'), it.context)
    await writeFile(path, 'id\n2\n')
    await utimes(path, 1_700_000_000, 1_700_000_000)
    expect((await load(files('a.csv'), it.context, first)).batches).toEqual([])
  })

  test('a file that is gone and comes back is not read twice', async () => {
    const it = await project({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
    const first = await load(files('*.csv'), it.context)
    await rm(join(it.context.root, 'a.csv'))
    await it.put('c.csv', 'id\n3\n')
    const second = await load(files('*.csv'), it.context, first)
    expect(second.batches).toEqual([['c.csv']])
    await it.put('a.csv', 'id\n1\n')
    expect((await load(files('*.csv'), it.context, second)).batches).toEqual([])
  })

  test('all of them, by mode or because the asset is replaced; but a killed read goes on', async () => {
    const it = await project({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
    const { position } = await load(files('*.csv'), it.context)
    expect((await load(files('*.csv', { mode: 'all' }), it.context, { position })).batches).toEqual([
      ['a.csv', 'b.csv'],
    ])
    expect((await load(files('*.csv'), it.context, { position, everything: true })).batches).toEqual([
      ['a.csv', 'b.csv'],
    ])
    const resumed = { position, everything: true, resumes: true }
    expect((await load(files('*.csv'), it.context, resumed)).batches).toEqual([])
  })

  test.each([
    ['gz', gzipSync('id\n1\n2\n')],
    ['zst', zstdCompressSync('id\n1\n2\n')],
  ])(
    'a packed file (%s) that was cut off is a failure, and a whole one is handed on packed',
    async (end, whole) => {
      const it = await project({ [`a.csv.${end}`]: whole.subarray(0, whole.length - 3) })
      const source = files(`a.csv.${end}`)
      await expect(load(source, it.context)).rejects.toMatchObject({ code: 'SLUICE_FILES_CUT' })
      await writeFile(join(it.context.root, `a.csv.${end}`), whole)
      expect((await load(source, it.context)).batches).toEqual([[`a.csv.${end}`]])
    },
  )

  test('formats part batches, and each position knows only what came before it', async () => {
    const it = await project({
      'a.csv': 'id\n1\n',
      'b.json': '[{"id":2}]',
      'c.jsonl.gz': gzipSync('{"id":3}'),
      'd.parquet': 'x',
    })
    const source = files(['*.csv', '*.json', '*.jsonl.gz', '*.parquet'])
    const kept: Json[] = []
    const formats: string[] = []
    for await (const batch of source.read({ position: undefined, since: undefined }, it.context)) {
      if (batch.kind === 'files') formats.push(batch.format)
      kept.push(batch.position as Json)
    }
    expect(formats).toEqual(['csv', 'json', 'ndjson', 'parquet'])
    for (const [i, position] of kept.entries()) {
      expect((await load(source, it.context, { position })).batches.length).toBe(3 - i)
    }
  })

  test('the probe changes with names, sizes and times, and with nothing else', async () => {
    const it = await project({ 'a.csv': '1', 'b.txt': '1' })
    const probe = () => files('*.csv').probe?.(it.context)
    const before = await probe()
    await it.put('b.txt', '22')
    expect(await probe()).toBe(before)
    await utimes(join(it.context.root, 'a.csv'), 5, 5)
    const touched = await probe()
    expect(touched).not.toBe(before)
    await it.put('c.csv', '1')
    expect(await probe()).not.toBe(touched)
    expect(await files('none-*.csv').probe?.(it.context)).toMatch(/^0 files/)
  })
})

describe('what cannot be read is a failure that says what to do', () => {
  const reading = (path: string | string[], context: ReadContext) => codeOf(load(files(path), context))

  test('missing, empty glob, folder, no known format, not allowed', async () => {
    const it = await project({ 'data/orders.csv': 'id\n1\n', 'data/notes.xyz': 'x', 'shut/a.csv': 'id\n' })
    const { context } = it
    expect(await reading('data/order.csv', context)).toBe('SLUICE_FILES_MISSING Did you mean `orders.csv`?')
    expect(await reading('nowhere/order.csv', context)).toContain('SLUICE_FILES_MISSING Put it there')
    expect(await reading('data/*.parquet', context)).toBe('SLUICE_FILES_NONE See what is there: `ls data/`.')
    expect(await reading('data', context)).toContain('SLUICE_FILES_FOLDER Name the files in it: `data/*.csv`')
    expect(await reading('data/notes.xyz', context)).toContain('SLUICE_FILES_FORMAT Say it: `format:` `csv`')
    await chmod(join(context.root, 'shut/a.csv'), 0)
    // Root may read everything; everybody else is told.
    const shut = load(files('shut/a.csv'), context)
    if (process.getuid?.() === 0) expect((await shut).batches).toEqual([['shut/a.csv']])
    else expect(await codeOf(shut)).toContain('SLUICE_FILES_UNREADABLE')
    const seen = await load(files('data/orders.csv'), context)
    await rm(join(context.root, 'data/orders.csv'))
    expect((await load(files('data/*.csv'), context, seen)).batches).toEqual([])
  })

  test('wrong options', () => {
    const wrong = (options: object, words: object) =>
      expect(() => files('a.csv', options as never)).toThrow(expect.objectContaining(words))
    wrong({ formt: 'csv' }, { fix: 'Did you mean `format`?' })
    wrong({ format: 'excel' }, { code: 'SLUICE_OPTION_WRONG' })
    wrong({ header: 'yes' }, { code: 'SLUICE_OPTION_WRONG' })
    expect(() => files('')).toThrow(expect.objectContaining({ code: 'SLUICE_OPTION_WRONG' }))
    expect(() => toFiles('out/data')).toThrow(expect.objectContaining({ code: 'SLUICE_FILES_FORMAT' }))
  })
})

test('globs', async () => {
  const it = await project({
    'a.csv': '',
    'b1.csv': '',
    'b2.csv': '',
    '.hidden.csv': '',
    'x/c.csv': '',
    'x/y/d.csv': '',
    'x/.git/e.csv': '',
    'we[1]rd.csv': '',
    'x/y/d.json': '',
  })
  const { root } = it.context
  await symlink(root, join(root, 'x', 'circle'))
  const named = async (pattern: string) =>
    (await glob(join(root, pattern))).map(path => path.slice(root.length + 1))
  expect(await named('*.csv')).toEqual(['a.csv', 'b1.csv', 'b2.csv', 'we[1]rd.csv'])
  expect(await named('b?.csv')).toEqual(['b1.csv', 'b2.csv'])
  expect(await named('b[2-9].csv')).toEqual(['b2.csv'])
  expect(await named('b[!2].csv')).toEqual(['b1.csv'])
  expect(await named('{a,b1}.csv')).toEqual(['a.csv', 'b1.csv'])
  expect(await named('**/*.csv')).toEqual([
    'a.csv',
    'b1.csv',
    'b2.csv',
    'we[1]rd.csv',
    'x/c.csv',
    'x/y/d.csv',
  ])
  expect(await named('x/**/d.{csv,json}')).toEqual(['x/y/d.csv', 'x/y/d.json'])
  expect(await named('**')).toHaveLength(7)
  expect(await named('.*.csv')).toEqual(['.hidden.csv'])
  expect(await named('*.(csv|json)+')).toEqual([])
  const weird = await load(files('we[1]rd.csv'), it.context)
  expect(weird.batches).toEqual([['we[1]rd.csv']])
  const beside = await load(files(`../${root.split('/').at(-1)}/a.csv`), it.context)
  expect(beside.batches).toEqual([['a.csv']])
})

test('a file behind a URL is fetched once per version; no query in names or positions', async () => {
  const it = await project({})
  let etag: string | undefined = '"1"'
  let content = 'id\n1\n'
  const fetched: string[] = []
  const http = {
    head: async () => ({ etag, sizeBytes: undefined, modified: undefined }),
    download: async (url: string, path: string) => {
      fetched.push(url)
      await writeFile(path, content)
      return { etag, sizeBytes: undefined, modified: undefined }
    },
  } as Partial<Http> as Http
  const context = { ...it.context, http }
  const source = files('https://example.com/a.csv?signature=hush')
  const first = await load(source, context)
  expect(first.batches).toEqual([['https://example.com/a.csv']])
  expect((await load(source, context, first)).batches).toEqual([])
  expect(fetched).toEqual(['https://example.com/a.csv?signature=hush'])
  etag = '"2"'
  const second = await load(source, context, first)
  expect([second.batches, fetched.length]).toEqual([[], 2])
  content = 'id\n2\n'
  etag = undefined
  const third = await load(source, context, second)
  expect(third.batches).toEqual([['https://example.com/a.csv']])
  expect(await source.probe?.(context)).not.toBe(await source.probe?.({ ...context, nowMs: () => 1 }))
  expect(JSON.stringify([third, source.options, source.describe])).not.toContain('hush')
})

describe('toFiles', () => {
  const request = (root: string, unload: SinkRequest['unload']): SinkRequest => ({
    asset: 'marts.revenue',
    effect: 'e1',
    root,
    signal: new AbortController().signal,
    columns: [],
    unload,
    rows: () => expect.fail('rows are not asked for'),
  })
  const writing =
    (text: string): SinkRequest['unload'] =>
    async path => {
      await writeFile(path, text, { flag: 'wx' })
      return 2
    }

  test('a file appears whole, twice is the same as once, and compression follows the name', async () => {
    const it = await project({})
    const { root } = it.context
    const asked: unknown[] = []
    const sink = toFiles('out/deep/revenue.csv.gz', { delimiter: ';' })
    for (const text of ['one', 'two']) {
      const written = await sink.write(
        request(root, async (path, format, options) => {
          asked.push([format, options])
          return writing(text)(path, format)
        }),
      )
      expect(written).toEqual({ rows: 2 })
      expect(await readFile(join(root, 'out/deep/revenue.csv.gz'), 'utf8')).toBe(text)
    }
    expect(asked).toEqual(Array(2).fill(['csv', { compression: 'gzip', delimiter: ';' }]))
    expect(await readdir(join(root, 'out/deep'))).toEqual(['revenue.csv.gz'])
  })

  test('a write that fails or is cancelled leaves the last good file, also behind a killed one', async () => {
    const it = await project({ 'out/a.csv': 'good', 'out/.a.csv.sluice-draft': 'left by a killed write' })
    const { root } = it.context
    const sink = toFiles('out/a.csv')
    const broken = request(root, async path => {
      await writeFile(path, 'half')
      throw failure('SLUICE_INTERNAL', { doing: 'writing', words: 'the disk is gone' })
    })
    expect(await codeOf(sink.write(broken))).toContain('SLUICE_INTERNAL')
    const controller = new AbortController()
    const cancelled = {
      ...request(root, async path => {
        controller.abort(failure('SLUICE_INTERNAL', { doing: 'it', words: 'cancelled' }))
        return writing('new')(path, 'csv')
      }),
      signal: controller.signal,
    }
    expect(await codeOf(sink.write(cancelled))).toContain('SLUICE_INTERNAL')
    expect(await readFile(join(root, 'out/a.csv'), 'utf8')).toBe('good')
    expect(await readdir(join(root, 'out'))).toEqual(['a.csv'])
  })

  test('no room, no right, and a folder in the place are failures by name', async () => {
    const it = await project({ file: 'x' })
    const { root } = it.context
    await mkdir(join(root, 'out/a.csv'), { recursive: true })
    expect(await codeOf(toFiles('out/a.csv').write(request(root, writing('x'))))).toContain(
      'SLUICE_FILES_FOLDER',
    )
    expect(await codeOf(toFiles('file/a.csv').write(request(root, writing('x'))))).toContain(
      'SLUICE_FILES_UNWRITABLE',
    )
    const full = request(root, async () => {
      throw Object.assign(failure('SLUICE_INTERNAL', { doing: '', words: '' }), { code: 'ENOSPC' })
    })
    expect(await codeOf(toFiles('b.csv').write(full))).toContain('SLUICE_FILES_DISK_FULL')
    expect((await stat(join(root, 'out/a.csv'))).isDirectory()).toBe(true)
  })
})
