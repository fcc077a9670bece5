import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch, Http, ReadContext, Source } from '../../connect/index.ts'
import { files } from './index.ts'

/** `Http` of a machine that is offline: whoever asks it has made a mistake. */
export const offline = {} as Http

/** A folder of its own, as a project. */
export async function folder(content: { readonly [path: string]: string | Uint8Array }): Promise<{
  context: ReadContext
  said: string[]
  put: (path: string, content: string | Uint8Array) => Promise<void>
  dispose: () => Promise<void>
}> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-files-'))
  const put = async (path: string, data: string | Uint8Array) => {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), data)
  }
  for (const [path, data] of Object.entries(content)) await put(path, data)
  const said: string[] = []
  const signal = new AbortController().signal
  const log = (words: string) => void said.push(words)
  const context = { root, signal, http: offline, nowMs: () => 0, log, tempDir: join(root, '.temp') }
  return { context, said, put, dispose: () => rm(root, { recursive: true, force: true }) }
}

/** What the shared suites ask for: three rows in two files, and a third that appears. */
export async function fresh(): Promise<{
  source: Source
  context: ReadContext
  rows: number
  count: (batch: Batch) => Promise<number>
  grow: () => Promise<number>
  dispose: () => Promise<void>
}> {
  const it = await folder({ 'data/a.csv': 'id\n1\n2\n', 'data/b.csv': 'id\n3\n' })
  return {
    source: files('data/*.csv'),
    context: it.context,
    rows: 3,
    count: async batch => {
      if (batch.kind !== 'files') return 0
      const texts = await Promise.all(batch.files.map(file => readFile(file.path, 'utf8')))
      return texts.reduce((rows, text) => rows + text.trim().split('\n').length - 1, 0)
    },
    grow: async () => {
      await it.put('data/c.csv', 'id\n4\n5\n')
      return 2
    },
    dispose: it.dispose,
  }
}
