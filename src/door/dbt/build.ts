import { build, type Node, type NodeResult, type UniqueId, type World } from '../../dbt/index.ts'
import { failure } from '../../errors/index.ts'
import { artifactsOf } from './artifacts.ts'
import { codePath } from './code-files.ts'
import type { DbtReport, NodeFacts, Tally } from './face.ts'
import type { DbtCommand } from './flags.ts'
import type { Opened } from './opened.ts'
import { checkPython } from './python.ts'
import { resourceOf, selected } from './selection.ts'
import { eventTimeOf, sampleOf } from './times.ts'

/** `build`, `run`, `test`, `seed`, `snapshot`, `clone`: the selected nodes, carried out. */
export async function built(rooms: Opened): Promise<DbtReport> {
  const { command } = rooms.options
  return carriedOut(rooms, { command, ids: selected(rooms, command) })
}

export type Work = {
  readonly command: DbtCommand
  readonly ids: readonly UniqueId[]
  readonly more?: Partial<World>
}

export async function carriedOut(rooms: Opened, { command, ids, more = {} }: Work): Promise<DbtReport> {
  const { options, voices } = rooms
  const { profile } = rooms.parsed()
  const { onEvent, signal, nowMs } = options
  if (ids.length === 0) voices.warn('Nothing is selected: no node matches, or all that do are disabled.')
  if (command !== 'clone') await checkPython(rooms, rooms.parsed().manifest, ids)
  const world = await rooms.world(ids, { ...spansOf(rooms), ...more })
  onEvent({
    kind: 'started',
    nodes: ids.length,
    threads: profile.threads,
    target: `${profile.type} ${profile.targetName}`,
  })
  const results = await build({
    world,
    ids,
    testsFirst: command === 'build',
    as: command === 'clone' ? 'clone' : undefined,
    threads: profile.threads,
    signal,
    onStart: id => onEvent({ kind: 'node.started', unique_id: id }),
    onEnd: result => onEvent({ kind: 'node.finished', node: factsOf(world, result), result }),
  })
  const artifacts = artifactsOf(rooms)
  artifacts.manifest(results)
  artifacts.results(results)
  return reportOf(results, nowMs() - rooms.startedAtMs)
}

/** Which rows are read, where a command says so. */
function spansOf({ settings, startedAtMs }: Opened): Partial<World> {
  return { eventTime: eventTimeOf(settings), sample: sampleOf(settings, startedAtMs) }
}

const failed = new Set(['error', 'fail', 'runtime error', 'partial success'])

export function reportOf(results: readonly NodeResult[], elapsedMs: number): DbtReport {
  const counts: { [status in Tally]: number } = {
    pass: 0,
    warn: 0,
    error: 0,
    skip: 0,
    noOp: 0,
    total: results.length,
  }
  for (const { status } of results) counts[tallied(status)] += 1
  const skippedWork = results.some(
    ({ status, unique_id: id }) => status === 'skipped' && !id.startsWith('exposure.'),
  )
  return { results, elapsedMs, counts, exit: counts.error > 0 || skippedWork ? 1 : 0 }
}

function tallied(status: NodeResult['status']): Exclude<Tally, 'total'> {
  if (failed.has(status)) return 'error'
  if (status === 'skipped') return 'skip'
  if (status === 'warn') return 'warn'
  return status === 'no-op' ? 'noOp' : 'pass'
}

/** What is told of a node: its relation without the database, if that is the profile's own. */
function factsOf(
  { manifest, profile, flags }: Pick<World, 'manifest' | 'profile' | 'flags'>,
  { unique_id: id, compiled_code: code }: Pick<NodeResult, 'unique_id' | 'compiled_code'>,
): NodeFacts {
  const resource = resourceOf(manifest, id)
  if (!resource) throw failure('SLUICE_INTERNAL', { doing: 'telling of a node', words: id })
  const { resource_type, name, original_file_path: path, config } = resource
  const node = manifest.nodes.get(id) ?? manifest.functions.get(id)
  const isRelation = node !== undefined && ['model', 'seed', 'snapshot', 'function'].includes(resource_type)
  const database = node?.database === profile.database ? [] : [node?.database]
  return {
    unique_id: id,
    resource_type,
    name,
    path,
    relation: isRelation ? [...database, node.schema, node.alias].join('.') : undefined,
    materialized: typeof config.materialized === 'string' ? config.materialized : undefined,
    failuresIn: keepsFailures(flags, node) ? (node?.relation_name ?? undefined) : undefined,
    compiledPath: node && code !== null ? codePath(node) : undefined,
  }
}

function keepsFailures({ storeFailures }: World['flags'], node: Node | undefined): boolean {
  if (node?.resource_type !== 'test') return false
  return typeof node.config.store_failures === 'boolean' ? node.config.store_failures : storeFailures
}
