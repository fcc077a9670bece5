import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChangePolicy, Check, Column, ContractPolicy } from '../model/index.ts'
import { defaultPolicy, readCheck, reconcile, type ReconcileRequest } from './index.ts'
import { holds, widen } from './types.ts'

let database: DuckDBInstance
let duck: DuckDBConnection

beforeAll(async () => {
  database = await DuckDBInstance.create(':memory:')
  duck = await database.connect()
})

afterAll(() => {
  duck.closeSync()
  database.closeSync()
})

async function rowsOf(sql: string): Promise<(string | null)[][]> {
  const reader = await duck.runAndReadAll(sql)
  return reader.getRows().map(row => row.map(value => (value === null ? null : String(value))))
}

/** Stage a query's rows as a load does, and say which columns were found. */
async function staged(sql: string): Promise<ReconcileRequest['loaded']> {
  await duck.run(`create or replace temp table staged as
    select *, 'orders.csv' as _source, row_number() over () as _position from (${sql})`)
  const found = await rowsOf('describe staged')
  const columns = found.map(([name, type]) => ({ name: name ?? '', type: type ?? '', nullable: true }))
  return { relation: 'staged', columns: columns.filter(column => !column.name.startsWith('_')) }
}

function column(name: string, type: string, nullable = true): Column {
  return { name, type, nullable }
}

const kept = {
  version: 3,
  columns: [column('id', 'BIGINT', false), column('amount', 'DECIMAL(9,2)'), column('day', 'DATE')],
  key: ['id'],
}

async function request(sql: string, more: Partial<ReconcileRequest> = {}): Promise<ReconcileRequest> {
  return {
    asset: 'raw.orders',
    kept,
    declared: [],
    key: ['id'],
    policy: defaultPolicy,
    loaded: await staged(sql),
    checks: [],
    nowMs: 0,
    ...more,
  }
}

function policy(change: Partial<ContractPolicy>): ContractPolicy {
  return { ...defaultPolicy, ...change }
}

/** What became of a load: the contract, and both sides of the sorting. */
async function outcome(asked: ReconcileRequest): Promise<object> {
  const found = reconcile(asked)
  if (found.failures.length > 0) return { failures: found.failures.map(failure => failure.code) }
  const counts = await rowsOf(found.countSql)
  return {
    contract: found.contract.columns
      .map(c => `${c.name} ${c.type}${c.nullable ? '' : ' not null'}`)
      .join(', '),
    version: found.contract.version,
    changes: found.changes.length,
    seen: found.differences.map(difference => `${difference.kind} ${difference.column}`),
    accepted: await rowsOf(found.acceptSql),
    refused: await rowsOf(`select "reason", "position", "raw" from (${found.refuseSql}) order by "position"`),
    byRule: Object.fromEntries(counts),
  }
}

const fine = `select * from (values (1, 10.5, '2026-01-01'::date), (2, null, null)) t(id, amount, day)`

test('the first load makes the contract; the same again changes nothing', async () => {
  const first = await request(fine, { kept: undefined })
  const made = reconcile(first)
  expect(made.contract).toEqual({
    version: 1,
    columns: [column('id', 'INTEGER', false), column('amount', 'DECIMAL(3,1)'), column('day', 'DATE')],
    key: ['id'],
  })
  expect([made.changes, made.differences]).toEqual([[], []])
  const again = reconcile({ ...first, kept: made.contract })
  expect([again.contract, again.changes]).toEqual([made.contract, []])
  const words = [{ ...column('amount', ''), doc: 'In euro.' }]
  const documented = reconcile({ ...first, kept: made.contract, declared: words }).contract
  expect([documented.version, documented.columns[1]?.doc]).toEqual([1, 'In euro.'])
  const keyless = reconcile({ ...first, kept: made.contract, key: [] }).contract
  expect([keyless.version, keyless.key]).toEqual([2, []])
  expect(await rowsOf(made.refuseSql)).toEqual([])
  expect(await rowsOf(made.acceptSql)).toEqual([
    ['1', '10.5', '2026-01-01'],
    ['2', null, null],
  ])
})

