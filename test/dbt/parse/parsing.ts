import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  flagsValue,
  modulesValue,
  parseProject,
  type Parsed,
  utcMoment,
  valueOf,
} from '../../../src/dbt/index.ts'
import { dbtLanguages } from '../../../src/dbt/index.ts'

const packages = fileURLToPath(new URL('../../../src/dbt/packages', import.meta.url))
const nowMs = Date.UTC(2026, 0, 31)

export type ParseOptions = {
  readonly vars?: { readonly [name: string]: string }
  readonly memoryPath?: string
}

/** Parse a folder as a command would. */
export function parse(root: string, { vars = {}, memoryPath }: ParseOptions = {}): Parsed {
  const flags = {
    which: 'parse',
    fullRefresh: false,
    storeFailures: false,
    failFast: false,
    empty: false,
    vars,
    args: {},
  }
  return parseProject({
    root,
    folder: root,
    home: root,
    vars: { ...vars },
    env: {},
    flags,
    builtinFolders: ['dbt_duckdb', 'dbt'].map(name => join(packages, name)),
    languages: dbtLanguages(),
    nowMs,
    invocationId: 'test',
    values: {
      flags: flagsValue(flags),
      modules: modulesValue(() => nowMs),
      runStartedAt: utcMoment(nowMs),
      invocationArguments: valueOf({}),
    },
    say: () => {},
    memoryPath,
  })
}

const profiles = 'shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: db.duckdb}\n'

/** A project of these files, in a folder that is gone when the test is over. */
export function withProject<T>(files: { readonly [path: string]: string }, act: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'sluice-dbt-'))
  const all = { 'dbt_project.yml': 'name: shop\nprofile: shop\n', 'profiles.yml': profiles, ...files }
  try {
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return act(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}
