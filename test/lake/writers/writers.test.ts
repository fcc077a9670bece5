import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Action } from '../../../src/formats/delta/actions.ts'
import { createTable } from '../../../src/formats/delta/commit/create.ts'
import { parseType } from '../../../src/tables/index.ts'
import { type TestTable, testTable } from '../table.ts'

const writers = 4
/** Of each writer. `SLUICE_LAKE_EFFECTS=500` is what the figures in the issue are of. */
const effects = Number(process.env['SLUICE_LAKE_EFFECTS'] ?? 24)
const minutes = 60_000

let table: TestTable
const children = new Set<ChildProcess>()
beforeEach(async () => {
  table = await testTable()
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await table.close()
})

test.each(['local', 'faulty'])(
  'writers that are killed at any moment lose nothing that was acknowledged and double nothing: %s',
  { timeout: 20 * minutes },
  async store => {
    const field = (name: string) => ({ name, stored: name, type: parseType('INTEGER'), nullable: true })
    await createTable(table.log, { session: table.session, fields: ['writer', 'effect'].map(field) })
    const seed = Date.now() % 100_000
    const acknowledged: Acknowledged[] = []
    let kills = 0
    const run = async (writer: number): Promise<void> => {
      for (let life = 0; ; life++) {
        const child = start([table.folder, table.folder + '-temp', writer, effects, store, seed + life])
        const heard = listen(child, writer, acknowledged)
        // Longer and longer, so that there is an end.
        const killing = new AbortController()
        const lifeMs = 300 + Math.random() * 2_000 * (life + 1)
        const deadline = wait(lifeMs, undefined, { signal: killing.signal }).then(
          () => child.kill('SIGKILL'),
          () => false,
        )
        const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
        killing.abort()
        await deadline
        await heard
        children.delete(child)
        if (signal === 'SIGKILL') kills++
        else {
          expect({ writer, code, seed }).toEqual({ writer, code: 0, seed })
          return
        }
      }
    }
    await Promise.all(Array.from({ length: writers }, (_, writer) => run(writer)))
    console.log(`${store}: ${writers * effects} effects, ${kills} kills, seed ${seed}`)

    const commits = await commitsOf()
    // Contiguous, and one version for each effect: none lost, none doubled.
    expect(commits.length).toBe(writers * effects + 1)
    const keys = commits.flatMap(actions =>
      actions.flatMap(action => ('txn' in action ? [`${action.txn.appId} ${action.txn.version}`] : [])),
    )
    expect(new Set(keys).size).toBe(writers * effects)
    for (const { writer, effect, version } of acknowledged)
      expect(keys[version - 1]).toBe(`writer ${writer} ${effect}`)
    const expected = Array.from({ length: writers }, (_, writer) =>
      Array.from({ length: effects }, (__, effect) => effect)
        .filter(effect => !(effect % 3 === 1 && effect + 1 < effects))
        .map(effect => [`${writer}`, `${effect}`]),
    ).flat()
    const scan = await (await (await table.again()).latest())?.scan()
    const rows = await table.session.rows(`from (${scan?.sql ?? ''})`)
    expect(rows.map(String).toSorted()).toEqual(expected.map(String).toSorted())
  },
)

type Acknowledged = { readonly writer: number; readonly effect: number; readonly version: number }

function start(args: readonly (string | number)[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  return child
}

/** What was said before the end counts, whole lines only. */
async function listen(child: ChildProcess, writer: number, acknowledged: Acknowledged[]): Promise<void> {
  let text = ''
  for await (const chunk of child.stdout ?? []) text += String(chunk)
  for (const [, effect, version] of text.matchAll(/^(\d+) (\d+)\n/gm))
    acknowledged.push({ writer, effect: Number(effect), version: Number(version) })
}

/** All commits, by their versions; a version that is missing is a failure. */
async function commitsOf(): Promise<readonly (readonly Action[])[]> {
  const { store } = table.log.place
  const commits: (readonly Action[])[] = []
  for await (const { key } of store.list('_delta_log/')) {
    if (!/\/\d{20}\.json$/.test(key)) continue
    expect(Number(key.slice(-25, -5))).toBe(commits.length)
    const lines = new TextDecoder()
      .decode((await store.get(key)).bytes)
      .trim()
      .split('\n')
    commits.push(lines.map(line => JSON.parse(line) as Action))
  }
  return commits
}
