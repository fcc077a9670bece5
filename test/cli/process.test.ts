import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Event } from '../../src/model/index.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))
let terminal: Terminal

beforeEach(() => {
  terminal = openTerminal()
})
afterEach(() => terminal.close())

/** A project of two assets: one is ready at once, one takes twenty seconds unless it is aborted. */
function slowProject(): void {
  const write = (file: string, text: string) => {
    const path = join(terminal.folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  write('package.json', '{ "type": "module" }')
  write('assets/raw/quick.sql', 'select 1 as id\n')
  write(
    'assets/raw/slow.ts',
    `import { ingest } from 'sluice'
     import { setTimeout as wait } from 'node:timers/promises'
     export default ingest(async function* ({ signal }) {
       for (let id = 0; id < 1000; id++) {
         yield { id }
         await wait(20, undefined, { signal })
       }
     }, { key: 'id' })
`,
  )
}

function start(...argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [bin, ...argv], { cwd: terminal.folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Resolves at the first line of the child's answer that satisfies. */
async function seen(child: ChildProcess, wanted: (event: Event) => boolean): Promise<Event> {
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const event = JSON.parse(line) as Event
    if (wanted(event)) return event
  }
  return expect.fail('the process ended before')
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s cancels a run: exit 130, words, and a run that goes on',
  async signal => {
    slowProject()
    const child = start('run', '--json')
    const words: string[] = []
    child.stderr?.setEncoding('utf8').on('data', text => words.push(text))
    const ended = once(child, 'close')
    const left = new Set(['raw.slow step.started', 'raw.quick step.finished'])
    const started = await seen(child, ({ asset, body }) => {
      left.delete(`${asset} ${body.kind}`)
      return left.size === 0
    })
    child.kill(signal)
    expect(await ended).toEqual([130, null])
    expect(words.join('')).toBe(
      '  cancelling: running steps stop and nothing is left half-written; Ctrl-C again ends at once\n',
    )
    const { stdout } = await terminal.pipe('logs', started.run, '--json')
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Event)
    expect(events.at(-1)?.body).toMatchObject({ kind: 'run.finished', outcome: 'cancelled' })
    expect(events.findLast(({ asset }) => asset === 'raw.slow')?.body).toMatchObject({ outcome: 'cancelled' })
    const plan = await terminal.pipe('plan', '--json')
    expect(JSON.parse(plan.stdout).steps).toMatchObject([{ asset: 'raw.slow' }])
  },
)

test('logs --follow tells of a run while it runs, and ends with it', async () => {
  slowProject()
  const run = start('run', '--json')
  const ran = once(run, 'close')
  // Interrupted while it publishes, the run would be left to recovery, and have no end to follow to.
  const { run: id } = await seen(run, ({ body }) => body.kind === 'step.finished')
  const follow = start('logs', id, '--follow')
  const lines: string[] = []
  follow.stdout?.setEncoding('utf8').on('data', text => lines.push(text))
  const followed = once(follow, 'close')
  await once(follow.stdout ?? follow, 'data')
  run.kill('SIGINT')
  await ran
  expect(await followed).toEqual([0, null])
  expect(lines.join('')).toMatch(/run started by .* run cancelled {2}\S+\n$/s)
})

test('logs --follow ends with a run whose process is gone', async () => {
  slowProject()
  const run = start('run', '--json')
  const ran = once(run, 'close')
  const { run: id } = await seen(run, ({ body }) => body.kind === 'step.finished')
  const follow = start('logs', id, '--follow')
  const words: string[] = []
  follow.stderr?.setEncoding('utf8').on('data', text => words.push(text))
  const followed = once(follow, 'close')
  await once(follow.stdout ?? follow, 'data')
  run.kill('SIGKILL')
  await ran
  expect(await followed).toEqual([1, null])
  expect(words.join('')).toBe(
    `  the run ${id} has no end: its process is gone, and what it published is in doubt
  run again: a run settles those that died before it plans
`,
  )
})

test('help loads neither the engine nor the other rooms: that is what keeps it instant', async () => {
  const main = pathToFileURL(fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))).href
  const script = `
    import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({ resolve: (name, context, next) => { const found = next(name, context); seen.push(found.url); return found } })
    const { main } = await import(${JSON.stringify(main)})
    await main(['--help'])
    process.stderr.write(JSON.stringify(seen))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    told += text
  })
  await once(child, 'close')
  const loaded = (JSON.parse(told) as string[]).filter(url => url.startsWith('file:'))
  const rooms = new Set(loaded.map(url => /\/src\/([^/]+)\//.exec(url)?.[1] ?? url))
  expect([...rooms].sort()).toEqual(['cli', 'errors'])
})
