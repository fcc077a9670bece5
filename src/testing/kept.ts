import type { Batch, Loaded, Store } from '../connect/index.ts'
import type { Column } from '../model/index.ts'
import { quoteAsset, quoteName } from '../sql/index.ts'
import { type Bench, asset, batchesOf, columns, onTarget, requestOf, rowsIn, step, workOf } from './bench.ts'
import type { Case } from './case.ts'
import { holds, refuses, same } from './promise.ts'
import { refusesRows } from './refused.ts'
import type { TargetSubject } from './target.ts'

/**
 * A type, values of it as a source gives them, the text that `query` answers and the value that `read` gives.
 */
type Sample = {
  readonly type: string
  readonly values: readonly (readonly [unknown, string | null, unknown?])[]
}

const samples: readonly Sample[] = [
  {
    type: 'BIGINT',
    values: [
      [2n ** 63n - 1n, '9223372036854775807', 2n ** 63n - 1n],
      [-(2n ** 63n), '-9223372036854775808', -(2n ** 63n)],
      [9007199254740993n, '9007199254740993', 9007199254740993n],
      [null, null, null],
    ],
  },
  {
    type: 'HUGEINT',
    values: [[2n ** 127n - 1n, '170141183460469231731687303715884105727', 2n ** 127n - 1n]],
  },
  {
    type: 'DECIMAL(38,9)',
    values: [
      ['12345678901234567890123456789.123456789', '12345678901234567890123456789.123456789'],
      ['-0.000000001', '-0.000000001'],
    ],
  },
  {
    type: 'DOUBLE',
    values: [
      [0.1, '0.1', 0.1],
      [5e-324, '5e-324', 5e-324],
      [1.7976931348623157e308, '1.7976931348623157e+308', 1.7976931348623157e308],
    ],
  },
  {
    type: 'TIMESTAMP',
    values: [
      ['2024-02-29T23:59:59.999999', '2024-02-29T23:59:59.999999'],
      ['1969-12-31T23:59:59.000001', '1969-12-31T23:59:59.000001'],
    ],
  },
  {
    type: 'TIMESTAMP WITH TIME ZONE',
    values: [
      ['2024-03-31T02:30:00.000001+02:00', '2024-03-31T00:30:00.000001Z'],
      [new Date(-1), '1969-12-31T23:59:59.999Z'],
    ],
  },
  {
    type: 'DATE',
    values: [
      ['0001-01-01', '0001-01-01'],
      ['1969-12-31', '1969-12-31'],
      ['9999-12-31', '9999-12-31'],
    ],
  },
  { type: 'TIME', values: [['23:59:59.999999', '23:59:59.999999']] },
  {
    type: 'VARCHAR',
    values: [
      ['', ''],
      [null, null],
      ['null', 'null'],
      ['ü ☃ 𝄞 "\' \\ \n\t', 'ü ☃ 𝄞 "\' \\ \n\t'],
      ['007', '007'],
    ],
  },
  {
    type: 'BOOLEAN',
    values: [
      [true, 'true', true],
      [false, 'false', false],
    ],
  },
  {
    type: 'UUID',
    values: [['f47ac10b-58cc-4372-a567-0e02b2c3d479', 'f47ac10b-58cc-4372-a567-0e02b2c3d479']],
  },
]

/**
 * Values survive, bad rows are refused, effects are kept, files are written: what every target promises
 * beside its strategies.
 */
export function keptCases(subject: TargetSubject): readonly Case[] {
  return [
    ...samples.map(sample =>
      onTarget(subject, `keeps ${sample.type} exactly`, bench => keepsType(bench, sample)),
    ),
    onTarget(subject, 'keeps nested values exactly', keepsNested),
    onTarget(subject, 'splits nested values into child relations with stable keys', splitsNested),
    onTarget(subject, 'takes new columns and wider types, and drops nothing', evolves),
    onTarget(subject, 'refuses rows that do not fit, with reason, rule and position', refusesRows),
    onTarget(subject, 'answers with the effect that was published', keepsEffects),
    onTarget(subject, 'counts a step twice when its effect is not keyed', unkeyed),
    onTarget(subject, 'stops when it is cancelled, and keeps nothing', cancels),
    onTarget(subject, 'streams rows to readers', streams),
    onTarget(subject, 'says that an asset is not there', absent),
  ]
}

