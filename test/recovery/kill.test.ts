import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openProject } from '../../src/door/index.ts'
import { feed } from './rounds.ts'

const here = import.meta.dirname
const killsMin = 200
const seed = Number(process.env['SLUICE_KILL_SEED'] ?? Date.now() % 1_000_000)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

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
  refused: `select rule, source, position, raw, status from _quarantine.raw__orders`,
}

test('killed at random moments, 200 times and more: a plain run makes the tables of an undisturbed one', {
  timeout: 900_000,
}, async () => {
  const random = randomFrom(seed)
  const [calm, harsh] = await Promise.all([newProject('calm'), newProject('harsh')])
  let kills = 0
  let rounds = 0
  let longestMs = 1_000
  for (; kills < killsMin; rounds++) {
    await feed(calm, rounds)
    await feed(harsh, rounds)
    expect(await child(calm, { mode: 'keyed' })).toMatchObject({ code: 0 })
    for (let i = 0; i < 12; i++) {
      const ended = await child(harsh, { mode: 'keyed', kill: killer(random, longestMs) })
      if (ended.killed) kills++
      else longestMs = Math.max(400, ended.ms)
      if (!ended.killed) break
    }
    expect(await child(harsh, { mode: 'keyed' }), `seed ${seed}, round ${rounds}`).toMatchObject({ code: 0 })
    expect(await contents(harsh), `seed ${seed}, round ${rounds}`).toEqual(await contents(calm))
  }
  console.info(`${kills} kills in ${rounds} rounds, seed ${seed}: nothing lost, nothing twice`)
})

test('without effect keys the same harness shows rows twice', { timeout: 300_000 }, async () => {
  const random = randomFrom(seed)
  const bare = await newProject('bare')
  let kills = 0
  for (let round = 0; round < 40; round++) {
    await feed(bare, round)
    for (let i = 0; i < 4; i++) {
      const ended = await child(bare, {
        mode: 'bare',
        kill: { after: 'step.publishing', delayMs: random() * 12 },
      })
      if (ended.killed) kills++
    }
    expect(await child(bare, { mode: 'bare' })).toMatchObject({ code: 0 })
    const twice = await doubled(bare)
    if (twice === 0) continue
    console.info(`without keys: ${twice} rows twice after ${kills} kills, seed ${seed}`)
    return
  }
  expect.fail(
    `no row came twice in ${kills} kills (seed ${seed}): the harness does not hit the moment it is made for`,
  )
})

type Kill = { readonly after?: string; readonly delayMs: number }

/** Half of the kills anywhere, half right where a commit is under way. */
function killer(random: () => number, longestMs: number): Kill {
  if (random() < 0.5) return { delayMs: random() * longestMs }
  return { after: random() < 0.7 ? 'step.publishing' : 'step.finished', delayMs: random() * 12 }
}

type Ended = {
  readonly code: number | null
  readonly killed: boolean
  readonly ms: number
  readonly words: string
}

function child(cwd: string, how: { readonly mode: 'keyed' | 'bare'; readonly kill?: Kill }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now()
    const proc = spawn(process.execPath, [join(here, 'child.ts'), cwd, how.mode], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let words = ''
    let armed = false
    const arm = () => {
      if (armed || !how.kill) return
      armed = true
      setTimeout(() => proc.kill('SIGKILL'), how.kill.delayMs)
    }
    if (how.kill && how.kill.after === undefined) arm()
    proc.stdout.on('data', data => {
      if (how.kill?.after !== undefined && String(data).includes(how.kill.after)) arm()
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

async function newProject(name: string): Promise<string> {
  const path = join(folder, name)
  await cp(join(here, 'project'), path, { recursive: true })
  return path
}

async function contents(cwd: string): Promise<{ readonly [table: string]: unknown }> {
  const project = await openProject({ cwd })
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

async function doubled(cwd: string): Promise<number> {
  const project = await openProject({ cwd })
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