test('what a person declared outranks what was found, and rows have to fit it', async () => {
  const text = `select * from (values ('1', '10.50'), ('2', '1.005'), ('x', '3'), (null, '4')) t(id, amount)`
  const declared = [column('id', 'bigint'), column('amount', 'numeric(9,2)')]
  const found = await outcome(
    await request(text, { kept: undefined, declared, policy: policy({ onTypeChange: 'fail' }) }),
  )
  expect(found).toEqual({
    contract: 'id BIGINT not null, amount DECIMAL(9,2)',
    version: 1,
    changes: 0,
    seen: [],
    accepted: [['1', '10.50']],
    refused: [
      ['amount does not fit DECIMAL(9,2)', '2', '{"id":"2","amount":"1.005"}'],
      ['id does not fit BIGINT', '3', '{"id":"x","amount":"3"}'],
      ['id is NULL and part of the key', '4', '{"id":null,"amount":"4"}'],
    ],
    byRule: { 'null in id': '1', 'type of amount': '1', 'type of id': '1' },
  })
})

describe('the four policies per kind of change', () => {
  const cases: readonly [
    kind: keyof ContractPolicy,
    rows: string,
    expected: {
      readonly [policy in ChangePolicy]:
        | readonly [contract: string, version: number, accepted: number, refused: number]
        | string
    },
  ][] = [
    [
      'onNewColumn',
      `${fine.replace('t(id', 't(ID')}, (values ('a'), (null)) u(note)`,
      {
        add: ['id BIGINT not null, amount DECIMAL(9,2), day DATE, note VARCHAR', 4, 4, 0],
        ignore: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 4, 0],
        quarantine: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 2, 2],
        fail: 'SLUICE_CONTRACT_NEW_COLUMN',
      },
    ],
    [
      'onTypeChange',
      `select * from (values (1, 10.555, '2026-01-01'::date), (2, 7.5, null)) t(id, amount, day)`,
      {
        add: ['id BIGINT not null, amount DECIMAL(10,3), day DATE', 4, 2, 0],
        ignore: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 2, 0],
        quarantine: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 1, 1],
        fail: 'SLUICE_CONTRACT_TYPE',
      },
    ],
    [
      'onMissing',
      'select * from (values (1, 10.5), (2, 7.5)) t(id, amount)',
      {
        add: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 2, 0],
        ignore: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 2, 0],
        quarantine: ['id BIGINT not null, amount DECIMAL(9,2), day DATE', 3, 0, 2],
        fail: 'SLUICE_CONTRACT_MISSING',
      },
    ],
  ]
  test.each(
    cases.flatMap(([kind, rows, expected]) =>
      Object.entries(expected).map(([action, want]) => ({
        kind,
        action: action as ChangePolicy,
        rows,
        want,
      })),
    ),
  )('$kind: $action', async ({ kind, action, rows, want }) => {
    const asked = await request(rows.replaceAll('10.555', '10.555::decimal(6,3)'), {
      policy: policy({ [kind]: action }),
    })
    const found = reconcile(asked)
    if (typeof want === 'string') {
      expect(found.failures.map(failure => failure.code)).toEqual([want])
      return
    }
    const accepted = await rowsOf(found.acceptSql)
    const refused = await rowsOf(found.refuseSql)
    const contract = found.contract.columns
      .map(c => `${c.name} ${c.type}${c.nullable ? '' : ' not null'}`)
      .join(', ')
    expect([contract, found.contract.version, accepted.length, refused.length]).toEqual(want)
    expect(found.differences.length).toBe(1)
    expect(found.changes.length).toBe(found.contract.version - kept.version)
  })

  test('onNull: rows are refused, let through, or stop the load; a key never lets through', async () => {
    const strict = { ...kept, columns: kept.columns.map(c => ({ ...c, nullable: false })) }
    const rows = `select * from (values (1, null, '2026-01-01'::date), (null, 2.5, '2026-01-01'),
      (3, 4.5, '2026-01-01')) t(id, amount, day)`
    const told = async (onNull: ChangePolicy): Promise<unknown> => {
      const found = reconcile(await request(rows, { kept: strict, policy: policy({ onNull }) }))
      const demands = found.demands.map(
        async ({ sql, failure }) => failure(Number((await rowsOf(sql))[0]?.[0])).title,
      )
      return [
        (await rowsOf(found.acceptSql)).map(([id]) => id),
        (await rowsOf(found.refuseSql)).map(([reason]) => reason),
        await Promise.all(demands),
      ]
    }
    const key = 'id is NULL and part of the key'
    expect(await told('quarantine')).toEqual([['3'], ['amount is NULL', key], []])
    expect(await told('ignore')).toEqual([['1', '3'], [key], []])
    expect(await told('fail')).toEqual([
      ['1', '3'],
      [key],
      ['1 row for `raw.orders` is NULL where its contract allows none.'],
    ])
  })

  test('a load without columns, as of a generator that yielded nothing, changes nothing', async () => {
    await duck.run('create or replace temp table nothing(_source VARCHAR, _position BIGINT)')
    const asked = { ...(await request(fine)), loaded: { relation: 'nothing', columns: [] } }
    expect(await outcome(asked)).toMatchObject({ version: 3, seen: [], accepted: [], refused: [] })
    await duck.run("insert into nothing values ('a.json', 1)")
    const key = 'id is NULL and part of the key'
    expect(await outcome(asked)).toMatchObject({ accepted: [], refused: [[key, '1', '{}']] })
  })

  test('a missing key column stops the load whatever the policy', async () => {
    const asked = await request('select 1.5 as amount, null::date as day', {
      policy: policy({ onMissing: 'ignore' }),
    })
    expect(await outcome(asked)).toEqual({ failures: ['SLUICE_CONTRACT_MISSING'] })
  })

  test('onMissing: add loosens the promise, and says so once', async () => {
    const strict = { ...kept, columns: [...kept.columns.slice(0, 2), column('day', 'DATE', false)] }
    const asked = await request('select 1 as id, 1.5 as amount', {
      kept: strict,
      policy: policy({ onMissing: 'add' }),
    })
    const found = reconcile(asked)
    expect(found.contract.columns.at(-1)).toEqual(column('day', 'DATE'))
    expect(found.changes).toEqual([{ kind: 'missing column', column: 'day', type: 'DATE' }])
    expect(reconcile({ ...asked, kept: found.contract }).changes).toEqual([])
  })
})

