import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Makes the Node that runs say that it is an older one. What it starts tells the truth again. */
const old =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})'
const main = (from: string) => `export async function main(argv) {
  if (argv[0] === 'wait') {
    const code = new Promise(resolve => process.on('SIGTERM', () => resolve(130)))
    const alive = setInterval(() => {}, 1000)
    process.stdout.write('waiting\\n')
    return code.finally(() => clearInterval(alive))
  }
  process.stdout.write(JSON.stringify({ from: '${from}', argv, node: process.versions.node, left: process.env.SLUICE_PINNED_NODE }))
  return Number(argv[0])
}`

describe('bin/sluice', () => {
  let home = ''
  const folder = (name: string) => join(home, name)

  beforeAll(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-bin-')))
    clone('clone', { src: true, dist: true, node: true })
    clone('packed', { src: false, dist: true, node: true })
    clone('bare', { src: true, dist: false, node: false })
  })
  afterAll(() => rmSync(home, { recursive: true }))

  function clone(name: string, { src, dist, node }: { src: boolean; dist: boolean; node: boolean }): void {
    cpSync(fileURLToPath(new URL('../bin', import.meta.url)), join(folder(name), 'bin'), { recursive: true })
    writeFileSync(join(folder(name), 'package.json'), '{ "type": "module" }')
    if (src) place(name, 'src/cli/main.ts', main('src'))
    if (dist) place(name, 'dist/cli/main.js', main('dist'))
    if (!node) return
    mkdirSync(join(folder(name), 'node_modules/.bin'), { recursive: true })
    symlinkSync(process.execPath, join(folder(name), 'node_modules/.bin/node'))
  }

  function place(name: string, path: string, code: string): void {
    mkdirSync(join(folder(name), path, '..'), { recursive: true })
    writeFileSync(join(folder(name), path), code)
  }

  function start(name: string, args: readonly string[], options: readonly string[] = []): ChildProcess {
    return spawn(process.execPath, [...options, join(folder(name), 'bin/sluice.js'), ...args])
  }

  async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; words: string }> {
    const code = new Promise<number | null>(resolve => child.on('close', resolve))
    const [out, words] = await Promise.all([child.stdout, child.stderr].map(each => (each ? text(each) : '')))
    return { code: await code, out: out ?? '', words: words ?? '' }
  }

  test.each([
    ['a clone runs from src, without a build', 'clone', 'src'],
    ['the package runs from dist', 'packed', 'dist'],
  ])('%s', async (_, name, from) => {
    const { code, out } = await ended(start(name, ['3', '--x', 'a b']))
    expect(JSON.parse(out)).toEqual({ from, argv: ['3', '--x', 'a b'], node: process.versions.node })
    expect(code).toBe(3)
  })

  test('an old Node hands over to the pinned one: words, exit code, and no trace in the environment', async () => {
    const { code, out, words } = await ended(start('clone', ['7', 'a b'], ['--import', old]))
    expect(JSON.parse(out)).toEqual({ from: 'src', argv: ['7', 'a b'], node: process.versions.node })
    expect({ code, words }).toEqual({ code: 7, words: '' })
  })

  test('a signal goes on to it, and its exit code comes back', async () => {
    const child = start('clone', ['wait'], ['--import', old])
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    expect((await ended(child)).code).toBe(130)
  })

  test('without a pinned Node one sentence says what to install', async () => {
    const { code, words } = await ended(start('bare', ['1'], ['--import', old]))
    expect({ code, words }).toEqual({
      code: 2,
      words: 'sluice needs Node 22.22 or later and this is 20.20.2: install Node 24 from nodejs.org.\n',
    })
  })
})
