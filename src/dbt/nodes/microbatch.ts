import { callable, type Callable, str } from '../../jinja/index.ts'
import { RelationValue } from '../context/relation.ts'
import type { Node, NodeResult } from '../face.ts'
import { type Batch, batchesOf } from './batch.ts'
import { type Carrying, materialized, wordsOf } from './carry.ts'
import { callMacro } from './context.ts'
import { relationOf } from './references.ts'
import { operation, type Scene } from './scene.ts'
import { timer } from './timing.ts'
import type { World } from './world.ts'

const strategyMacro = 'get_incremental_microbatch_sql'

/**
 * Whether a model is made batch by batch. A strategy of the project's own does as it likes, unless it is
 * told not to.
 */
export function isMicrobatch(
  { root, macros, builtins }: World,
  { resource_type: type, config }: Node,
): boolean {
  if (type !== 'model' || config.materialized !== 'incremental') return false
  if (config.incremental_strategy !== 'microbatch') return false
  if (root.flags.require_batched_execution_for_custom_microbatch_strategy === true) return true
  const macro = macros.within(undefined, strategyMacro)
  return macro === undefined || macro === null || builtins.includes(macro.package_name)
}

/**
 * Make a microbatch model: its batches one after the other, oldest first. If the first one fails the others
 * are not tried; if a later one does, the others still are.
 */
export async function carryOutBatches(node: Node, carrying: Carrying): Promise<NodeResult> {
  const { world, thread } = carrying
  const timing = timer(world.nowMs)
  const successful: [string, string][] = []
  const failed: [string, string][] = []
  const before = world.batchesBefore?.get(node.unique_id)
  const result = (ending: Pick<NodeResult, 'status' | 'message' | 'batch_results'>): NodeResult => ({
    unique_id: node.unique_id,
    ...ending,
    failures: 0,
    execution_time: timing.seconds(),
    thread_id: thread,
    adapter_response: {},
    timing: timing.spans(),
    compiled: false,
    compiled_code: null,
    relation_name: node.relation_name,
  })
  try {
    await timing.span('execute', async () => {
      const standing = await standingOf(node, carrying)
      const batches = before
        ? before.failed.map(bounds => batchOf(bounds, node))
        : wanted(node, world, standing)
      let stopped = false
      for (const [index, batch] of batches.entries()) {
        const hooks = { isFirst: index === 0, isLast: index === batches.length - 1 }
        const isIncremental = index > 0 || standing.isIncremental
        const done = !stopped && (await one({ node, batch, isIncremental, ...hooks }, carrying))
        if (!done && index === 0) stopped = true
        ;(done ? successful : failed).push([stamp(batch.startMs), stamp(batch.endMs)])
      }
    })
    const all = [...successful, ...(before?.successful ?? [])] as [string, string][]
    return result({ ...verdictOf(all.length, failed.length), batch_results: { successful: all, failed } })
  } catch (thrown) {
    return result({ status: 'error', message: wordsOf(thrown, node), batch_results: null })
  } finally {
    await carrying.session.rollback()
  }
}

function verdictOf(successes: number, failures: number): Pick<NodeResult, 'status' | 'message'> {
  if (failures === 0) return { status: 'success', message: 'SUCCESS' }
  if (successes === 0) return { status: 'error', message: 'ERROR' }
  return { status: 'partial success', message: `PARTIAL SUCCESS (${successes}/${successes + failures})` }
}

type Standing = { readonly isIncremental: boolean }

/** Whether the table is there and is to be kept. */
async function standingOf(node: Node, carrying: Carrying): Promise<Standing> {
  const { world, session } = carrying
  const scene: Scene = { world, node: operation(world.root.name), session, ctes: new Set(), isFree: true }
  const relation = new RelationValue(relationOf(node, world.root.quoting))
  const found = await callMacro(scene, 'load_cached_relation', { relation })
  const isTable = found instanceof RelationValue && found.relation.type === 'table'
  const { full_refresh: own } = node.config
  const isFresh = typeof own === 'boolean' ? own : world.flags.fullRefresh
  return { isIncremental: isTable && !isFresh }
}

function wanted(node: Node, world: World, { isIncremental }: Standing): readonly Batch[] {
  const { begin, batch_size: size, lookback } = node.config
  const span = world.sample ?? world.eventTime
  return batchesOf({
    size: String(size),
    beginMs: Date.parse(utc(str(begin as string))),
    lookback: typeof lookback === 'number' ? lookback : 1,
    nowMs: world.batchesBeforeMs ?? world.invocation.startedAtMs,
    startMs: span?.startMs,
    endMs: span?.endMs,
    isIncremental,
  })
}

/** A time without a zone is in UTC. */
function utc(text: string): string {
  const iso = text.trim().replace(' ', 'T')
  return /T/.test(iso) && !/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? `${iso}Z` : iso
}

function batchOf([start, end]: readonly [string, string], node: Node): Batch {
  const startMs = Date.parse(utc(start))
  return { id: idOf(startMs, String(node.config.batch_size)), startMs, endMs: Date.parse(utc(end)) }
}

/** Letters of `2026-01-31T05:00` that name a batch. */
const lengths: { readonly [size: string]: number } = { hour: 13, day: 10, month: 7, year: 4 }

function nameOf(ms: number, size: string): string {
  return new Date(ms).toISOString().slice(0, lengths[size] ?? 10)
}

function idOf(ms: number, size: string): string {
  return nameOf(ms, size).replace(/[-T]/g, '')
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', '+00:00')
}

type OneBatch = {
  readonly node: Node
  readonly batch: Batch
  readonly isIncremental: boolean
  readonly isFirst: boolean
  readonly isLast: boolean
}

/** One batch; hooks before run with the first and hooks after with the last. */
async function one(of: OneBatch, { world, compiler, session }: Carrying): Promise<boolean> {
  const { batch } = of
  const node = partOf(of)
  const instead = of.isIncremental ? incremental(world) : new Map<string, Callable>()
  try {
    const { code } = await compiler.compile(node, session, { batch, instead })
    world.write('compiled', node, code)
    await materialized({ world, node, session, ctes: new Set(), compiled: code, batch, instead })
    return true
  } catch (thrown) {
    const when = nameOf(batch.startMs, String(node.config.batch_size))
    world.say(`batch ${when}: ${wordsOf(thrown, of.node)}`, { toScreen: true })
    return false
  } finally {
    await session.rollback()
  }
}

/** The node as this batch is made: `models/events/events_2026-01-01.sql` is its file of code. */
function partOf({ node, batch, isFirst, isLast }: OneBatch): Node {
  const name = nameOf(batch.startMs, String(node.config.batch_size))
  const inFolder = (path: string) => path.replace(/([^/]+)\.(\w+)$/, `$1/$1_${name}.$2`)
  const config = { ...node.config }
  if (!isFirst) config['pre-hook'] = []
  if (!isLast) config['post-hook'] = []
  return { ...node, config, path: inFolder(node.path), original_file_path: inFolder(node.original_file_path) }
}

/** Once the table is there, a batch is an increment, whatever the command line says of a full refresh. */
function incremental({ macros }: World): Map<string, Callable> {
  const answers = [
    ['is_incremental', true],
    ['should_full_refresh', false],
  ] as const
  return new Map(
    answers.flatMap(([name, answer]) => {
      const macro = macros.within(undefined, name)
      return macro ? [[macro.unique_id, callable(name, '', () => answer)] as const] : []
    }),
  )
}