test('checks of severity quarantine refuse rows, once, with the rule; the others do not', async () => {
  const checks = ['between 0 100 quarantine', 'max 5 warn', 'in 1 2 3 4 quarantine where (id > 1)'].map(
    (fact): Check => {
      const [name = '', ...words] = fact.split(' ')
      const read = readCheck(name, words.join(' '), name === 'in' ? 'id' : 'amount')
      if (!read.ok) expect.fail(read.words)
      return read.check
    },
  )
  const rows = `select * from (values ('1', '200', null), ('2', '50', null), ('9', '500', null),
    ('8', null, null),    ('x', '500', null), ('0', null, 'raw')) t(id, amount, raw)`
  const found = await outcome(
    await request(rows, {
      checks,
      kept: { ...kept, columns: [...kept.columns.slice(0, 2), column('raw', 'VARCHAR')] },
    }),
  )
  expect(found).toMatchObject({
    accepted: [
      ['2', '50.00', null],
      ['0', null, 'raw'],
    ],
    refused: [
      ['not: amount between 0 and 100', '1', '{"id":"1","amount":"200","raw":null}'],
      ['not: amount between 0 and 100', '3', '{"id":"9","amount":"500","raw":null}'],
      ['not: id in 1 2 3 4, where id > 1', '4', '{"id":"8","amount":null,"raw":null}'],
      ['id does not fit BIGINT', '5', '{"id":"x","amount":"500","raw":null}'],
    ],
    byRule: { 'amount between': '2', 'id in where id > 1': '1', 'type of id': '1' },
  })
  const wrong = reconcile({
    ...(await request(rows)),
    checks: checks.map(check => ({ ...check, columns: ['nope'] })),
  })
  expect(wrong.failures.map(failure => failure.code)).toEqual([
    'SLUICE_CONTRACT_MISSING',
    'SLUICE_CHECK_UNFIT',
    'SLUICE_CHECK_UNFIT',
  ])
})

