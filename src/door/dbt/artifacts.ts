import { join, relative } from 'node:path'
import {
  type Catalog,
  catalogArtifact,
  type CompiledFacts,
  type CompiledNode,
  type FreshnessResult,
  type Manifest,
  manifestArtifact,
  type NodeResult,
  runResultsArtifact,
  sourcesArtifact,
  type UniqueId,
  writeArtifact,
} from '../../dbt/index.ts'
import { codePath } from './code-files.ts'
import type { Opened } from './opened.ts'

/** The files that a command leaves in the target folder, unless `--no-write-json`. */
export type Artifacts = {
  /** `manifest.json`, with the code of what was compiled. */
  readonly manifest: (compiled?: readonly Coded[]) => void
  readonly results: (results: readonly NodeResult[]) => void
  readonly sources: (results: readonly FreshnessResult[]) => void
  readonly catalog: (found: Catalog, selected?: ReadonlySet<UniqueId>) => void
}

type Coded = Pick<NodeResult, 'unique_id' | 'compiled_code'>

export function artifactsOf(rooms: Opened): Artifacts {
  const { settings, options, startedAtMs } = rooms
  const { manifest } = rooms.parsed()
  const isWanted = settings.choice('write-json') ?? true
  const write = (path: string, artifact: () => { readonly [field: string]: unknown }) => {
    if (isWanted) writeArtifact(path, artifact())
  }
  const file = (name: string) => join(rooms.targetDir(), name)
  const when = () => {
    const generatedAtMs = options.nowMs()
    return { manifest, generatedAtMs, elapsedMs: generatedAtMs - startedAtMs }
  }
  return {
    manifest: (coded = []) =>
      write(file('manifest.json'), () => manifestArtifact(manifest, compiledFacts(rooms, manifest, coded))),
    results: results =>
      write(file('run_results.json'), () =>
        runResultsArtifact({ ...when(), results, args: rooms.flags.args }),
      ),
    sources: results => {
      const asked = settings.text('output')
      const path = asked === undefined ? file('sources.json') : join(rooms.root, asked)
      write(path, () => sourcesArtifact({ ...when(), results }))
    },
    catalog: (found, selected) =>
      write(file('catalog.json'), () => catalogArtifact({ ...when(), found, ...(selected && { selected }) })),
  }
}

function compiledFacts(
  rooms: Opened,
  manifest: Manifest,
  coded: readonly Coded[],
): ReadonlyMap<UniqueId, CompiledFacts> {
  const folder = join(rooms.targetDir(), 'compiled')
  return new Map(
    coded.flatMap(({ unique_id: id, compiled_code: code }) => {
      const node = manifest.nodes.get(id) ?? manifest.functions.get(id)
      if (!node || code === null) return []
      const path = relative(rooms.root, join(folder, codePath(node)))
      return [[id, { compiled_code: code, compiled_path: path }] as const]
    }),
  )
}

/** What `compile` did, in the shape of a run's results. */
export function compiledResults(nodes: readonly CompiledNode[]): readonly NodeResult[] {
  return nodes.map(({ id, code, words }) => ({
    unique_id: id,
    status: code === undefined ? 'error' : 'success',
    message: words ?? null,
    failures: null,
    execution_time: 0,
    thread_id: 'Thread-1',
    adapter_response: {},
    timing: [],
    compiled: code !== undefined,
    compiled_code: code ?? null,
    relation_name: null,
    batch_results: null,
  }))
}
