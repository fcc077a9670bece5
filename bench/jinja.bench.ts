import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { memoryUsage } from 'node:process'
import { callable, Dict, language, type Template, type Value } from '../src/jinja/index.ts'
import { pythonWith } from '../test/servers/install.ts'
import type { Bench, Figure } from './bench.ts'
import { templates } from './jinja.templates.ts'

/** A project of a thousand models. */
const count = 1_000
/** As many as the public dbt projects hold that this was first measured over. */
const heldCount = 15_000
const rounds = 40
const pythonRounds = 10

const scope = new Map<string, Value>([
  ['ref', callable('ref', 'name', ([name]) => `main.${String(name)}`)],
  ['source', callable('source', 'source, name', ([source, name]) => `${String(source)}.${String(name)}`)],
  ['config', callable('config', '**options', () => '')],
  ['var', callable('var', 'name, default=None', ([, otherwise]) => otherwise)],
  ['is_incremental', callable('is_incremental', '', () => true)],
  ['this', 'main.this'],
  [
    'target',
    Dict.of([
      ['type', 'duckdb'],
      ['name', 'dev'],
    ]),
  ],
])

/** Texts of which no two are the same, so that no cache of the engine's counts. */
function texts(from: number, many: number): readonly string[] {
  return Array.from({ length: many }, (_, i) =>
    (templates[i % templates.length] ?? '').replaceAll('@', String(from + i)),
  )
}

type Spent = { readonly compiling: number; readonly rendering: number; readonly digest: string }

function theirs(given: readonly string[]): Spent {
  const script = join(import.meta.dirname, 'jinja.jinja2.py')
  const done = spawnSync(pythonWith(['jinja2==3.1.6', 'markupsafe==3.0.4']), [script], {
    input: `${JSON.stringify({ texts: given, rounds: pythonRounds })}\n`,
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new TypeError(done.stderr)
  return JSON.parse(done.stdout) as Spent
}

/**
 * Processor seconds of this thread: a machine that does other things too is no slower by them, and what the
 * engine does beside it, on another core, holds up no render.
 */
async function cpu<T>(act: () => T | Promise<T>): Promise<{ seconds: number; value: T }> {
  const before = process.threadCpuUsage()
  const value = await act()
  const { user, system } = process.threadCpuUsage(before)
  return { seconds: (user + system) / 1e6, value }
}

/** Of three turns the least: the one that was disturbed least. */
async function least(act: () => void | Promise<void>): Promise<number> {
  const turns = [await cpu(act), await cpu(act), await cpu(act)]
  return Math.min(...turns.map(({ seconds }) => seconds))
}

/** Compiled and rendered once: all of the code is there. */
function compiled(given: readonly string[]): {
  readonly all: readonly Template[]
  readonly printed: readonly string[]
} {
  const jinja = language()
  const all = given.map(text => jinja.compile(text))
  return { all, printed: all.map(template => template.render(scope)) }
}

function megabytes(): number {
  globalThis.gc?.()
  return memoryUsage().heapUsed / 1e6
}

async function held(): Promise<number> {
  const before = megabytes()
  const { all } = compiled(texts(1_000_000, heldCount))
  const after = megabytes()
  return all.length === heldCount ? after - before : Number.NaN
}

function perSecond(
  what: string,
  seconds: readonly [ours: number, theirs: number],
  atLeast: number,
): Figure[] {
  const [own, other] = seconds
  const against = `jinja2, ${Math.round(1 / other).toLocaleString('en')}/s`
  return [
    {
      what,
      figure: 1 / own,
      unit: 'templates/s',
      ratio: other / own,
      against,
      gate: { of: 'ratio', atLeast: 5 },
    },
    { what: `${what}, alone`, figure: 1 / own, unit: 'templates/s', gate: { of: 'figure', atLeast } },
  ]
}

export const bench: Bench = {
  name: 'jinja',
  gate: 'templates of dbt projects: 5 × PyPI jinja2 in CPU-seconds; 5,000 compiled and 100,000 rendered a second',
  async run() {
    // Once to be warm.
    compiled(texts(0, 1_000))
    const given = texts(10_000, count)
    const compiling = await cpu(() => compiled(given))
    const { all, printed } = compiling.value
    const rendering = await least(() => {
      for (let round = 0; round < rounds; round++) for (const template of all) template.render(scope)
    })
    const waiting = await least(async () => {
      for (let round = 0; round < rounds; round++)
        for (const template of all) await template.renderAsync(scope)
    })
    const other = theirs(given)
    if (createHash('sha256').update(printed.join('\0')).digest('hex') !== other.digest)
      throw new TypeError('jinja2 prints something else')
    const renders = count * rounds
    return [
      ...perSecond(
        'compiled, and rendered once',
        [compiling.seconds / count, other.compiling / count],
        5_000,
      ),
      ...perSecond('rendered', [rendering / renders, other.rendering / (count * pythonRounds)], 100_000),
      { what: 'rendered, waiting', figure: renders / waiting, unit: 'templates/s' },
      {
        what: `held, ${heldCount.toLocaleString('en')} templates`,
        figure: await held(),
        unit: 'MB',
        gate: { of: 'figure', atMost: 400 },
      },
    ]
  },
}