test('unreadable rows join the refused, extra items the accepted', async () => {
  await duck.run(`create or replace temp table broken as
    select 'ragged' as reason, 'columns' as rule, 'a.csv' as source, 7 as position, '1;2;3' as raw`)
  const asked = await request(fine)
  const found = reconcile({
    ...asked,
    loaded: { ...asked.loaded, unreadable: 'broken', extra: ['"_source"'] },
  })
  expect(await rowsOf(found.refuseSql)).toEqual([['ragged', 'columns', 'a.csv', '7', '1;2;3']])
  expect((await rowsOf(found.acceptSql))[0]).toEqual(['1', '10.50', '2026-01-01', 'orders.csv'])
})

test('raw keeps every digit, and names that need quotes', async () => {
  const rows = `select 9007199254740993::bigint as id,
    12345678901234567890.123456789::decimal(38,9) as "a""b'c", 'nan'::double as f, 0.1::double as g,
    {'x': [1, null]} as nested, '2026-01-01 00:00:00.000001'::timestamp as at`
  const asked = await request(rows, { kept: undefined, checks: [] })
  const declared = [column('f', 'BIGINT')]
  const [refused] = await rowsOf(reconcile({ ...asked, declared }).refuseSql)
  expect(refused?.[4]).toBe(
    `{"id":9007199254740993,"a\\"b'c":12345678901234567890.123456789,"f":"nan","g":0.1,` +
      `"nested":{"x":[1,null]},"at":"2026-01-01 00:00:00.000001"}`,
  )
})

describe('a value fits a type if the cast loses nothing', () => {
  const cases: readonly [from: string, to: string, fits: readonly string[], misfits: readonly string[]][] = [
    [
      'VARCHAR',
      'BIGINT',
      ['1', ' -7 ', '+3', '9223372036854775807', '5.00'],
      ['', 'x', '1.5', '1e3', '0x1F', '1_000', '9223372036854775808'],
    ],
    [
      'VARCHAR',
      'DECIMAL(5,2)',
      ['1', '-1.5', '.25', '999.99', '1.500'],
      ['1.005', '1000', '1e-4', 'nan', '.'],
    ],
    ['VARCHAR', 'DOUBLE', ['1', '1e3', 'nan', '-inf'], ['', 'one']],
    [
      'VARCHAR',
      'DATE',
      ['2026-01-31', '2026/01/31'],
      ['2026-02-30', '31.01.2026', '2026-01-31 10:00:00', 'today'],
    ],
    [
      'VARCHAR',
      'TIMESTAMP',
      ['2026-01-31', '2026-01-31 10:00:00.123456', '2026-01-31T10:00:00Z'],
      ['2026-01-31 10:00:00+02', '2026-01-31 10:00:00.1234567', '2026-01-31 10:00:00 Europe/Berlin', 'x'],
    ],
    ['VARCHAR', 'TIMESTAMP_S', ['2026-01-31 10:00:00'], ['2026-01-31 10:00:00.5']],
    [
      'VARCHAR',
      'TIMESTAMP WITH TIME ZONE',
      ['2026-01-31 10:00:00+02', '2026-01-31T10:00:00Z'],
      ['2026-01-31 10:00:00.1234567Z', 'x'],
    ],
    ['VARCHAR', 'BOOLEAN', ['true', 'false'], ['maybe']],
    ['VARCHAR', 'UUID', ['01234567-89ab-cdef-0123-456789abcdef'], ['0123']],
    ['DOUBLE', 'BIGINT', ['1', '-3'], ['1.5', 'nan', '1e300']],
    ['BIGINT', 'DOUBLE', ['9007199254740992'], ['9007199254740993']],
    ['BIGINT', 'INTEGER', ['2147483647'], ['2147483648']],
    ['DECIMAL(9,3)', 'DECIMAL(9,2)', ['1.500'], ['1.505']],
    ['DECIMAL(9,3)', 'INTEGER', ['2.000'], ['2.001']],
    ['TIMESTAMP', 'DATE', ['2026-01-31 00:00:00'], ['2026-01-31 00:00:01']],
    ['HUGEINT', 'BIGINT', ['1'], ['9223372036854775808']],
  ]
  test.each(cases)('%s to %s', async (...[from, to, fits, misfits]) => {
    for (const value of [...fits, ...misfits]) {
      const asked = await request(`select '${value}'::${from} as v`, {
        kept: { version: 1, columns: [column('v', to)], key: [] },
        key: [],
        policy: policy({ onTypeChange: 'quarantine' }),
      })
      const found = reconcile(asked)
      expect([value, (await rowsOf(found.acceptSql)).length]).toEqual([value, fits.includes(value) ? 1 : 0])
      expect([value, (await rowsOf(found.refuseSql)).length]).toEqual([value, fits.includes(value) ? 0 : 1])
    }
  })
})

