import { expect, test } from 'vitest'
import type { ReadContext, ReadRequest, Source } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import { apply, type Row } from './model.ts'
import { type SourceTrial, sourceSuites } from './index.ts'

type Page = readonly { readonly n: number }[]

/** A source in memory: pages of rows, its position is the next page. `broken` makes it break one promise. */
function paged(broken?: 'resume' | 'cancel' | 'probe' | 'frozen' | 'code'): () => Promise<SourceTrial> {
  return async () => {
    const pages: Page[] = [[{ n: 1 }, { n: 2 }], [{ n: 3 }], [{ n: 4 }, { n: 5 }]]
    let asked = 0
    const source: Source = {
      about: {
        name: 'paged',
        summary: '',
        tier: 'local',
        needs: {},
        can: { read: true },
        limits: {},
        options: {},
      },
      describe: 'pages',
      options: {},
      probe: async () => `${pages.length} ${broken === 'probe' ? asked++ : ''}`,
      read: async function* ({ position }: ReadRequest, { signal }: ReadContext) {
        if (broken === 'code') throw new TypeError('not of the catalogue')
        const start = broken === 'resume' ? 0 : Number(position ?? 0)
        for (const [i, rows] of pages.slice(start).entries()) {
          if (signal.aborted && broken !== 'cancel') throw failure('SLUICE_TARGET_CANCELLED', {})
          yield { kind: 'rows', rows, position: start + i + 1 }
        }
      },
    }
    return {
      source: broken === 'frozen' ? source : Object.freeze(source),
      context: { signal: new AbortController().signal } as ReadContext,
      rows: 5,
      grow: async () => pages.push([{ n: 6 }]) - 3,
      dispose: async () => undefined,
    }
  }
}

async function brokenPromises(fresh: () => Promise<SourceTrial>): Promise<readonly string[]> {
  const names: string[] = []
  for (const { name, run } of sourceSuites({ fresh })) await run().catch(() => names.push(name))
  return names
}

test('a source that keeps its promises passes; each broken one is found by its case', async () => {
  expect(await brokenPromises(paged())).toEqual([])
  expect(await brokenPromises(paged('frozen'))).toEqual([expect.stringContaining('frozen')])
  expect(await brokenPromises(paged('cancel'))).toEqual([expect.stringContaining('cancelled')])
  expect(await brokenPromises(paged('probe'))).toEqual([expect.stringContaining('probes')])
  expect(await brokenPromises(paged('resume'))).toEqual([
    expect.stringContaining('goes on'),
    expect.stringContaining('nothing more'),
  ])
})

test('bad input must be refused with a code of the catalogue', async () => {
  const bad = (code: string) => [{ name: 'nonsense', code, fresh: paged('code') }]
  const [refusal] = sourceSuites({ fresh: paged(), bad: bad('SLUICE_FILE_BROKEN') }).slice(-1)
  await expect(refusal?.run()).rejects.toMatchObject({ code: 'SLUICE_CONFORMANCE' })
})

test('the model: versions follow each other without overlap, in whatever order times come', () => {
  const row = (name: string): Row => ({ id: 1, name, day: '2024-01-01', seq: 1 })
  const one = apply('scd2', [], { rows: [row('a')], atMs: 5 })
  const two = apply('scd2', one, { rows: [row('b')], atMs: 7 })
  const late = apply('scd2', two, { rows: [row('c')], atMs: 6 })
  const gone = apply('scd2', late, { rows: [], atMs: 9, deleteMissing: true })
  const back = apply('scd2', gone, { rows: [row('c')], atMs: 8 })
  expect(back.map(({ name, from, to }) => [name, from, to])).toEqual([
    ['a', 5, 7],
    ['c', 7, 9],
    ['c', 9, null],
  ])
})
