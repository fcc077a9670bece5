import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failures, failure } from '../errors/index.ts'
import { main } from './main.ts'
import { paperWorld } from '../../test/cli/paper.ts'
import { starter } from './templates.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function sluice(line: string, wishes: Parameters<typeof paperWorld>[0] = {}) {
  const paper = paperWorld({ cwd: folder, ...wishes })
  const code = await main(line === '' ? [] : line.split(' '), paper.world)
  return { code, stdout: paper.stdout(), stderr: paper.stderr() }
}

test('help is the answer to --help, and a hint to one who types nothing', async () => {
  const asked = await sluice('--help')
  expect(asked).toMatchObject({ code: 0, stderr: '' })
  expect(asked.stdout).toMatchInlineSnapshot(`
    "sluice: load, model, check and watch data as one graph of assets

    usage  sluice VERB [arguments] [options]

    make
      init        a new project that runs at once
      check       compile everything offline: graph, types, contracts
      plan        what would run, why, which partitions, how long
      run         do it: all, or a selection
      backfill    run a range of partitions
      test        rows in, rows out: the tests of the project
      dbt         a dbt project, by the commands and flags of dbt
      promote     what an environment has built becomes that of its base

    look
      show        an asset: rows, schema, contract, history
      sql         a query against the project's tables
      lineage     up, down, by column; what breaks if
      quality     checks: the last verdicts, and how they went before
      logs        of a run, live or past

    mend
      quarantine  refused rows: list, show, replay, discard
      lake        history, diff, restore, optimize, vacuum, fsck, clone of tables
      rollback    what a run published goes back to what was there before
      explain     an error code, an asset, a decision
      doctor      what is installed, reachable, wrong

    options of every verb
      --project DIR  the project is in this folder, or above it
      --env NAME     an environment of sluice.config.ts
      --json         the answer as JSON on standard output
      --no-color     no colours
      --verbose      stacks of errors that are not of our making
      -h, --help     this text
      --version      the version

    exit codes  0 done · 1 an asset or check failed · 2 the project or command is wrong
                3 a system outside could not be reached · 130 interrupted
    sluice VERB --help  tells more of one verb
    "
  `)
  expect(await sluice('')).toEqual({ code: 2, stdout: '', stderr: asked.stdout })
})

test('help of one verb', async () => {
  const { stdout } = await sluice('backfill --help')
  expect(stdout).toMatchInlineSnapshot(`
    "sluice backfill  run a range of partitions

    usage  sluice backfill ASSET [options]

    arguments
      asset  its name

    options
      --from PARTITION  first partition, such as 2026-01-01
      --to PARTITION    last partition, inside the range
      --chunk N         partitions that one step takes at most
      --newest-first    begin with the last partition
      --dry-run         show the plan only

    options of every verb
      --project DIR  the project is in this folder, or above it
      --env NAME     an environment of sluice.config.ts
      --json         the answer as JSON on standard output
      --no-color     no colours
      --verbose      stacks of errors that are not of our making
      -h, --help     this text
      --version      the version

    examples
      sluice backfill marts.daily --from 2026-01-01 --to 2026-01-31 --chunk 7  January again, a week at a time
    "
  `)
  expect((await sluice('help backfill')).stdout).toBe(stdout)
})

test('what cannot be opened is told in words; in JSON mode the answer ends with it too', async () => {
  const at = { file: 'assets/a.sql', line: 2, column: 15, length: 6 }
  const first = failure(
    'SLUICE_REF_NOT_FOUND',
    { name: 'b.oders', asset: 'main.a', near: ['b.orders'] },
    { at },
  )
  const second = failure('SLUICE_SQL_NUMBER', { text: 'x' })
  const open = () => Promise.reject(new Failures([first, second]))
  const words = await sluice('check', { open })
  expect(words).toMatchObject({ code: 2, stdout: '' })
  expect(words.stderr).toContain('error No asset is called `b.oders`.\n  assets/a.sql:2:15')
  const json = await sluice('check --json', { open })
  expect(json.stderr).toBe(words.stderr)
  expect(
    json.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    {
      error: {
        code: 'SLUICE_REF_NOT_FOUND',
        title: 'No asset is called `b.oders`.',
        why: '`main.a` reads it, and nothing in this project or its sources makes it.',
        fix: 'Did you mean `b.orders`?',
        at,
      },
    },
    {
      error: {
        code: 'SLUICE_SQL_NUMBER',
        title: second.title,
        why: null,
        fix: second.fix,
        at: null,
      },
    },
  ])
})