test('what one type is said to hold of another, it holds: the extremes come back unchanged', async () => {
  const extremes: readonly [type: string, values: readonly string[]][] = [
    ['TINYINT', ['-128', '127']],
    ['UTINYINT', ['0', '255']],
    ['SMALLINT', ['-32768', '32767']],
    ['INTEGER', ['-2147483648', '2147483647']],
    ['UINTEGER', ['4294967295']],
    ['BIGINT', ['-9223372036854775808', '9223372036854775807']],
    ['UBIGINT', ['18446744073709551615']],
    ['HUGEINT', ['-170141183460469231731687303715884105728', '170141183460469231731687303715884105727']],
    ['DECIMAL(4,2)', ['-99.99', '99.99']],
    ['DECIMAL(18,3)', ['-999999999999999.999', '0.001']],
    ['DECIMAL(38,0)', ['99999999999999999999999999999999999999']],
    ['FLOAT', ['0.1', '3.4e38', 'nan']],
    ['DOUBLE', ['0.1', '1e308', '5e-324']],
    ['DATE', ['0001-01-01', '9999-12-31']],
    ['TIMESTAMP_S', ['2026-01-01 00:00:01']],
    ['TIMESTAMP_MS', ['2026-01-01 00:00:00.001']],
    ['TIMESTAMP', ['1969-12-31 23:59:59.999999']],
    ['TIMESTAMP WITH TIME ZONE', ['2026-01-01 00:00:00.000001+00']],
    ['BOOLEAN', ['true']],
    ['UUID', ['01234567-89ab-cdef-0123-456789abcdef']],
    ['VARCHAR', ['x']],
  ]
  for (const [from, values] of extremes) {
    for (const [to] of extremes) {
      const wide = widen(from, to)
      if (wide !== undefined)
        expect([from, to, holds(wide, from), holds(wide, to)]).toEqual([from, to, true, true])
      if (!holds(to, from)) continue
      // DuckDB casts TIMESTAMP_S and TIMESTAMP_MS to each other's wider one only; TIMESTAMP tells them
      // apart as well.
      const back = from.startsWith('TIMESTAMP_') ? 'TIMESTAMP' : from
      const same = values.map(
        v => `(('${v}'::${from})::${to})::${back} is not distinct from ('${v}'::${from})::${back}`,
      )
      expect([from, to, await rowsOf(`select ${same.join(' and ')}`)]).toEqual([from, to, [['true']]])
    }
  }
  const pairs = [
    ['INTEGER', 'BIGINT', 'BIGINT'],
    ['UTINYINT', 'TINYINT', 'SMALLINT'],
    ['BIGINT', 'UBIGINT', 'HUGEINT'],
    ['BIGINT', 'DECIMAL(10,2)', 'DECIMAL(21,2)'],
    ['DECIMAL(10,4)', 'DECIMAL(12,2)', 'DECIMAL(14,4)'],
    ['INTEGER', 'FLOAT', 'DOUBLE'],
    ['DATE', 'TIMESTAMP', 'TIMESTAMP'],
    ['BIGINT', 'DOUBLE', undefined],
    ['HUGEINT', 'DECIMAL(10,2)', undefined],
    ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', undefined],
    ['BIGINT', 'VARCHAR', 'VARCHAR'],
  ] as const
  for (const [a, b, wide] of pairs) expect([a, b, widen(a, b), widen(b, a)]).toEqual([a, b, wide, wide])
})

