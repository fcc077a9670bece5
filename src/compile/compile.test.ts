import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAnalyzer } from '../engine/index.ts'
import type { Analyzer } from '../connect/index.ts'
import type { Failure } from '../errors/index.ts'
import type { At, Check, Column, Declaration, Facts } from '../model/index.ts'
import { hash } from '../project/index.ts'
import { breaks, compile, type CompileInput, columnsOf, declarations, type Memo } from './index.ts'

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await openAnalyzer()
})
afterAll(() => analyzer.close())

const none: Facts = { key: [], tags: [], checks: [], columns: [] }
const day = { kind: 'time', column: 'day', unit: 'day', zone: 'UTC' } as const

function at(file: string): At {
  return { file, line: 1, column: 1, length: 1 }
}

function sql(name: string, text: string, facts: Partial<Facts> = {}): Declaration {
  const file = `assets/${name.replace('.', '/')}.sql`
  const body = { kind: 'sql', text, origin: 'file' } as const
  return { name, at: at(file), body, facts: { ...none, ...facts }, code: '', spots: {} }
}

function ingest(name: string, facts: Partial<Facts> = {}, connector = 'rest'): Declaration {
  const body = { kind: 'ingest', connector, describe: connector, options: { b: 1, a: 2 } } as const
  const file = `assets/${name.replace('.', '/')}.ts`
  return { name, at: at(file), body, facts: { ...none, ...facts }, code: 'c0de', spots: {} }
}

function columns(...specs: readonly string[]): readonly Column[] {
  return specs.map(spec => {
    const space = spec.indexOf(' ')
    return { name: spec.slice(0, space), type: spec.slice(space + 1), nullable: true }
  })
}

function check(name: Check['check'], on: readonly string[], more: Partial<Check> = {}): Check {
  return {
    id: `${on.join()} ${name}`,
    check: name,
    columns: on,
    args: {},
    severity: 'error',
    mostly: 1,
    ...more,
  }
}

const orders = columns('id BIGINT', 'customer INTEGER', 'amount DECIMAL(18,3)', 'day DATE')

function input(given: readonly Declaration[], more: Partial<CompileInput> = {}): CompileInput {
  return {
    project: 'shop',
    declarations: given,
    checkFiles: [],
    known: { 'raw.orders': orders },
    analyzer,
    hash,
    ...more,
  }
}

function told(failures: readonly Failure[]): readonly string[] {
  return failures.map(
    ({ code, title, at: place }) => `${code} ${place?.file}:${place?.line}:${place?.column} ${title}`,
  )
}

const shop: readonly Declaration[] = [
  ingest('raw.orders', { key: ['id'], partition: day }),
  sql('staging.orders', 'select id, customer, amount, day\nfrom raw.orders\nwhere amount > 0', {
    partition: day,
    doc: 'Clean orders.',
  }),
  sql(
    'marts.revenue',
    'select day, customer, sum(amount) as revenue,\n  count(*) filter (amount > 9) as orders\nfrom staging.orders\ngroup by all',
    {
      partition: day,
      key: ['DAY', 'customer'],
      checks: [check('not_null', ['revenue']), check('min', ['orders'], { args: { min: '1' } })],
    },
  ),
  sql('marts.running', 'select day, sum(revenue) over (order by day) as total from marts.revenue', {
    partition: day,
  }),
  sql('marts.top', 'select * from marts.revenue order by revenue desc limit 3', { materialize: 'view' }),
]