test('the lines a failure points at are found from a folder inside the project', async () => {
  writeFileSync(join(folder, 'here.sql'), 'select 1\nfrom nowhere\n')
  const at = { file: 'here.sql', line: 2, column: 6, length: 7 }
  const broken = failure('SLUICE_SQL_SYNTAX', { asset: 'main.here', words: 'odd' }, { at })
  const cwd = mkdtempSync(join(folder, 'inside-'))
  const { stderr } = await sluice('plan', { cwd, open: () => Promise.reject(broken) })
  expect(stderr).toMatchInlineSnapshot(`
    "error The SQL of \`main.here\` does not parse.
      here.sql:2:6

      1 │ select 1
      2 │ from nowhere
        ╵      ~~~~~~~

      odd
      fix  Mend the SQL at the marked place.
      SLUICE_SQL_SYNTAX · sluice explain SLUICE_SQL_SYNTAX
    "
  `)
})

test('a bug is told as one, with the stack only where it was asked for', async () => {
  const open = () => Promise.reject(new TypeError('x is not a function'))
  const quiet = await sluice('plan', { open })
  expect(quiet.code).toBe(1)
  expect(quiet.stderr).toContain('x is not a function')
  expect(quiet.stderr).not.toContain('main.test.ts')
  expect((await sluice('plan --verbose', { open })).stderr).toContain('main.test.ts')
})

test('Ctrl-C: what writes is waited for, once more ends at once, what reads ends at once', async () => {
  const pressed = async (line: string, times: number) => {
    const exits: number[] = []
    const listeners = new Set<() => void>()
    const done = await sluice(line, {
      open: ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => setTimeout(() => reject(signal.reason), 5))
          setTimeout(() => {
            for (let time = 0; time < times; time++) for (const listener of listeners) listener()
            if (!signal?.aborted) reject(failure('SLUICE_CLI_NO_RUNS', {}))
          }, 0)
        }),
      onInterrupt: listener => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      exit: code => void exits.push(code),
    })
    return { code: done.code, exits, left: listeners.size, isTold: done.stderr.includes('cancelling:') }
  }
  expect(await pressed('run', 1)).toEqual({ code: 130, exits: [], left: 0, isTold: true })
  expect(await pressed('run', 2)).toEqual({ code: 130, exits: [130], left: 0, isTold: true })
  expect(await pressed('plan', 1)).toMatchObject({ exits: [130], left: 0, isTold: false })
})

test('an answer that cannot be written is a failure, one that nobody reads on is not', async () => {
  const open = () => Promise.reject(failure('SLUICE_CLI_NO_RUNS', {}))
  const full = failure('SLUICE_CLI_OUTPUT', { words: 'ENOSPC' })
  const { world } = paperWorld({ open })
  const stdout = { ...world.stdout, flushed: () => Promise.reject(full) }
  expect(await main(['--version'], { ...world, stdout })).toBe(1)
  const cut = await inProcess(['explain', 'SLUICE_INTERNAL'], { closeStdout: true })
  expect(cut).toEqual({ code: 0, stderr: '' })
})

test('init writes a project once and never over a file', async () => {
  const made = await sluice('init shop')
  expect(made).toMatchObject({ code: 0, stdout: '' })
  const files = readdirSync(join(folder, 'shop'), { recursive: true, withFileTypes: true })
  expect(files.filter(file => file.isFile())).toHaveLength(Object.keys(starter).length)
  expect(readFileSync(join(folder, 'shop/sluice.config.ts'), 'utf8')).toContain("name: 'shop'")
  writeFileSync(join(folder, 'shop/.gitignore'), 'mine')
  expect(await sluice('init shop')).toMatchObject({ code: 2 })
  expect(readFileSync(join(folder, 'shop/.gitignore'), 'utf8')).toBe('mine')
  expect(await sluice('init 1shop')).toMatchObject({ code: 2 })
  expect(existsSync(join(folder, '1shop'))).toBe(false)
  expect((await sluice('init')).stderr).toContain('sluice init NAME')
  const asked = await sluice('init', { ask: async () => 'asked' })
  expect(asked).toMatchObject({ code: 0 })
  expect(existsSync(join(folder, 'asked/sluice.config.ts'))).toBe(true)
})

test('a code is explained without a project, a wrong one with a near name', async () => {
  expect((await sluice('explain SLUICE_REF_NOT_FOUND')).stdout).toMatchInlineSnapshot(`
    "SLUICE_REF_NOT_FOUND
      No asset is called \`NAME\`.
      \`ASSET\` reads it, and nothing in this project or its sources makes it.
      fix   Did you mean \`NEAR\`?
      exit  2: the project or command is wrong
    "
  `)
  expect((await sluice('explain SLUICE_REF_NOT_FUND')).stderr).toContain(
    'Did you mean `SLUICE_REF_NOT_FOUND`',
  )
})

test('a folder that is not there is named', async () => {
  expect((await sluice('plan --project nowhere')).stderr).toContain('There is no folder `nowhere`.')
})

/** The real process: exit code, streams and signals as a shell sees them. */
function inProcess(argv: readonly string[], options: { readonly closeStdout: boolean }) {
  const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))
  const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  if (options.closeStdout) child.stdout.destroy()
  return new Promise<{ code: number | null; stderr: string }>(done => {
    child.on('close', code => {
      done({ code, stderr })
    })
  })
}