test('accepted and refused make up the input, for any rows, contracts and policies', async () => {
  const types = ['VARCHAR', 'BIGINT', 'INTEGER', 'DECIMAL(9,2)', 'DOUBLE', 'DATE', 'TIMESTAMP', 'BOOLEAN']
  const value = fc.constantFrom(
    '1',
    '-2.5',
    '2.345',
    '1e30',
    '2026-01-31',
    '2026-01-31 10:00:00',
    'x',
    '',
    'true',
    null,
  )
  const columns = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('id', 'A', 'b c', 'raw', 'source', 'n'),
      type: fc.constantFrom(...types),
      nullable: fc.boolean(),
    }),
    { selector: c => c.name, minLength: 1, maxLength: 4 },
  )
  const action = fc.constantFrom<ChangePolicy>('add', 'ignore', 'quarantine')
  const policies = fc.record({ onNewColumn: action, onTypeChange: action, onMissing: action, onNull: action })
  const check = fc.constantFrom('between 0 2', 'not_null', 'in 1 2', 'expression "id" is not null')
  await fc.assert(
    fc.asyncProperty(
      fc.record({ found: columns, contract: fc.option(columns), policies, check, key: fc.boolean() }),
      fc.array(fc.array(value, { minLength: 4, maxLength: 4 }), { maxLength: 6 }),
      async ({ found, contract, policies: chosen, check: fact, key }, rows) => {
        const fields = found.map(({ name, type }, i) => `try_cast(c${i} as ${type}) as "${name}"`)
        const text = (v: string | null): string => (v === null ? 'null' : `'${v}'`)
        const values = [
          `(${Array(4).fill('null::varchar').join(', ')})`,
          ...rows.map(r => `(${r.map(text).join(', ')})`),
        ]
        const asked = await request(
          `select ${fields.join(', ')} from (values ${values.join(', ')}) t(c0, c1, c2, c3)`,
          {
            kept: contract === null ? undefined : { version: 1, columns: contract, key: [] },
            key: key && found.some(c => c.name === 'id') ? ['id'] : [],
            policy: chosen,
          },
        )
        const [name = '', ...words] = fact.split(' ')
        const target = (contract ?? found)[0]
        const read = readCheck(name, `${words.join(' ')} quarantine`, target?.name)
        const all = reconcile({ ...asked, checks: read.ok ? [read.check] : [] })
        const unfit =
          all.failures.length > 0 ||
          (name === 'expression' && !all.contract.columns.some(c => c.name === 'id'))
        const sorted = unfit ? reconcile(asked) : all
        const count = async (sql: string): Promise<number> =>
          Number((await rowsOf(`select count(*) from (${sql})`))[0]?.[0])
        expect(sorted.failures).toEqual([])
        expect((await count(sorted.acceptSql)) + (await count(sorted.refuseSql))).toBe(rows.length + 1)
        const counted = await rowsOf(`select coalesce(sum(rows), 0) from (${sorted.countSql})`)
        expect(Number(counted[0]?.[0])).toBe(await count(sorted.refuseSql))
        const described = await rowsOf(`describe ${sorted.acceptSql}`)
        expect(described.map(([n, t]) => [n, t])).toEqual(sorted.contract.columns.map(c => [c.name, c.type]))
      },
    ),
    { numRuns: 300 },
  )
})
