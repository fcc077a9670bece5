import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/index.ts'
import { openProject, type Project } from '../../src/door/index.ts'
import { enter, type Stage, troubles } from '../scenarios/stage.ts'

const killsMin = 60
const seed = Number(process.env['SLUICE_KILL_SEED'] ?? Date.now() % 1_000_000)

let stage: Stage
beforeAll(async () => {
  stage = await enter('environments')
  const report = await stage.run()
  if (report.outcome !== 'success') throw new TypeError(troubles(report).join('\n'))
})
afterAll(() => stage.leave())

const tables = ['marts.revenue', 'marts.daily', 'marts.kinds', 'live.big', 'marts.countries', 'raw.orders']

async function within<T>(environment: string | undefined, act: (project: Project) => Promise<T>): Promise<T> {
  const project = await openProject({ cwd: stage.cwd, environment })
  try {
    return await act(project)
  } finally {
    await project.close()
  }
}

/** All tables, as whoever comes next finds them: to write, as every command that changes something does. */
function contents(environment?: string): Promise<string> {
  return within(environment, async project => {
    const store = await project.store('write')
    const found: unknown[] = []
    for (const table of tables) {
      const columns = table === 'marts.countries' ? 'country, id, is_current' : '* exclude (_loaded_at)'
      const list = table === 'raw.orders' || table === 'marts.countries' ? columns : '*'
      const { rows } = await store.query(`select ${list} from ${table} order by all`)
      found.push(rows)
    }
    return JSON.stringify(found)
  })
}

async function verified(environment: string): Promise<readonly string[]> {
  const path = join(stage.cwd, '.sluice', environment)
  const ledger = await openLedger({ path, mode: 'read', nowMs: Date.now, newId: () => '', pid: 0 })
  const { differences } = await ledger.verify()
  await ledger.close()
  return differences
}

/** All of it changes in dev: tables that are made anew, one cut by day, a view, and rows that come in. */
async function change(round: number): Promise<void> {
  const sql = {
    'marts/revenue.sql': `select country, sum(amount) * ${round} as revenue from staging.orders group by all`,
    'marts/daily.sql': `-- @partition day from 2026-01-01 until 2026-01-05
select day, sum(amount) * ${round} as amount from staging.orders group by all`,
    'marts/kinds.sql': `select kind, count(*) * ${round} as events from raw.events group by all`,
    'live/big.sql': `-- @write view\nselect id, amount * ${round} as amount from staging.orders`,
    'marts/countries.sql': `-- @key country\n-- @write scd2
select country, min(id) * ${round} as id from staging.orders group by all`,
  }
  for (const [file, text] of Object.entries(sql)) await stage.write(`assets/${file}`, text)
  await stage.write(
    `data/orders-${round}.csv`,
    `id,country,day,amount\n${100 + round},DE,2026-01-02,${round}\n`,
  )
  for (const select of [['raw.orders'], []])
    expect(troubles(await within('dev', project => project.run({ select })))).toEqual([])
}

type Ended = {
  readonly killed: boolean
  readonly words: string
  /** From its beginning, and from its intent, to its end. */
  readonly ms: number
  readonly intentMs: number
}

/** `begun`: so long after it has begun; `intent`: so long after its intent is written down. */
type Kill = { readonly after: 'begun' | 'intent'; readonly delayMs: number }

function move(words: readonly string[], kill?: Kill): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, 'move.ts')
    const child = spawn(process.execPath, [file, stage.cwd, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [begunMs, intentMs, told] = [0, 0, '']
    let polls: NodeJS.Timeout | undefined
    const arm = (at: Kill['after']) => {
      if (kill?.after === at) setTimeout(() => child.kill('SIGKILL'), kill.delayMs)
    }
    const look = () => {
      if (intentMs > 0 || intents() === 0) return
      intentMs = performance.now()
      arm('intent')
    }
    child.stdout.once('data', () => {
      begunMs = performance.now()
      arm('begun')
      polls = setInterval(look, 1)
    })
    child.stderr.on('data', data => {
      told += data
    })
    child.on('error', reject)
    child.on('close', (_, signal) => {
      clearInterval(polls)
      const nowMs = performance.now()
      const killed = signal === 'SIGKILL'
      resolve({ killed, words: told, ms: nowMs - begunMs, intentMs: intentMs === 0 ? 0 : nowMs - intentMs })
    })
  })
}

/** Publications that are under way or were left open. */
function intents(): number {
  const folder = join(stage.cwd, 'lake/_sluice/publishing')
  return existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')).length : 0
}

let [longestMs, longestIntentMs] = [1_000, 200]
function learn({ killed, ms, intentMs }: Ended): void {
  if (!killed) [longestMs, longestIntentMs] = [Math.max(100, ms), Math.max(20, intentMs)]
}

/** Two of three kills where tables are being committed, the others anywhere. */
function killer(random: () => number): Kill {
  if (random() < 0.67) return { after: 'intent', delayMs: random() * longestIntentMs }
  return { after: 'begun', delayMs: random() * longestMs }
}

type States = { readonly before: string; readonly after: string }

/** Killed again and again until it stands: after each kill, all of it stands or nothing. */
async function harshly(words: readonly string[], { before, after }: States, random: () => number) {
  for (let kills = 0; kills < 5; ) {
    const ended = await move(words, killer(random))
    expect(ended.words, `seed ${seed}`).toBe('')
    learn(ended)
    kills += Number(ended.killed)
    const found = await contents()
    expect([before, after], `seed ${seed}: ${words[0]} stands by half`).toContain(found)
    if (found === after) return { kills, finished: ended.killed }
  }
  return { kills: 5, finished: false }
}

async function lastRun(trigger: string): Promise<string> {
  const events = await within(undefined, project => project.events({ limit: 1_000_000 }))
  const started = events.filter(({ body }) => body.kind === 'run.started' && body.trigger === trigger)
  const done = started.findLast(({ run }) =>
    events.some(it => it.run === run && it.body.kind === 'step.finished' && it.body.outcome === 'success'),
  )
  return done?.run ?? expect.fail(`no run by ${trigger} did anything`)
}

test('promote and rollback are killed at random moments: all tables of one or none, after the next command', {
  timeout: 900_000,
}, async () => {
  const random = randomFrom(seed)
  let [kills, whole] = [0, 0]
  for (let round = 2; kills < killsMin; round++) {
    const before = await contents()
    await change(round)
    const after = await contents('dev')
    expect(await contents()).toBe(before)
    const promoted = await harshly(['promote'], { before, after }, random)
    kills += promoted.kills
    whole += Number(promoted.finished)
    // Whoever comes next: takes over what stands, or does it.
    const calm = await move(['promote'])
    learn(calm)
    expect(calm.words, `seed ${seed}`).toBe('')
    expect(await contents()).toBe(after)
    expect(await contents('dev')).toBe(after)
    expect([await verified(''), await verified('dev')], `seed ${seed}`).toEqual([[], []])
    const own = await within('dev', project => project.plan({}))
    expect(own.steps.map(({ asset }) => asset)).toEqual([])
    if (round % 3 === 0) continue
    const run = await lastRun('promote')
    const back = await harshly(['rollback', run], { before: after, after: before }, random)
    kills += back.kills
    whole += Number(back.finished)
    const { words } = await move(['rollback', run])
    expect(words === '' || words.includes('taken back already'), words).toBe(true)
    expect(await contents()).toBe(before)
    expect(await verified(''), `seed ${seed}`).toEqual([])
  }
  console.info(`${kills} kills, seed ${seed}: ${whole} times all of it stood, every other time nothing`)
  expect(whole).toBeGreaterThan(0)
})

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
