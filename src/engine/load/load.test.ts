import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Batch, FileFormat, FileOptions, LoadRequest, Store } from '../../connect/index.ts'
import { duckdb } from '../../connectors/duckdb/index.ts'

let folder: string
let store: Store
const signal = new AbortController().signal

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-load-'))
  const context = {
    root: folder,
    memoryBytesMax: 512 * 1024 ** 2,
    mode: 'write',
    tempDir: join(folder, 'temp'),
    signal,
  } as const
  store = await duckdb('raw.duckdb').open(context)
})
afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

type Given = { readonly [file: string]: string | Uint8Array }
type How = Partial<LoadRequest> & { readonly format?: FileFormat; readonly options?: FileOptions }

/** Load the files and show what came of them: types, rows, refused rows as `position rule: reason`. */
async function loaded(given: Given, { format = 'csv', options = {}, ...request }: How = {}) {
  const files = []
  for (const [name, content] of Object.entries(given)) {
    await writeFile(join(folder, name), content)
    files.push({ path: join(folder, name), name, sizeBytes: content.length })
  }
  return show([{ kind: 'files', format, files, options }], request)
}

async function show(batches: readonly Batch[], request: Partial<LoadRequest> = {}) {
  const work = await store.begin({ asset: 'raw.x', effect: 'x', keyed: true, signal })
  try {
    const found = await work.load(
      (async function* () {
        yield* batches
      })(),
      { columns: undefined, detect: 'types', nested: 'keep', ...request },
    )
    const { rows } = await work.query(`select * from ${found.relation}`)
    const bad = await work.query(`select position, rule, reason, raw from ${found.unreadable.relation}`)
    expect(found.rowsIn).toBe(rows.length + bad.rows.length)
    expect(found.unreadable.rows).toBe(bad.rows.length)
    return {
      types: found.columns.map(({ name, type }) => `${name} ${type}`).join(', '),
      rows: rows.map(row => row.join('|')),
      refused: bad.rows.map(([position, rule, reason]) => `${position} ${rule}: ${reason}`).sort(),
      raw: bad.rows.map(([, , , raw]) => raw).sort(),
    }
  } finally {
    await work.abandon()
  }
}

const contract = [
  { name: 'id', type: 'BIGINT', nullable: true },
  { name: 'name', type: 'VARCHAR', nullable: true },
  { name: 'amount', type: 'DECIMAL(9,2)', nullable: true },
]

test('CSV: what cannot be cut into cells or does not fit its type is refused with its line', async () => {
  const text =
    'id,name,amount\n1,"a\nb",1.50\nx,b,2\n3,c\n4,d,5,6\n5,"un"q,7\n7.6,f,\n8,g,1.239\n9,,3.000\n10,"","" \n'
  const { rows, refused, raw } = await loaded({ 'bad.csv': text }, { columns: contract })
  expect(rows).toEqual(['1|a\nb|1.50|bad.csv|2', '9||3.00|bad.csv|9', '10|||bad.csv|10'])
  expect(refused).toMatchInlineSnapshot(`
    [
      "3 type: id is not a BIGINT",
      "4 columns: 3 columns expected, 2 found",
      "5 columns: 3 columns expected, 4 found",
      "6 quotes: a quote is not closed, or text follows it",
      "7 type: id is not a BIGINT",
      "8 type: amount is not a DECIMAL(9,2)",
    ]
  `)
  expect(raw).toContain('3,c')
  expect(raw).toContain('{"id":"8","name":"g","amount":"1.239"}')
})

test('CSV: lines that are no text of the encoding, too long or never closed', async () => {
  const latin = await loaded({ 'latin.csv': Buffer.from('id,name\n1,caf\xe9\n2,b\n', 'latin1') })
  expect([latin.rows, latin.refused]).toMatchInlineSnapshot(`
    [
      [
        "2|b|latin.csv|3",
      ],
      [
        "2 encoding: the line is not valid in the encoding of the file",
      ],
    ]
  `)
  const told = await loaded(
    { 'told.csv': Buffer.from('id,name\n1,caf\xe9\n', 'latin1') },
    { options: { encoding: 'latin-1' } },
  )
  expect(told.rows).toEqual(['1|café|told.csv|2'])
  const long = await loaded(
    { 'long.csv': `id,name\n1,${'x'.repeat(200_000)}\n2,b\n` },
    { options: { lineBytesMax: 100_000 } },
  )
  expect([long.rows, long.refused]).toMatchInlineSnapshot(`
    [
      [
        "2|b|long.csv|3",
      ],
      [
        "2 line too long: the line is longer than the limit",
      ],
    ]
  `)
  const fits = await loaded({ 'fits.csv': `id,name\n1,${'x'.repeat(10_000_000)}\n2,b\n` })
  expect(fits.rows.map(row => row.length)).toEqual([10_000_013, 14])
  const open = await loaded({ 'open.csv': 'id,name\n1,"abc\n2,b\n' })
  expect([open.rows, open.refused]).toMatchInlineSnapshot(`
    [
      [],
      [
        "2 quotes: a quote is not closed, or text follows it",
      ],
    ]
  `)
})

