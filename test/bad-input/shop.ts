import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { Event, Counts } from '../../src/model/index.ts'
import type { PaperWishes } from '../cli/paper.ts'
import { openTerminal, type Terminal } from '../cli/terminal.ts'

/** A file's text or bytes by its path; null takes it away. */
export type Tree = { readonly [path: string]: string | Uint8Array | null }

/** A small project whose input can be spoilt, and mended. */
export type Shop = Terminal & {
  readonly put: (tree: Tree) => void
  /** Rows of a query, as arrays of exact texts. */
  readonly rows: (query: string) => Promise<unknown>
  /** What became of the rows of each asset in the last run. */
  readonly counts: () => Promise<{ readonly [asset: string]: Counts }>
  /** Every byte that the project's own state holds, as Latin-1 text. */
  readonly state: () => string
}

export const config = `
  import { defineConfig } from 'sluice'
  export default defineConfig({ name: 'shop', limits: { stepsMax: 1 } })`

/** The same with its tables in a DuckDB file. */
export const onDuckdb = {
  'sluice.config.ts': `import { duckdb } from 'sluice/duckdb'
  import { defineConfig } from 'sluice'
  export default defineConfig({ name: 'shop', target: duckdb('shop.duckdb'), limits: { stepsMax: 1 } })`,
} as const satisfies Tree

export function openShop(tree: Tree, wishes: PaperWishes = {}): Shop {
  const terminal = openTerminal(wishes)
  const put = (files: Tree) => {
    for (const [file, content] of Object.entries(files)) {
      const path = join(terminal.folder, file)
      mkdirSync(dirname(path), { recursive: true })
      if (content === null) rmSync(path)
      else writeFileSync(path, content)
    }
  }
  put({ 'sluice.config.ts': config, 'package.json': '{ "type": "module" }', ...tree })
  return {
    ...terminal,
    put,
    rows: async query => {
      const { code, stdout, stderr } = await terminal.pipe('sql', query, '--json')
      expect(stderr).toBe('')
      expect(code).toBe(0)
      return JSON.parse(stdout).rows
    },
    counts: async () => {
      const { stdout } = await terminal.pipe('logs', '--json')
      const events = stdout.trimEnd().split('\n')
      return Object.fromEntries(events.flatMap(line => countsOf(JSON.parse(line) as Event)))
    },
    state: () => contents(join(terminal.folder, '.sluice')),
  }
}

function countsOf({ asset, body }: Event): readonly (readonly [string, Counts])[] {
  if (asset === undefined || body.kind !== 'step.finished' || body.counts === undefined) return []
  const { counts } = body
  // The thirteenth invariant, wherever anything was counted.
  expect(counts.in).toBe(counts.out + counts.refused + counts.deduplicated)
  return [[asset, counts]]
}

function contents(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
    .map(path => `${path}\n${readFileSync(path, 'latin1')}`)
    .join('\n')
}
