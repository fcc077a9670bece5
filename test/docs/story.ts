import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { main } from '../../src/cli/index.ts'
import { paperWorld } from '../cli/paper.ts'

/**
 * A document as a story that is really played, in a folder `shop` of its own, from top to bottom:
 *
 * - a fenced block whose first line is a comment with a file name (`// assets/raw/orders.ts`, `-- …`), or
 *   whose fence names one (```csv data/orders.csv), writes that file;
 * - in a fenced `sh` block, a line that begins with `$ ` is typed, and the lines behind it are what stands on
 *   the screen. None: nothing is said about it. `…` stands for anything, alone on its line for any lines.
 *   Times, moments and ids may differ. `# exit 1` behind a command is its exit code; 0 unless said.
 */
export type Story = {
  readonly folder: string
  /** The document with what really happened, where that differs from what it says. */
  readonly retold: string
  readonly commands: number
}

export type Stage = {
  /** Stands for `https://api.example.com`. */
  readonly apiUrl: string
  readonly signal?: AbortSignal
}

const apiInDocuments = 'https://api.example.com'
const repository = join(import.meta.dirname, '../..')

export async function play(document: string, stage: Stage): Promise<Story> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'))
  install(folder)
  const told: string[] = []
  const scene: Scene = { folder, cwd: join(folder, 'shop'), stage, commands: 0 }
  mkdirSync(scene.cwd)
  for (const part of partsOf(document)) {
    if (part.kind === 'text') told.push(...part.lines)
    else {
      told.push(part.open)
      told.push(...(part.language === 'sh' ? await typed(part.lines, scene) : part.lines))
      if (part.file !== undefined) put(join(scene.cwd, part.file), part.lines, stage)
      told.push('```')
    }
  }
  return { folder, retold: told.join('\n'), commands: scene.commands }
}

export function forget({ folder }: Pick<Story, 'folder'>): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Fenced blocks that are code and name no file: they are not proven by anything. */
export function unproven(document: string): readonly string[] {
  return partsOf(document).flatMap(part =>
    part.kind === 'block' && /^(ts|sql|csv|json)$/.test(part.language) && part.file === undefined
      ? [part.lines.join('\n')]
      : [],
  )
}

type Scene = { readonly folder: string; cwd: string; readonly stage: Stage; commands: number }

type Part =
  | { readonly kind: 'text'; readonly lines: readonly string[] }
  | {
      readonly kind: 'block'
      readonly open: string
      readonly language: string
      readonly file: string | undefined
      readonly lines: readonly string[]
    }

function partsOf(document: string): readonly Part[] {
  const parts: Part[] = []
  const lines = document.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const open = lines[i] ?? ''
    const fence = /^```(\w+)(?: (\S+))?$/.exec(open)
    if (!fence) {
      parts.push({ kind: 'text', lines: [open] })
      continue
    }
    const end = lines.indexOf('```', i + 1)
    const inside = lines.slice(i + 1, end)
    const file = fence[2] ?? /^(?:\/\/|--) (\S+\.\w+)$/.exec(inside[0] ?? '')?.[1]
    parts.push({ kind: 'block', open, language: fence[1] ?? '', file, lines: inside })
    i = end
  }
  return parts
}

/** `sluice` as an installed package and as a command, for what a shell and `node` start. */
function install(folder: string): void {
  const place = join(folder, 'node_modules/sluice')
  const doors = {
    '.': 'index',
    './checks': 'checks',
    './delta': 'delta',
    './connect': 'connect/index',
    './testing': 'testing/index',
  }
  const source = (path: string) => `export * from ${JSON.stringify(`file://${repository}/src/${path}.ts`)}\n`
  const connectors = ['duckdb', 'files', 'http', 'lake'].map(
    name => [`./${name}`, `connectors/${name}/index`] as const,
  )
  const exported = [...Object.entries(doors), ...connectors].map(([door, path]) => {
    const file = `./${path.replaceAll('/', '-')}.mjs`
    put(join(place, file), [source(path)])
    return [door, file] as const
  })
  const manifest = { name: 'sluice', type: 'module', exports: Object.fromEntries(exported) }
  put(join(place, 'package.json'), [JSON.stringify(manifest)])
  put(join(folder, 'package.json'), ['{ "type": "module" }'])
  const bin = join(folder, 'node_modules/.bin/sluice')
  put(bin, ['#!/bin/sh', `exec ${JSON.stringify(process.execPath)} ${repository}/bin/sluice.js "$@"`, ''])
  chmodSync(bin, 0o755)
}