test('CSV: types are told from the text, and never lose any of it', async () => {
  const header = 'zip,n,big,huge,price,exact,day,at,zoned,flag,us,empty'
  const one = [
    '00501,1,9007199254740993,170141183460469231731687303715884105727,1.5,12345678901234567.123',
    '2024-02-29,2024-01-01 10:00:00.123456,2024-01-01T10:00:00+02:00,true,03/04/2020,',
  ].join(',')
  const two = '10001,-2,0,5,2,0.5,1969-12-31,2024-01-01T10:00:00,2024-01-01T10:00:00Z,false,12/24/2020,'
  const { types, rows } = await loaded({ 'types.csv': `${header}\n${one}\n${two}\n` })
  expect(types.split(', ')).toMatchInlineSnapshot(`
    [
      "zip VARCHAR",
      "n BIGINT",
      "big BIGINT",
      "huge HUGEINT",
      "price DOUBLE",
      "exact DECIMAL(38,3)",
      "day DATE",
      "at TIMESTAMP",
      "zoned TIMESTAMP WITH TIME ZONE",
      "flag BOOLEAN",
      "us VARCHAR",
      "empty VARCHAR",
    ]
  `)
  expect(rows[0]?.split('|')).toMatchInlineSnapshot(
    `
    [
      "00501",
      "1",
      "9007199254740993",
      "170141183460469231731687303715884105727",
      "1.5",
      "12345678901234567.123",
      "2024-02-29",
      "2024-01-01T10:00:00.123456",
      "2024-01-01T08:00:00Z",
      "true",
      "03/04/2020",
      "",
      "types.csv",
      "2",
    ]
  `,
  )
  const text = await loaded({ 'text.csv': 'a,b\n1,2\n' }, { detect: 'text' })
  expect(text.types).toBe('a VARCHAR, b VARCHAR')
})

test('CSV: NULL is not the empty text, and an empty cell of a number is NULL, quoted or not', async () => {
  const { rows } = await loaded(
    { 'null.csv': '"id","name","amount"\n"1","",""\n"2",,\n' },
    { columns: contract },
  )
  const work = await show([], { columns: contract })
  expect(work.rows).toEqual([])
  expect(rows).toEqual(['1|||null.csv|2', '2|||null.csv|3'])
  const nulls = await store.begin({ asset: 'raw.x', effect: 'n', keyed: true, signal })
  const files = [{ path: join(folder, 'null.csv'), name: 'null.csv', sizeBytes: 1 }]
  const found = await nulls.load(
    (async function* (): AsyncGenerator<Batch> {
      yield { kind: 'files', format: 'csv', files, options: {} }
    })(),
    { columns: contract, detect: 'types', nested: 'keep' },
  )
  expect((await nulls.query(`select name is null from ${found.relation}`)).rows).toEqual([
    ['false'],
    ['true'],
  ])
  await nulls.abandon()
})

test('CSV: files of different shape, packed or not, are one relation by column name', async () => {
  const { types, rows } = await loaded({
    'a.csv': 'id,name\n1,a\n',
    'b.csv.gz': gzipSync('name;id\nb;2\n'),
    'c.csv.zst': zstdCompressSync('id,extra\n3.5,x\n'),
    'd.csv': '\ufeffid,name\r\n4,d\r\n',
    'empty.csv': '',
    'header.csv': 'id,name\n',
    'odd.csv': '"i""d",_source,ID,id\n1,2,3,4\n',
  })
  expect(types).toMatchInlineSnapshot(
    `"id DOUBLE, name VARCHAR, extra VARCHAR, i"d BIGINT, _source_1 BIGINT, id_1 BIGINT"`,
  )
  expect(rows).toMatchInlineSnapshot(`
    [
      "1|a|||||a.csv|2",
      "4|d|||||d.csv|2",
      "2|b|||||b.csv.gz|2",
      "3.5||x||||c.csv.zst|2",
      "3|||1|2|4|odd.csv|2",
    ]
  `)
})

test('CSV: positions are right over many buffers, with refused lines between', async () => {
  const lines = Array.from({ length: 300_000 }, (_, i) =>
    i % 1000 === 7 ? `${i + 2}` : `${i + 2},${'v'.repeat(i % 50)}`,
  )
  await writeFile(join(folder, 'many.csv'), `line,v\n${lines.join('\n')}\n`)
  const work = await store.begin({ asset: 'raw.x', effect: 'p', keyed: true, signal })
  const files = [{ path: join(folder, 'many.csv'), name: 'many.csv', sizeBytes: 1 }]
  const found = await work.load(
    (async function* (): AsyncGenerator<Batch> {
      yield { kind: 'files', format: 'csv', files, options: {} }
    })(),
    { columns: undefined, detect: 'types', nested: 'keep' },
  )
  expect(found.rowsIn).toBe(300_000)
  const wrong = await work.query(`select count(*) from ${found.relation} where line <> _position`)
  const misplaced = await work.query(
    `select count(*), count(case when position <> raw then 1 end) from ${found.unreadable.relation}`,
  )
  expect([wrong.rows, misplaced.rows]).toEqual([[['0']], [['300', '0']]])
  await work.abandon()
})