/** Write rows as they come, typed by the contract; text of all of them in the order of `n`. */
async function keep(
  store: Store,
  rows: readonly { readonly [name: string]: unknown }[],
  typed: readonly Column[],
) {
  const work = await store.begin(workOf(`keep ${rows.length} ${typed.length} ${typed[0]?.type}`))
  try {
    const loaded = await work.load(batchesOf({ kind: 'rows', rows }), {
      columns: typed,
      detect: 'types',
      nested: 'keep',
    })
    same('no row is refused', loaded.unreadable.rows, 0)
    const list = loaded.columns.map(({ name }) => quoteName(name)).join(', ')
    const request = requestOf(
      { strategy: 'replace', atMs: 0 },
      asset,
      `select ${list} from ${loaded.relation}`,
    )
    await work.write({ ...request, columns: loaded.columns, key: [], cursor: undefined })
    const counts = { in: rows.length, out: rows.length, refused: 0, deduplicated: 0 }
    await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
  } finally {
    await work.abandon()
  }
}

async function keepsType({ store }: Bench, { type, values }: Sample): Promise<void> {
  const typed = [
    { name: 'n', type: 'INTEGER', nullable: false },
    { name: 'v', type, nullable: true },
  ]
  await keep(
    store,
    values.map(([v], n) => ({ n, v })),
    typed,
  )
  const answer = await store.query(`select "v" from ${quoteAsset(asset)} order by "n"`)
  same(
    'query answers exact text',
    answer.rows,
    values.map(([, text]) => [text]),
  )
  same('the column has its type', (await store.columns(asset))?.[1]?.type, type)
  const read: unknown[] = []
  const sql = `select "v" from ${quoteAsset(asset)} order by "n"`
  for await (const rows of store.read(sql, { signal: new AbortController().signal }))
    read.push(...rows.map(({ v }) => v))
  same(
    'read gives exact values',
    read,
    values.map(([, text, value]) => (value === undefined ? text : value)),
  )
}

const nestedRow = { n: 1, s: { a: 9007199254740993n, b: [{ c: 'x' }, { c: null }] }, l: [1, 2, 3] }

async function keepsNested({ store }: Bench): Promise<void> {
  await keep(store, [nestedRow, { n: 2 }], [{ name: 'n', type: 'INTEGER', nullable: false }])
  const read: unknown[] = []
  const sql = `select "s", "l" from ${quoteAsset(asset)} order by "n"`
  for await (const rows of store.read(sql, { signal: new AbortController().signal })) read.push(...rows)
  const wanted = { s: nestedRow.s, l: [1n, 2n, 3n] }
  same('nested values come back', read, [wanted, { s: null, l: null }])
}

async function splitsNested({ store }: Bench): Promise<void> {
  const load = async (effect: string, name: string) => {
    const work = await store.begin(workOf(effect))
    const rows = [
      { id: 1, name, box: { w: 2 }, items: [{ sku: 'a', tags: ['p', 'q'] }, { sku: 'b' }] },
      { id: 2, name },
    ]
    const loaded = await work.load(batchesOf({ kind: 'rows', rows }), {
      columns: undefined,
      detect: 'types',
      nested: 'split',
      key: ['id'],
    })
    const rowsOf = async ({ relation, columns }: Loaded['children'][number]) => {
      const names = [...columns.map(({ name }) => name), '_row_position'].map(quoteName).join(', ')
      return (await work.query(`select ${names} from ${relation} order by 1, 2`)).rows
    }
    const children = Object.fromEntries(
      await Promise.all(loaded.children.map(async c => [c.path, await rowsOf(c)])),
    )
    const parents = (await work.query(`select "id", "box__w", "_key" from ${loaded.relation} order by "id"`))
      .rows
    await work.abandon()
    return {
      parents,
      children: children as { readonly [path: string]: readonly (readonly (string | null)[])[] },
    }
  }
  const [one, two] = [await load('one', 'before'), await load('two', 'after')]
  same(
    'a struct becomes columns',
    one.parents.map(([id, w]) => [id, w]),
    [
      ['1', '2'],
      ['2', null],
    ],
  )
  const key = one.parents[0]?.[2]
  same(
    'a list becomes a child',
    one.children['items']?.map(r => r.slice(0, 3)),
    [
      [key, '0', 'a'],
      [key, '1', 'b'],
    ],
  )
  same(
    'a list in a list becomes its child, and knows the row that it came in',
    one.children['items__tags']?.map(r => r.slice(1)),
    [
      ['0', 'p', '1'],
      ['1', 'q', '1'],
    ],
  )
  same('keys are stable while the row changes', two.children, one.children)
}

