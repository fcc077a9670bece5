import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openProject } from '../../src/door/index.ts'
import { openLedger } from '../../src/ledger/index.ts'
import { type Moment, moments } from './moments.ts'
import { feed } from './rounds.ts'

const here = import.meta.dirname
const seed = Number(process.env['SLUICE_KILL_SEED'] ?? Date.now() % 1_000_000)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Kind = Moment['kind']

type Place = {
  /** `SLUICE_KILLS=200` asks for other numbers. */
  readonly killsMin: number
  readonly target: 'duckdb' | 'lake'
  /** What is killed runs there, beside a base that stays as it is. */
  readonly environment?: string
  readonly moments: readonly Kind[]
}

const file: Place = { killsMin: 200, target: 'duckdb', moments: [] }
const lake: Place = { killsMin: 60, target: 'lake', moments: Object.keys(moments) as readonly Kind[] }
const places: readonly [string, Place][] = [
  ['in a DuckDB file', file],
  ['in a lake', lake],
  ['in a lake, beside a base', { ...lake, killsMin: 24, environment: 'dev' }],
]

/**
 * Tables that must be equal however often a run was killed, as queries that leave out when something
 * happened.
 */
const tables = {
  orders: 'select id, customer, day, amount, _source from raw.orders',
  customers: 'select id, name, city from raw.customers',
  events: 'select id, kind from raw.events',
  staged: 'select * from staging.orders',
  log: 'select * from staging.orders_log',
  view: 'select * from staging.big_orders',
  daily: 'select * from marts.daily',
  totals: 'select * from marts.customer_totals',
  history: 'select id, name, city, is_current from marts.customer_history',
  snapshots: 'select orders, amount from marts.totals_log',
  kinds: 'select kind, count from marts.kinds',
  wide: 'select count(*), count(distinct n), sum(hash(n, text)) from marts.wide',
  refused: `select rule, source, position, raw, status from _quarantine.raw__orders`,
}

test.each(places)(
  'killed at random moments: a plain run makes the tables of an undisturbed one, %s',
  { timeout: 900_000 },
  async (name, place) => {
    const random = randomFrom(seed)
    const [calm, harsh] = await Promise.all([newProject(place, 'calm'), newProject(place, 'harsh')])
    const base = place.environment === undefined ? undefined : await contents({ cwd: harsh.cwd })
    const killsMin = Number(process.env['SLUICE_KILLS'] ?? place.killsMin)
    const killed: string[] = []
    let round = 2
    let longestMs = 1_000
    for (; killed.length < killsMin; round++) {
      const words = `seed ${seed}, round ${round}`
      await feed(calm.cwd, round)
      await feed(harsh.cwd, round)
      expect(await child(calm, { mode: 'keyed' }), words).toMatchObject({ code: 0 })
      let ended: Ended | undefined
      for (let i = 0; i < killsOfRoundMax && ended?.killed !== false; i++) {
        const kill = killer(random, place.moments, { longestMs, killed })
        ended = await child(harsh, { mode: 'keyed', kill })
        if (ended.killed) killed.push(kill.at?.kind ?? kill.after ?? 'anywhere')
        else longestMs = Math.max(400, ended.ms)
      }
      if (ended?.killed === true) ended = await child(harsh, { mode: 'keyed' })
      expect(ended, words).toMatchObject({ code: 0 })
      const found = await contents(harsh)
      expect(found, words).toEqual(await contents(calm))
      expect(await differences(harsh), words).toEqual([])
      if (base) expect(found['orders'], words).not.toEqual(base['orders'])
    }
    if (base) expect(await contents({ cwd: harsh.cwd })).toEqual(base)
    expect(place.moments.filter(kind => !killed.includes(kind))).toEqual([])
    const times = Object.entries(Object.groupBy(killed, at => at)).map(([at, all]) => `${all?.length} ${at}`)
    console.info(`${name}: ${killed.length} kills in ${round - 2} rounds, seed ${seed} (${times.join(', ')})`)
  },
)

test.each(places.slice(0, 2))(
  'without effect keys the same harness shows rows twice, %s',
  { timeout: 300_000 },
  async (name, place) => {
    const random = randomFrom(seed)
    const bare = await newProject(place, 'bare')
    let kills = 0
    for (let round = 2; round < 40; round++) {
      await feed(bare.cwd, round)
      for (let i = 0; i < 4; i++) {
        const kill = { after: 'step.publishing', delayMs: random() * publishingMs[place.target] }
        if ((await child(bare, { mode: 'bare', kill })).killed) kills++
      }
      expect(await child(bare, { mode: 'bare' })).toMatchObject({ code: 0 })
      const twice = await doubled(bare)
      if (twice === 0) continue
      console.info(`${name}, without keys: ${twice} rows twice after ${kills} kills, seed ${seed}`)
      return
    }
    expect.fail(
      `no row came twice in ${kills} kills (seed ${seed}): the harness does not hit the moment it is made for`,
    )
  },
)