test('NDJSON: broken lines and values that do not fit are refused; big numbers keep their digits', async () => {
  const lines = [
    '{"id":9007199254740993,"h":170141183460469231731687303715884105727,"d":12345678901234567890.123456789}',
    '{"id":1',
    '',
    '{"id":"4x"}',
    '{"id":7.6}',
    '[1]',
    '{"id":5,"Id":6}',
  ]
  const { types, rows, refused } = await loaded(
    { 'l.ndjson': `${lines.join('\n')}\n` },
    { format: 'ndjson', columns: contract },
  )
  expect([types, rows, refused]).toMatchInlineSnapshot(`
    [
      "id BIGINT, h HUGEINT, d DECIMAL(38,9), Id_1 BIGINT",
      [
        "9007199254740993|170141183460469231731687303715884105727|12345678901234567890.123456789||l.ndjson|1",
        "5|||6|l.ndjson|7",
      ],
      [
        "2 json: the line is not a JSON object",
        "4 type: id is not a BIGINT",
        "5 type: id is not a BIGINT",
        "6 json: the line is not a JSON object",
      ],
    ]
  `)
})

test('JSON: arrays, records at a path, packed; nested values keep their shape', async () => {
  const array = await loaded(
    { 'a.json': '[{"id":1,"s":{"a":[1,null]}},\n{"id":2,"m":[1,"x"]}]' },
    { format: 'json' },
  )
  expect([array.types, array.rows]).toMatchInlineSnapshot(`
    [
      "id BIGINT, s STRUCT(a BIGINT[]), m JSON[]",
      [
        "1|{"a":[1,null]}||a.json|1",
        "2||["1","\\"x\\""]|a.json|2",
      ],
    ]
  `)
  const inside = { 'b.json.gz': gzipSync('{"data":{"items":[{"id":1},{"id":2}]},"next":3}') }
  const path = await loaded(inside, { format: 'json', options: { records: 'data.items' } })
  expect(path.rows).toEqual(['1|b.json.gz|1', '2|b.json.gz|2'])
})

test('a file that cannot be read at all is a failure that names it', async () => {
  const cut = loaded({ 'cut.json': '[{"id":1},{"id":' }, { format: 'json' })
  await expect(cut).rejects.toMatchObject({
    code: 'SLUICE_FILE_BROKEN',
    title: '`cut.json` cannot be read as JSON.',
  })
  const parquet = loaded({ 'no.parquet': 'PAR1 is not enough' }, { format: 'parquet' })
  await expect(parquet).rejects.toMatchObject({ code: 'SLUICE_FILE_BROKEN' })
  const html = loaded({ 'page.ndjson': Buffer.from([0xff, 0xfe, 0x00, 0x0a]) }, { format: 'ndjson' })
  await expect(html).rejects.toMatchObject({ code: 'SLUICE_FILE_BROKEN' })
})

test('an empty file is no table without a contract, and one without rows with it', async () => {
  const empty = loaded({ 'nothing.csv': '' })
  await expect(empty).rejects.toMatchObject({ code: 'SLUICE_FILE_EMPTY', title: '`nothing.csv` is empty.' })
  const known = await loaded({ 'nothing.csv': '' }, { columns: contract })
  expect([known.types, known.rows]).toEqual(['id BIGINT, name VARCHAR, amount DECIMAL(9,2)', []])
})

test('column batches: typed arrays and text, with NULLs', async () => {
  const { types, rows, refused } = await show([
    {
      kind: 'columns',
      names: ['i', 'd', 'b', '_source'],
      rows: 3,
      columns: [
        { type: 'INTEGER', values: Int32Array.of(1, 2, 3), nulls: Uint8Array.of(0, 1, 0) },
        { type: 'DECIMAL(38,9)', values: ['1.123456789', null, 'x'] },
        { type: 'BIGINT', values: BigInt64Array.of(2n ** 62n, 2n, 3n) },
        { type: 'VARCHAR', values: ['', null, 'z'] },
      ],
    },
  ])
  expect([types, rows, refused]).toMatchInlineSnapshot(`
    [
      "i INTEGER, d DECIMAL(38,9), b BIGINT, _source_1 VARCHAR",
      [
        "1|1.123456789|4611686018427387904|||1",
        "||2|||2",
      ],
      [
        "3 type: d is not a DECIMAL(38,9)",
      ],
    ]
  `)
})