function put(path: string, lines: readonly string[], stage?: Stage): void {
  mkdirSync(dirname(path), { recursive: true })
  const text = `${lines.join('\n')}\n`
  writeFileSync(path, stage ? text.replaceAll(apiInDocuments, stage.apiUrl) : text)
}

/** A block of commands as it really went. */
async function typed(lines: readonly string[], scene: Scene): Promise<readonly string[]> {
  const told: string[] = []
  let i = 0
  for (; i < lines.length && !isPrompt(lines[i]); i++) told.push(lines[i] ?? '')
  while (i < lines.length) {
    const line = lines[i] ?? ''
    let end = i + 1
    while (end < lines.length && !isPrompt(lines[end])) end++
    told.push(...(await act(line, lines.slice(i + 1, end), scene)))
    i = end
  }
  return told
}

function isPrompt(line: string | undefined): boolean {
  return line?.startsWith('$ ') ?? false
}

async function act(line: string, expected: readonly string[], scene: Scene): Promise<readonly string[]> {
  const [, words = '', , code = '0'] = /^\$ (.*?)(\s+# exit (\d+))?$/.exec(line) ?? []
  scene.commands++
  const happened = await type(words, scene)
  const screen = happened.screen.replaceAll(scene.folder, '~').replaceAll(scene.stage.apiUrl, apiInDocuments)
  const command = happened.code === Number(code) ? line : `$ ${words}   # exit ${happened.code}`
  // A failure that nobody foresaw is shown, whatever the document says.
  const isAsked = expected.length > 0 || command !== line
  const actual =
    screen.trimEnd() === ''
      ? []
      : screen
          .trimEnd()
          .split('\n')
          .map(each => each.trimEnd())
  const blanks = expected.length - expected.findLastIndex(each => each !== '') - 1
  const said = expected.slice(0, expected.length - blanks)
  const same = !isAsked || isTold(said, actual)
  return [command, ...(same ? said : actual), ...Array.from({ length: blanks }, () => '')]
}

type Happened = { readonly code: number; readonly screen: string }

async function type(words: string, scene: Scene): Promise<Happened> {
  const folder = /^cd (\S+)$/.exec(words)?.[1]
  if (folder !== undefined) {
    scene.cwd = resolve(scene.cwd, folder)
    return { code: 0, screen: '' }
  }
  return /^sluice [^|<>&;$]*$/.test(words) ? inside(words, scene) : shell(words, scene)
}

/** The front door, in this process: a person at a terminal without colours. */
async function inside(words: string, { cwd }: Scene): Promise<Happened> {
  const argv = Array.from(words.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g), ([, a, b, c]) => a ?? b ?? c ?? '')
  const screen: string[] = []
  const write = (text: string) => void screen.push(text)
  const stdout = { isTty: true, columns: () => 110, write, flushed: async () => undefined }
  const { world } = paperWorld({
    cwd,
    nowMs: () => Date.now(),
    env: { NO_COLOR: '1' },
    stdout,
    stderr: { ...stdout, isTty: false },
  })
  return { code: await main(argv.slice(1), world), screen: screen.join('') }
}

function shell(words: string, { cwd, folder }: Scene): Promise<Happened> {
  const env = {
    ...process.env,
    PATH: `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`,
    NO_COLOR: '1',
  }
  return new Promise(done => {
    execFile('sh', ['-c', `(${words}) 2>&1`], { cwd, env, timeout: 30_000 }, (error, stdout) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), screen: stdout })
    })
  })
}

/** Does the document tell what happened? */
function isTold(said: readonly string[], actual: readonly string[]): boolean {
  const pattern = said
    .map(line => (/^\s*…$/.test(line) ? '(?:[^\\n]*\\n)*?' : `${patternOf(line)}\\n`))
    .join('')
  return new RegExp(`^${pattern}$`).test(actual.map(line => `${timeless(line)}\n`).join(''))
}

function patternOf(line: string): string {
  const parts = timeless(line).split('…')
  return parts.map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\n]*')
}

/** What differs from one run to the next, and how much room it takes. */
function timeless(text: string): string {
  return text
    .replaceAll(/(?<=\S) +(?=\d+(?:\.\d+s|m \d\ds)(?=\W|$))/g, ' ')
    .replaceAll(/\b\d+(?:\.\d+s|m \d\ds)(?=\W|$)/g, '[time]')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?/g, '[moment]')
    .replaceAll(/\b01[0-9a-hjkmnp-tv-z]{14}\b/g, '[run]')
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f-]{4,27}(?![0-9a-f-])/g, '[id]')
    .replaceAll(/by \S+ \(/g, 'by [actor] (')
}