async function evolves({ store }: Bench): Promise<void> {
  const write = async (effect: string, sql: string) => {
    const work = await store.begin(workOf(effect))
    try {
      await work.write({ ...requestOf({ strategy: 'merge', atMs: 0 }, asset, sql), cursor: undefined })
      const counts = { in: 1, out: 1, refused: 0, deduplicated: 0 }
      await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
    } finally {
      await work.abandon()
    }
  }
  await write('one', 'select cast(1 as integer) as "id", cast(5 as integer) as "n", \'x\' as "name"')
  await write(
    'two',
    'select cast(2 as integer) as "id", cast(9007199254740993 as bigint) as "n", \'y\' as "extra"',
  )
  await write('three', 'select cast(1 as integer) as "id", cast(6 as integer) as "n"')
  const { rows } = await store.query(
    `select "id", "n", "name", "extra" from ${quoteAsset(asset)} order by "id"`,
  )
  same('nothing is dropped, what is missing keeps its value', rows, [
    ['1', '6', 'x', null],
    ['2', '9007199254740993', null, 'y'],
  ])
  const code = await refuses('a type that loses values is refused', () =>
    write('four', 'select 3 as "id", date \'2024-01-01\' as "n"'),
  )
  same('with a code', code, 'SLUICE_TYPE_CONFLICT')
}

const one = { rows: [{ id: 1, name: 'a', day: '2024-01-01', seq: 1 }], atMs: 5 }

async function keepsEffects({ store }: Bench): Promise<void> {
  const work = await store.begin(workOf('the key'))
  const effect = {
    asset,
    run: 'run 7',
    atMs: 1_700_000_000_123,
    counts: { in: 3, out: 1, refused: 1, deduplicated: 1 },
  }
  const record = { position: { page: 7, text: 'a\'b"c' }, list: [1, null] }
  same('it is new', await work.publish({ ...effect, record }), { already: false })
  same('the effect is kept whole', await store.effect('the key'), { key: 'the key', ...effect, record })
  same('no other is', await store.effect('another'), undefined)
}

async function unkeyed({ store }: Bench): Promise<void> {
  const load = { ...one, strategy: 'append', effect: 'one' } as const
  for (const keyed of [true, false, false]) await step(store, load, { keyed })
  holds(
    'without keys a step counts twice',
    (await rowsIn(store, 'append')).length === 3,
    'it did not: the proof proves nothing',
  )
}

async function cancels({ store }: Bench): Promise<void> {
  const stop = new AbortController()
  const work = await store.begin(workOf('one', { signal: stop.signal }))
  async function* endless(): AsyncGenerator<Batch> {
    for (let n = 0; ; n++) {
      if (n === 3) stop.abort()
      yield { kind: 'rows', rows: one.rows }
    }
  }
  await refuses('a cancelled load ends', () =>
    work.load(endless(), { columns, detect: 'types', nested: 'keep' }),
  )
  await refuses('and nothing more is done', () => work.query('select 1'))
  await work.abandon()
  same('nothing is kept', await rowsIn(store, 'append'), [])
}

async function streams({ store }: Bench): Promise<void> {
  const rows = Array.from({ length: 5000 }, (_, n) => ({ n }))
  await keep(store, rows, [{ name: 'n', type: 'BIGINT', nullable: false }])
  let sum = 0n
  for await (const batch of store.read(`select "n" from ${quoteAsset(asset)}`, {
    signal: new AbortController().signal,
  }))
    for (const { n } of batch) sum += n as bigint
  same('every row is read once', sum, (5000n * 4999n) / 2n)
  const few = await store.query(`select "n" from ${quoteAsset(asset)}`, { rowsMax: 10 })
  same('a long answer is cut and says so', [few.rows.length, few.truncated], [10, true])
  const all = await store.query(`select "n" from ${quoteAsset(asset)} where "n" < 10`, { rowsMax: 10 })
  same('one that fits is not', [all.rows.length, all.truncated], [10, false])
}

async function absent({ store }: Bench): Promise<void> {
  same('no columns', await store.columns('lab.nothing'), undefined)
  await refuses('a query that cannot be run is a catalogued failure', () =>
    store.query('select * from lab.nothing'),
  )
}
