import { join } from 'node:path'
import { failure } from '../../errors/index.ts'
import type { Manifest } from '../face.ts'
import { textOf } from '../project/walk.ts'
import { isObject } from '../yaml.ts'
import type { Freshness, State } from './state.ts'

/** Schema versions that are understood: those of dbt 1.7 to 1.11. */
const versions: { readonly [artifact: string]: readonly number[] } = {
  manifest: [11, 12],
  'run-results': [5, 6],
  sources: [3],
}

export type StateFolders = {
  /** `--state` */
  readonly state: string
  /** Of this project; sources that were measured last are looked for there. */
  readonly target: string
}

/** What another run left behind; files that are not there are absent, others must be readable. */
export function readState({ state, target }: StateFolders): State {
  const manifest = read(join(state, 'manifest.json'), 'manifest')
  const results = read(join(state, 'run_results.json'), 'run-results')?.results
  const sources = read(join(state, 'sources.json'), 'sources')?.results
  const sourcesNow = read(join(target, 'sources.json'), 'sources')?.results
  return {
    ...(manifest && { manifest: manifestOf(manifest) }),
    ...(Array.isArray(results) && { results: results as NonNullable<State['results']> }),
    ...(Array.isArray(sources) && { sources: sources as Freshness[] }),
    ...(Array.isArray(sourcesNow) && { sourcesNow: sourcesNow as Freshness[] }),
  }
}

type Artifact = { readonly [field: string]: unknown }

function read(path: string, name: string): Artifact | undefined {
  const text = textOf(path)
  if (text === undefined) return undefined
  const artifact = parsed(path, text)
  const { metadata } = artifact as { metadata?: { dbt_schema_version?: unknown } }
  const schema = String(metadata?.dbt_schema_version ?? '')
  const found = /\/dbt\/([\w-]+)\/v(\d+)\.json$/.exec(schema)
  if (found?.[1] !== name || !versions[name]?.includes(Number(found[2])))
    throw failure('SLUICE_DBT_STATE', {
      path,
      words: schema === '' ? 'It says no schema version.' : `Its schema is \`${schema}\`.`,
    })
  return artifact
}

function parsed(path: string, text: string): Artifact {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    throw failure('SLUICE_DBT_STATE', { path, words: 'It is not valid JSON.' })
  }
  throw failure('SLUICE_DBT_STATE', { path, words: 'It is not a JSON object.' })
}

/** The same shapes as in memory; dbt 1.7 had no unit tests, dbt before 1.11 no functions. */
function manifestOf(artifact: Artifact): Manifest {
  const map = (kind: string) => new Map(Object.entries((artifact[kind] ?? {}) as object))
  return {
    metadata: artifact.metadata as Manifest['metadata'],
    selectors: (artifact.selectors ?? {}) as Manifest['selectors'],
    nodes: map('nodes'),
    sources: map('sources'),
    macros: map('macros'),
    docs: map('docs'),
    exposures: map('exposures'),
    metrics: map('metrics'),
    groups: map('groups'),
    disabled: map('disabled'),
    semantic_models: map('semantic_models'),
    saved_queries: map('saved_queries'),
    unit_tests: map('unit_tests'),
    functions: map('functions'),
  }
}
