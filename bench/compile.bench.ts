import { compile } from '../src/compile/index.ts'
import { openAnalyzer } from '../src/engine/index.ts'
import type { Column, Declaration, Facts } from '../src/model/index.ts'
import { hash } from '../src/project/index.ts'
import type { Bench, Figure } from './bench.ts'

/** How long it takes to understand every query of a project; the graph alone is bench/graph. */
export const bench: Bench = {
  name: 'compile',
  gate: '1,000 SQL assets compiled in 1 s, the analyzer opened',
  run: queries,
}

const none: Facts = { key: [], tags: [], checks: [], columns: [] }

function declaration(name: string, body: Declaration['body']): Declaration {
  const at = { file: `assets/${name.replace('.', '/')}`, line: 1, column: 1, length: 1 }
  return { name, at, body, facts: none, code: name, spots: {} }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now()
  return [await work(), performance.now() - start]
}

const orders: readonly Column[] = [
  { name: 'id', type: 'BIGINT', nullable: false },
  { name: 'customer', type: 'INTEGER', nullable: true },
  { name: 'amount', type: 'DECIMAL(18,3)', nullable: true },
  { name: 'day', type: 'DATE', nullable: true },
]

function chain(count: number): readonly Declaration[] {
  const made = Array.from({ length: count }, (_, i) => {
    const from = i % 10 === 0 ? 'raw.orders' : `m.t${i - 1}`
    const text = `-- Step ${i}\nwith src as (select * from ${from} where id > ${i}), ranked as (
      select id, customer, amount, day, row_number() over (partition by day order by id) as n from src)
      select id, customer, amount, day from ranked where n = 1 -- tail\n`
    return declaration(`m.t${i}`, { kind: 'sql', text, origin: 'file' })
  })
  return [declaration('raw.orders', { kind: 'source' }), ...made]
}

async function queries(): Promise<readonly Figure[]> {
  const memo = { parsed: new Map(), bound: new Map() }
  const known = { 'raw.orders': orders }
  const [analyzer, openMs] = await timed(openAnalyzer)
  try {
    const given = { project: 'bench', declarations: chain(1000), checkFiles: [] }
    const input = { ...given, known, analyzer, hash, memo }
    const [first, coldMs] = await timed(() => compile(input))
    if (first.failures.length > 0) throw first.failures[0]
    const [, warmMs] = await timed(() => compile(input))
    const [, lineageMs] = await timed(() => compile({ ...input, lineage: true }))
    const all = openMs + coldMs
    return [
      {
        what: '1,000 SQL assets, analyzer opened and types told',
        figure: all,
        unit: 'ms',
        gate: { of: 'figure', atMost: 1000 },
      },
      { what: 'the same again, remembered', figure: warmMs, unit: 'ms' },
      { what: 'the same with column lineage', figure: lineageMs, unit: 'ms' },
    ]
  } finally {
    await analyzer.close()
  }
}