test('a project becomes a manifest: order, types, writes, keys as spelt, partitions aligned', async () => {
  const { manifest, failures } = await compile(input(shop))
  expect(told(failures)).toEqual([])
  const seen = manifest.assets.map(asset => ({
    name: asset.name,
    write: asset.write,
    columns: columnsOf(asset)?.map(
      ({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`,
    ),
    reads: asset.reads.map(edge => `${edge.asset} ${edge.partitions} ${edge.at?.line}:${edge.at?.column}`),
  }))
  expect(seen).toEqual([
    {
      name: 'raw.orders',
      write: 'merge',
      columns: [
        'id BIGINT',
        'customer INTEGER',
        'amount DECIMAL(18,3)',
        'day DATE',
        '_loaded_at TIMESTAMP WITH TIME ZONE not null',
        '_source VARCHAR',
      ],
      reads: [],
    },
    {
      name: 'staging.orders',
      write: 'replace-partition',
      columns: ['id BIGINT', 'customer INTEGER', 'amount DECIMAL(18,3)', 'day DATE'],
      reads: ['raw.orders same 2:6'],
    },
    {
      name: 'marts.revenue',
      write: 'replace-partition',
      columns: ['day DATE', 'customer INTEGER', 'revenue DECIMAL(38,3) not null', 'orders BIGINT'],
      reads: ['staging.orders same 3:6'],
    },
    {
      name: 'marts.running',
      write: 'replace-partition',
      columns: ['day DATE', 'total DECIMAL(38,3)'],
      // The running total of a day needs every day before it, although `day` is passed on unchanged.
      reads: ['marts.revenue all 1:60'],
    },
    {
      name: 'marts.top',
      write: 'view',
      columns: ['day DATE', 'customer INTEGER', 'revenue DECIMAL(38,3)', 'orders BIGINT'],
      reads: ['marts.revenue all 1:15'],
    },
  ])
  expect(manifest.assets.find(({ name }) => name === 'marts.revenue')?.key).toEqual(['day', 'customer'])
})

test('same input, same bytes, in any order of files, with and without what was remembered', async () => {
  const memo: Memo = { parsed: new Map(), bound: new Map() }
  const first = JSON.stringify((await compile(input(shop, { lineage: true, memo }))).manifest)
  const again = JSON.stringify((await compile(input([...shop].reverse(), { lineage: true }))).manifest)
  const refusing: Analyzer = {
    parse: () => Promise.reject(new TypeError('nothing is left to parse')),
    bind: () => Promise.reject(new TypeError('nothing is left to bind')),
    close: () => Promise.resolve(),
  }
  const remembered = JSON.stringify(
    (await compile(input(shop, { lineage: true, memo, analyzer: refusing }))).manifest,
  )
  expect(again).toBe(first)
  expect(remembered).toBe(first)
})

test('a memo never answers for other columns: what changes above is asked again', async () => {
  const memo: Memo = { parsed: new Map(), bound: new Map() }
  await compile(input(shop, { memo }))
  const wider = orders.map(column => (column.name === 'amount' ? { ...column, type: 'DOUBLE' } : column))
  const { manifest } = await compile(input(shop, { memo, known: { 'raw.orders': wider } }))
  const revenue = manifest.assets.find(({ name }) => name === 'marts.revenue')
  expect(revenue?.columns?.find(({ name }) => name === 'revenue')?.type).toBe('DOUBLE')
})

test('what is read twice is one edge, at its first place', async () => {
  const inputs = [
    { as: 'now', asset: 'raw.orders' },
    { as: 'other', asset: 'raw.events' },
    { as: 'before', asset: 'RAW.orders' },
  ]
  const twice: Declaration = { ...ingest('marts.twice'), body: { kind: 'rows', inputs } }
  const query = sql('marts.joined', 'select a.id from raw.orders a join raw.orders b using (id)')
  const { manifest } = await compile(input([ingest('raw.events'), ingest('raw.orders'), query, twice]))
  const reads = (name: string) => manifest.assets.find(one => one.name === name)?.reads
  expect(reads('marts.twice')?.map(({ asset }) => asset)).toEqual(['raw.orders', 'raw.events'])
  expect(reads('marts.joined')?.map(({ asset, at: place }) => [asset, place?.column])).toEqual([
    ['raw.orders', 18],
  ])
})

test('what was made before never stands in for what is made now', async () => {
  const memo: Memo = { parsed: new Map(), bound: new Map() }
  const [first, ...rest] = shop as readonly [Declaration, ...Declaration[]]
  const facts = (name: string, more: Partial<Facts>) =>
    shop.map(one => (one.name === name ? { ...one, facts: { ...one.facts, ...more } } : one))
  const names = shop.map(({ name }) => name)
  const lost: Declaration = {
    ...ingest('raw.lost'),
    body: { kind: 'rows', inputs: [{ as: 'gone', asset: 'raw.gone' }] },
  }
  const edits: readonly Partial<CompileInput>[] = [
    {},
    ...names.flatMap(name => [
      { declarations: facts(name, { doc: 'other words', tags: ['new'] }) },
      { declarations: facts(name, { partition: day }) },
      { declarations: facts(name, { nested: 'split' }) },
      { declarations: facts(name, { key: ['nowhere'] }) },
      { declarations: facts(name, { pool: 'none' }) },
      { declarations: shop.filter(one => one.name !== name) },
    ]),
    { declarations: [...shop, lost] },
    { declarations: [...shop, lost] },
    { declarations: [...rest, { ...first, name: 'zzz.last' }] },
    { pools: { none: 2 }, declarations: facts(first.name, { pool: 'none' }) },
    { pools: {}, declarations: facts(first.name, { pool: 'none' }) },
    { lineage: true },
    { known: {} },
  ]
  for (const edit of edits) {
    const fresh = await compile(input(shop, edit))
    const [again, twice] = [
      await compile(input(shop, { ...edit, memo })),
      await compile(input(shop, { ...edit, memo })),
    ]
    const said = (of: typeof fresh) => [of.manifest, of.failures.map(one => [one.code, one.message, one.at])]
    expect(JSON.stringify(said(again))).toBe(JSON.stringify(said(fresh)))
    expect(JSON.stringify(said(twice))).toBe(JSON.stringify(said(fresh)))
  }
})

test('what a check points to is built first, unless that made a circle', async () => {
  const points = (to: string) => [check('relationships', ['id'], { args: { asset: to, column: 'id' } })]
  const { manifest, failures } = await compile(
    input([
      sql('a.first', 'select 1 as id', { checks: points('z.last') }),
      sql('z.last', 'select 1 as id'),
      sql('m.parent', 'select 1 as id', { checks: points('m.reader') }),
      sql('m.reader', 'select id from m.parent', { checks: points('M.Parent') }),
      sql('n.one', 'select 1 as id', { checks: points('n.two') }),
      sql('n.two', 'select 1 as id', { checks: points('n.one') }),
      sql('s.self', 'select 1 as id', { checks: points('s.self') }),
    ]),
  )
  expect(told(failures)).toEqual([])
  const place = (name: string) => manifest.assets.findIndex(asset => asset.name === name)
  const after = Object.fromEntries(manifest.assets.flatMap(({ name, after: of }) => (of ? [[name, of]] : [])))
  expect(after).toEqual({ 'a.first': ['z.last'], 'm.reader': ['m.parent'], 'n.two': ['n.one'] })
  for (const [name, targets] of Object.entries(after)) {
    for (const target of targets) expect(place(target)).toBeLessThan(place(name))
  }
})

describe('fingerprints', () => {
  const base = {
    text: 'select id, amount from raw.orders where amount > 0',
    facts: { checks: [check('min', ['id'])] },
  }
  const text = (changed: string): Declaration => sql('m.a', changed, base.facts)
  const facts = (changed: Partial<Facts>): Declaration => sql('m.a', base.text, { ...base.facts, ...changed })
  const variants: readonly {
    readonly what: string
    readonly changed: Declaration
    readonly differs: readonly ('rows' | 'checks')[]
  }[] = [
    { what: 'a comment', changed: text(`-- x\n${base.text} /* y */;`), differs: [] },
    { what: 'white space', changed: text(base.text.replaceAll(' ', '\n ')), differs: [] },
    { what: 'keywords in capitals', changed: text(base.text.replace('select', 'SELECT')), differs: [] },
    { what: 'doc, owner, tags', changed: facts({ doc: 'x', owner: 'y', tags: ['z'] }), differs: [] },
    { what: 'the schedule', changed: facts({ everyMs: 5, retry: { attemptsMax: 9 } }), differs: [] },
    {
      what: 'where a check stands',
      changed: facts({ checks: [check('min', ['id'], { at: at('x') })] }),
      differs: [],
    },
    { what: 'words on a column', changed: facts({ columns: columns('id ') }), differs: [] },
    { what: 'the type of a column', changed: facts({ columns: columns('id BIGINT') }), differs: ['rows'] },
    { what: 'the query', changed: text(base.text.replace('0', '1')), differs: ['rows'] },
    { what: 'the key', changed: facts({ key: ['id'] }), differs: ['rows'] },
    { what: 'the write', changed: facts({ write: 'append' }), differs: ['rows'] },
    {
      what: 'a check',
      changed: facts({ checks: [check('min', ['id'], { mostly: 0.5 })] }),
      differs: ['checks'],
    },
  ]
  test.each(variants)('$what', async ({ changed, differs }) => {
    const of = async (one: Declaration) =>
      (await compile(input([ingest('raw.orders'), one]))).manifest.assets.find(({ name }) => name === 'm.a')
    const [before, after] = [await of(text(base.text)), await of(changed)]
    expect(after?.fingerprint !== before?.fingerprint).toBe(differs.includes('rows'))
    expect(after?.checksFingerprint !== before?.checksFingerprint).toBe(differs.includes('checks'))
  })
})

type Wrong = readonly [what: string, given: readonly Declaration[], expected: readonly string[]]
const raw = ingest('raw.orders', { key: ['id'] })
const wrong: readonly Wrong[] = [
  [
    'an unknown reference, with what was meant',
    [raw, sql('m.a', 'select *\nfrom raw.ordres')],
    ['SLUICE_REF_NOT_FOUND assets/m/a.sql:2:6 No asset is called `raw.ordres`.'],
  ],
  [
    'a schema left away',
    [raw, sql('m.a', 'from orders')],
    ['SLUICE_REF_NOT_FOUND assets/m/a.sql:1:6 No asset is called `orders`.'],
  ],
  [
    'a column that is not there; what stands above is not blamed',
    [raw, sql('m.a', 'select id,\n  amonut\nfrom raw.orders'), sql('m.b', 'select amonut from m.a')],
    ['SLUICE_SQL_COLUMN assets/m/a.sql:2:3 No column is called `amonut`.'],
  ],
  [
    'all errors of a project at once, by file',
    [
      sql('m.c', 'select 1 +'),
      sql('m.a', 'select nope'),
      sql('m.b', 'delete from m.a'),
      sql('m.d', 'select 1'),
    ],
    [
      'SLUICE_SQL_COLUMN assets/m/a.sql:1:8 No column is called `nope`.',
      'SLUICE_SQL_SYNTAX assets/m/b.sql:1:1 The SQL of `m.b` does not parse.',
      'SLUICE_SQL_SYNTAX assets/m/c.sql:1:11 The SQL of `m.c` does not parse.',
    ],
  ],
  [
    'a table as it was, in any spelling',
    [
      raw,
      sql('m.a', 'select id\nfrom raw.orders as of version 3'),
      sql('m.b', "from raw.orders at (timestamp => '2026-01-01') o"),
      sql('m.c', 'select id as of, id as version from raw.orders'),
    ],
    [
      'SLUICE_SQL_PAST assets/m/a.sql:2:6 `m.a` asks for `raw.orders` as it was.',
      'SLUICE_SQL_PAST assets/m/b.sql:1:6 `m.b` asks for `raw.orders` as it was.',
    ],
  ],
  [
    'two files of one name, whatever the letter case',
    [sql('m.a', 'select 1'), { ...sql('m.A', 'select 2'), at: at('assets/m/x/A.sql') }],
    ['SLUICE_ASSET_DUPLICATE assets/m/a.sql:1:1 Two files make `m.A`.'],
  ],
  [
    'a circle, named by its path',
    [sql('m.a', 'from m.b'), sql('m.b', 'from m.c'), sql('m.c', 'from m.a'), sql('m.d', 'from m.a')],
    ['SLUICE_GRAPH_CYCLE assets/m/a.sql:1:6 Assets read one another in a circle: m.a → m.b → m.c → m.a.'],
  ],
  [
    'an asset that reads itself',
    [sql('m.a', 'from m.A')],
    ['SLUICE_GRAPH_CYCLE assets/m/a.sql:1:6 `m.a` reads itself.'],
  ],
  [
    'a key, a partition and a check on columns that are not there',
    [
      raw,
      sql('m.a', 'select id, day from raw.orders', {
        key: ['idd'],
        partition: { ...day, column: 'dya' },
        checks: [check('unique', ['id', 'x'])],
      }),
    ],
    [
      'SLUICE_FACT_COLUMN assets/m/a.sql:1:1 `m.a` has no column `idd`, which its key names.',
      'SLUICE_FACT_COLUMN assets/m/a.sql:1:1 `m.a` has no column `dya`, which its partition names.',
      'SLUICE_FACT_COLUMN assets/m/a.sql:1:1 `m.a` has no column `x`, which its check `id,x unique` names.',
    ],
  ],
  [
    'writes that lack what they need',
    [
      sql('m.a', 'select 1 as id', { write: 'merge' }),
      sql('m.b', 'select 1 as id', { materialize: 'incremental' }),
      sql('m.c', 'select 1 as id', { write: 'replace-partition' }),
    ],
    [
      'SLUICE_WRITE_NEEDS assets/m/a.sql:1:1 `m.a` is written by `merge`, which needs a key.',
      'SLUICE_WRITE_NEEDS assets/m/b.sql:1:1 `m.b` is written by `merge`, which needs a key.',
      'SLUICE_WRITE_NEEDS assets/m/c.sql:1:1 `m.c` is written by `replace-partition`, which ' +
        'needs a partition.',
    ],
  ],
  [
    'facts that contradict each other, and a view that is loaded',
    [
      sql('m.a', 'select 1 as id', { materialize: 'view', write: 'append' }),
      ingest('raw.v', { materialize: 'view' }),
    ],
    [
      'SLUICE_WRITE_CONFLICT assets/m/a.sql:1:1 `m.a` says both `materialize view` and `write append`.',
      'SLUICE_WRITE_KIND assets/raw/v.ts:1:1 `raw.v` cannot be a view.',
    ],
  ],
  [
    'a declared type that the SQL does not make; other spellings of one type are the same',
    [
      sql('m.a', "select 1::bigint as id, 'x' as t, 1.5::numeric(9, 2) d", {
        columns: columns('id INT', 't text', 'd decimal(9,2)'),
      }),
    ],
    ['SLUICE_DECLARED_TYPE assets/m/a.sql:1:1 `m.a.id` is declared INT, but its SQL makes BIGINT.'],
  ],
  [
    'predicates and targets of checks, a pool without a size',
    [
      raw,
      sql('m.a', 'select id from raw.orders', {
        pool: 'smal',
        checks: [
          check('expression', [], { args: { predicate: 'amount > 0' }, at: at('assets/m/a.sql') }),
          check('not_null', ['id'], { where: 'idd > 3' }),
          check('min', ['id'], { where: 'id in (select customer from raw.orders)', args: { min: '0' } }),
          check('relationships', ['id'], { args: { asset: 'raw.customers', column: 'id' } }),
        ],
      }),
    ],
    [
      'SLUICE_SQL_COLUMN assets/m/a.sql:1:1 No column is called `amount`.',
      'SLUICE_SQL_COLUMN assets/m/a.sql:1:1 No column is called `idd`.',
      'SLUICE_POOL_UNKNOWN assets/m/a.sql:1:1 `m.a` takes slots of the pool `smal`, which has no size.',
      'SLUICE_REF_NOT_FOUND assets/m/a.sql:1:1 No asset is called `raw.customers`.',
    ],
  ],
]
test.each(wrong)('%s', async (_, given, expected) => {
  const { failures } = await compile(input(given, { pools: { small: 1 } }))
  expect(told(failures)).toEqual(expected)
})

test('near names are offered', async () => {
  const { failures } = await compile(
    input([raw, sql('m.a', 'select amonut from raw.orders'), sql('m.b', 'from orders')]),
  )
  expect(failures.map(({ fix }) => fix)).toEqual(['Did you mean `amount`?', 'Did you mean `raw.orders`?'])
})

test('what cannot be known offline is a note, once, and no error above it', async () => {
  const given = [
    sql('m.files', "select * from read_csv('x.csv')"),
    sql('m.above', 'select a.anything from m.files a'),
    ingest('raw.new'),
    sql('m.fresh', 'select anything from raw.new'),
    sql('m.direct', "from 'data/x.parquet'"),
  ]
  const { failures, notes, manifest } = await compile(input(given))
  expect(told(failures)).toEqual([])
  expect(notes.map(({ text }) => text)).toEqual([
    'The columns of `m.files` are not known offline: it reads files or the network, which ' +
      'are not looked at before it runs.',
  ])
  expect(manifest.assets.map(({ columns: known }) => known)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('child tables of split lists, history columns and checks in files are known to the binder', async () => {
  const given = [
    ingest('raw.orders', { key: ['id'], nested: 'split' }),
    sql('m.items', 'select sku from raw.orders__items'),
    sql('m.history', 'select id, amount from raw.orders', { write: 'scd2', key: ['id'] }),
    sql('m.current', 'select id, valid_from from m.history where is_current'),
  ]
  const checkFiles = [
    {
      name: 'good',
      at: at('checks/good.sql'),
      text: 'select 1 from m.current where id is null',
      severity: 'warn' as const,
    },
    {
      name: 'bad',
      at: at('checks/bad.sql'),
      text: 'select 1\nfrom m.current\nwhere amount < 0',
      severity: 'error' as const,
    },
  ]
  const known = { 'raw.orders': orders, 'raw.orders__items': columns('_parent_key VARCHAR', 'sku VARCHAR') }
  const { manifest, failures } = await compile(input(given, { known, checkFiles }))
  expect(told(failures)).toEqual(['SLUICE_SQL_COLUMN checks/bad.sql:3:7 No column is called `amount`.'])
  const types = manifest.assets.map(one => `${one.name}: ${one.columns?.map(({ type }) => type).join(' ')}`)
  expect(types).toContain('m.items: VARCHAR')
  expect(types).toContain('m.current: BIGINT TIMESTAMP WITH TIME ZONE')
  expect(manifest.projectChecks.map(({ name, reads, severity }) => [name, reads, severity])).toEqual([
    ['bad', ['m.current'], 'error'],
    ['good', ['m.current'], 'warn'],
  ])
})

describe('breaks', () => {
  const given: readonly Declaration[] = [
    ...shop,
    sql('m.filtered', 'select id\nfrom raw.orders\nwhere amount > 10 and customer = 1'),
    {
      ...sql('crm.export', ''),
      at: at('assets/crm/export.ts'),
      body: {
        kind: 'export',
        text: 'select customer, revenue from marts.top',
        connector: 'files',
        options: {},
      },
    },
    {
      ...ingest('m.scored'),
      body: { kind: 'rows', inputs: [{ as: 'orders', asset: 'staging.orders' }] },
      at: at('assets/m/scored.ts'),
    },
  ]
  const checkFiles = [
    {
      name: 'totals',
      at: at('checks/totals.sql'),
      text: 'select 1 from marts.revenue\nwhere revenue < 0',
      severity: 'error' as const,
    },
    {
      name: 'days',
      at: at('checks/days.sql'),
      text: 'select day from marts.revenue where day is null',
      severity: 'error' as const,
    },
  ]

  test('a column that goes: everything behind it, with its place', async () => {
    const { manifest, failures } = await compile(input(given, { lineage: true, checkFiles }))
    expect(told(failures)).toEqual([])
    const found = breaks(manifest, 'raw.orders', [
      { kind: 'missing column', column: 'amount', type: 'DECIMAL(18,3)' },
    ])
    const lines = found.map(
      one => `${one.kind} ${one.asset} ${one.name} ${one.at.file}:${one.at.line}:${one.at.column}`,
    )
    expect(lines).toEqual([
      'column staging.orders amount assets/staging/orders.sql:1:22',
      'rows staging.orders amount assets/staging/orders.sql:3:7',
      'column marts.revenue revenue assets/marts/revenue.sql:1:23',
      'column marts.revenue orders assets/marts/revenue.sql:2:3',
      'check marts.revenue revenue not_null assets/marts/revenue.sql:1:1',
      'check marts.revenue orders min assets/marts/revenue.sql:1:1',
      'column marts.top revenue assets/marts/top.sql:1:8',
      'column marts.top orders assets/marts/top.sql:1:8',
      'rows marts.top revenue assets/marts/top.sql:1:38',
      'export crm.export revenue assets/crm/export.ts:1:1',
      'rows m.filtered amount assets/m/filtered.sql:3:7',
      'code m.scored amount assets/m/scored.ts:1:1',
      'column marts.running total assets/marts/running.sql:1:13',
      'project check marts.revenue totals checks/totals.sql:2:7',
    ])
  })

  test('a new column breaks nothing; a retyped one is told with both types', async () => {
    const { manifest } = await compile(input(given, { lineage: true }))
    expect(breaks(manifest, 'raw.orders', [{ kind: 'new column', column: 'x', type: 'INTEGER' }])).toEqual([])
    const [first] = breaks(manifest, 'raw.orders', [
      { kind: 'type change', column: 'customer', from: 'INTEGER', to: 'VARCHAR' },
    ])
    expect(first?.words).toContain('is VARCHAR instead of INTEGER')
  })
})

test('sluice.d.ts: the rows of every asset, exact', async () => {
  const types =
    'id BIGINT|n INTEGER|amount DECIMAL(18,3)|at TIMESTAMP WITH TIME ZONE|ok BOOLEAN|raw ' +
    'BLOB|tags VARCHAR[]|grid INTEGER[2][]|s STRUCT(a BIGINT, "b c" VARCHAR[])|m ' +
    "MAP(VARCHAR, DOUBLE)|e ENUM('a', 'it''s')|odd name UUID"
  const known = {
    'raw.orders': types.split('|').map(spec => {
      const [, name = '', type = ''] = /^(odd name|\S+) (.*)$/.exec(spec) ?? []
      return { name, type, nullable: name !== 'id' }
    }),
  }
  const { manifest } = await compile(
    input([{ ...raw, body: { kind: 'source' }, facts: { ...none, doc: 'Orders.\nMore.' } }], { known }),
  )
  expect(declarations(manifest)).toMatchInlineSnapshot(`
    "// Written by \`sluice check\`: the rows of every asset, as its SQL or its contract makes them. Do not edit.
    export {}

    declare module 'sluice' {
      interface Assets {
        /** Orders. */
        "raw.orders": {
          id: bigint
          n: number | null
          amount: string | null
          at: string | null
          ok: boolean | null
          raw: Uint8Array | null
          tags: readonly (string | null)[] | null
          grid: readonly (readonly (number | null)[] | null)[] | null
          s: { a: bigint | null; "b c": readonly (string | null)[] | null } | null
          m: readonly { key: string; value: number | null }[] | null
          e: "a" | "it's" | null
          "odd name": string | null
        }
      }
    }
    "
  `)
})
