import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digests, enter, type Stage, targets, troubles } from './stage.ts'

// Every way of writing, run again and again by force: the same rows, byte for byte.
let stage: Stage

const tables = [
  'raw.payments',
  'raw.accounts',
  'raw.rates',
  'kept.replaced',
  'kept.merged',
  'kept.by_day',
  'kept.appended',
  'kept.history',
]

async function everything(): Promise<{ readonly [name: string]: unknown }> {
  const found: { [name: string]: unknown } = {}
  for (const table of tables) found[table] = await stage.rows(`select * from ${table} order by all`)
  found['file'] = await readFile(join(stage.cwd, 'out/payments.csv'), 'utf8')
  return found
}

describe.each(targets)('on %s', target => {
  beforeAll(async () => {
    stage = await enter('idempotent', target)
  })
  afterAll(() => stage.leave())

  test('run twice by force: nothing differs, not even when rows were loaded', async () => {
    expect(troubles(await stage.run())).toEqual([])
    const once = await everything()
    expect(once['kept.appended']).toEqual(once['kept.replaced'])
    expect((await stage.sluice('run --force')).code).toBe(0)
    expect(await everything()).toEqual(once)
  })

  test('the same after a file came; and after one came whose rows were there already', async () => {
    await stage.write(
      'data/payments-2.csv',
      'id,account,day,amount\n4,b,2026-01-02,5.00\n5,c,2026-01-05,1.00\n',
    )
    expect(troubles(await stage.run())).toEqual([])
    const once = await everything()
    expect(once['file']).toContain('5,c,2026-01-05,1.00')
    expect((once['kept.history'] as readonly unknown[]).length).toBe(4)
    for (let i = 0; i < 2; i++) expect((await stage.sluice('run --force')).code).toBe(0)
    expect(await everything()).toEqual(once)
  })

  test('killed in each way of writing, then run: the same as without', async () => {
    await stage.write('data/payments-3.csv', 'id,account,day,amount\n6,c,2026-01-03,2.50\n')
    for (const table of tables) await stage.killAt(`step.publishing ${table}`)
    expect(troubles(await stage.run())).toEqual([])
    const after = await everything()
    expect((await stage.sluice('run --force')).code).toBe(0)
    expect(await everything()).toEqual(after)
    expect(await stage.rows('select count(*), count(distinct id) from kept.appended')).toEqual([['6', '6']])
    expect(await stage.rows(`select amount, payments from kept.merged where account = 'c'`)).toEqual([
      ['3.50', '2'],
    ])
  })
})

test('on a lake a table that stays the same stays the same in every byte: no file, no version', async () => {
  stage = await enter('idempotent', 'lake')
  try {
    expect(troubles(await stage.run())).toEqual([])
    const contents = async () =>
      Object.entries(await digests(stage, 'lake')).filter(([path]) => !path.startsWith('_sluice/'))
    const once = await contents()
    expect(once.length).toBe(2 * tables.length)
    expect(troubles(await stage.run())).toEqual([])
    expect((await stage.sluice('run --force')).code).toBe(0)
    expect(await contents()).toEqual(once)
  } finally {
    await stage.leave()
  }
})