/** How long publishing takes, about: in a lake each object waits for the disk. */
const publishingMs = { duckdb: 12, lake: 40 }

type Kill =
  | { readonly after?: string; readonly delayMs: number; readonly at?: undefined }
  | { readonly at: Moment; readonly after?: undefined; readonly delayMs?: undefined }

/** A whole run comes to most moments more often than this; what is left of one, to the first of them. */
const nthMax = 8
const killsOfRoundMax = 12

type Past = { readonly longestMs: number; readonly killed: readonly string[] }

/** Some of the kills anywhere, the others right where a commit is under way. */
function killer(random: () => number, kinds: readonly Kind[], { longestMs, killed }: Past): Kill {
  if (random() < (kinds.length === 0 ? 0.5 : 0.3)) return { delayMs: random() * longestMs }
  const times = (kind: Kind) => killed.filter(at => at === kind).length
  const fewest = Math.min(...kinds.map(times))
  const rare = kinds.filter(kind => times(kind) === fewest)
  const kind = rare[Math.floor(random() * rare.length)]
  if (kind !== undefined) {
    const nth = 'once' in moments[kind] ? 1 : 1 + Math.floor(random() ** 2 * nthMax)
    return { at: { kind, nth } }
  }
  return { after: random() < 0.7 ? 'step.publishing' : 'step.finished', delayMs: random() * 12 }
}

type Ended = {
  readonly code: number | null
  readonly killed: boolean
  readonly ms: number
  readonly words: string
}

type Where = { readonly cwd: string; readonly environment?: string | undefined }
type How = { readonly mode: 'keyed' | 'bare'; readonly kill?: Kill }

function child({ cwd, environment = '' }: Where, { mode, kill }: How): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const moment = kill?.at ? [JSON.stringify(kill.at)] : []
    const proc = spawn(process.execPath, [join(here, 'child.ts'), cwd, mode, environment, ...moment], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let words = ''
    let armed = false
    const arm = () => {
      if (armed || kill?.delayMs === undefined) return
      armed = true
      setTimeout(() => proc.kill('SIGKILL'), kill.delayMs)
    }
    if (kill?.after === undefined) arm()
    proc.stdout.on('data', data => {
      if (kill?.after !== undefined && String(data).includes(kill.after)) arm()
    })
    proc.stderr.on('data', data => {
      words += data
    })
    proc.on('error', reject)
    proc.on('close', (code, signal) =>
      resolve({ code, killed: signal === 'SIGKILL', ms: performance.now() - startedMs, words }),
    )
  })
}

/** Beside a base: that has run, and all of it has been made in the environment as well. */
async function newProject({ target, environment }: Place, name: string): Promise<Where> {
  const cwd = await mkdtemp(join(folder, `${name}-`))
  await cp(join(here, 'project'), cwd, { recursive: true })
  const at = { duckdb: 'recovery.duckdb', lake: './lake' }[target]
  const environments = environment === undefined ? '' : `, environments: { ${environment}: {} }`
  await writeFile(
    join(cwd, 'sluice.config.ts'),
    `import { defineConfig } from 'sluice'
import { ${target} } from 'sluice/${target}'
export default defineConfig({ name: 'recovery', target: ${target}('${at}')${environments} })
`,
  )
  await feed(cwd, 0)
  if (environment === undefined) {
    await feed(cwd, 1)
    return { cwd }
  }
  expect(await child({ cwd }, { mode: 'keyed' })).toMatchObject({ code: 0 })
  // What has other rows than the base's is the environment's own from here on.
  await feed(cwd, 1)
  const project = await openProject({ cwd, environment })
  const report = await project.run({ select: ['*'] })
  await project.close()
  expect(report.outcome).toBe('success')
  return { cwd, environment }
}

async function contents(where: Where): Promise<{ readonly [table: string]: unknown }> {
  const project = await openProject(where)
  try {
    const found: { [table: string]: unknown } = {}
    for (const [table, sql] of Object.entries(tables)) {
      found[table] = (await project.sql(`${sql} order by all`, { rowsMax: 1_000_000 })).rows
    }
    return found
  } finally {
    await project.close()
  }
}

/** What the ledger's tables say that its events do not. */
async function differences({ cwd, environment = '' }: Where): Promise<readonly string[]> {
  const path = join(cwd, '.sluice', environment)
  const ledger = await openLedger({ path, mode: 'read', nowMs: Date.now, newId: () => '', pid: 0 })
  const verified = await ledger.verify()
  await ledger.close()
  return verified.differences
}

async function doubled(where: Where): Promise<number> {
  const project = await openProject(where)
  try {
    const count = async (table: string) =>
      Number((await project.sql(`select count(*) - count(distinct id) from ${table}`)).rows[0]?.[0] ?? 0)
    return (await count('raw.orders')) + (await count('raw.events')) + (await count('staging.orders_log'))
  } finally {
    await project.close()
  }
}

/** Mulberry32: small, seeded, good enough to choose moments. */
function randomFrom(from: number): () => number {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
