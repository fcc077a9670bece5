import { failure } from '../../errors/index.ts'
import { HOST, raise, str, type Value } from '../../jinja/index.ts'
import type { Session } from '../adapter/session.ts'
import { RelationValue } from '../context/relation.ts'
import { type Table, TableValue } from '../context/table.ts'
import { responseOf } from '../context/results.ts'
import type { Node, NodeResult, Resource, UniqueId } from '../face.ts'
import { wordsOf } from '../nodes/carry.ts'
import { compiler } from '../nodes/compile.ts'
import { callMacro } from '../nodes/context.ts'
import { sourceRelation } from '../nodes/references.ts'
import { operation, type Scene } from '../nodes/scene.ts'
import { timer } from '../nodes/timing.ts'
import type { World } from '../nodes/world.ts'
import { hooks } from './build.ts'
import { connectionsOf } from './connections.ts'

/** How old the newest row of a source is, and what the source says of that. */
export type FreshnessResult = Pick<
  NodeResult,
  'unique_id' | 'message' | 'execution_time' | 'thread_id' | 'timing' | 'adapter_response'
> & {
  readonly status: 'pass' | 'warn' | 'error' | 'runtime error'
  /** undefined: it could not be measured. */
  readonly measured: { readonly maxLoadedAtMs: number; readonly snapshottedAtMs: number } | undefined
  readonly criteria: Criteria
}

type Bound = { readonly count: number | null; readonly period: string | null }
export type Criteria = {
  readonly warn_after?: Bound | null
  readonly error_after?: Bound | null
  readonly filter?: string | null
}

/** Measure the freshness of sources, one after the other: each is one small query. */
export async function measureFreshness(
  world: World,
  ids: readonly UniqueId[],
  { signal, onEnd }: { readonly signal: AbortSignal; readonly onEnd?: (result: FreshnessResult) => void },
): Promise<readonly FreshnessResult[]> {
  const connections = connectionsOf(world, signal)
  const results: FreshnessResult[] = []
  try {
    const session = await connections.session(0)
    // Unless the project says otherwise (`source_freshness_run_project_hooks`), its hooks run here, too.
    const hooking = { world, compile: compiler(world), session, say: () => {} }
    const runsHooks = world.root.flags.source_freshness_run_project_hooks !== false
    if (runsHooks && !(await hooks(hooking, 'on-run-start', new Map())))
      throw failure('SLUICE_DBT_FAILED', { words: 'A hook of `on-run-start` has failed.' })
    for (const id of ids) {
      const source = world.manifest.sources.get(id)
      if (!source || signal.aborted) continue
      const result = await one(world, session, source)
      results.push(result)
      onEnd?.(result)
    }
    if (runsHooks) await hooks(hooking, 'on-run-end', hookNames)
    return results
  } finally {
    connections.close()
  }
}

/** What hooks after all may name; nothing is built here. */
const hookNames = new Map<string, Value>([
  ['schemas', []],
  ['database_schemas', []],
  ['results', []],
])

async function one(world: World, session: Session, source: Resource): Promise<FreshnessResult> {
  const timing = timer(world.nowMs)
  const criteria = source.freshness as Criteria
  const result = (
    ending: Pick<FreshnessResult, 'status' | 'message' | 'measured' | 'adapter_response'>,
  ): FreshnessResult => ({
    unique_id: source.unique_id,
    ...ending,
    criteria,
    execution_time: timing.seconds(),
    thread_id: 'Thread-1',
    timing: timing.spans(),
  })
  try {
    const answer = await timing.span('execute', () => asked(world, session, source))
    const measured = measuredOf(answer.table, source)
    const ageMs = measured.snapshottedAtMs - measured.maxLoadedAtMs
    return result({
      status: statusOf(criteria, ageMs),
      message: null,
      measured,
      adapter_response: answer.response,
    })
  } catch (thrown) {
    const message = wordsOf(thrown, source as Node)
    return result({ status: 'runtime error', message, measured: undefined, adapter_response: {} })
  } finally {
    await session.rollback()
  }
}

type Answer = { readonly table: Table; readonly response: FreshnessResult['adapter_response'] }

async function asked(world: World, session: Session, source: Resource): Promise<Answer> {
  const scene: Scene = { world, node: operation(world.root.name), session, ctes: new Set(), isFree: true }
  const relation = new RelationValue(sourceRelation(source))
  const { loaded_at_query: query, loaded_at_field: field } = source
  if (typeof query === 'string' && query !== '') {
    const node: Node = {
      ...operation(source.package_name, source.name),
      resource_type: 'sql_operation',
      database: source.database as string,
      schema: String(source.schema),
      alias: String(source.identifier),
      raw_code: query,
    }
    const { code } = await compiler(world).compile(node, session, { isFree: true })
    return answerOf(
      await callMacro(scene, 'collect_freshness_custom_sql', { source: relation, loaded_at_query: code }),
    )
  }
  if (typeof field !== 'string' || field === '')
    return raise(
      'DbtRuntimeError',
      `Could not compute freshness for source ${source.name}: it has no 'loaded_at_field', ` +
        `and ${world.adapter.type} keeps no record of when tables change.`,
    )
  const { filter = null } = source.freshness as Criteria
  return answerOf(
    await callMacro(scene, 'collect_freshness', { source: relation, loaded_at_field: field, filter }),
  )
}

/** A macro of today gives the result of its statement, one of old the table alone. */
function answerOf(value: Value): Answer {
  if (value instanceof TableValue) return { table: value.table, response: {} }
  const table = fieldOf(value, 'table')
  if (!(table instanceof TableValue)) return raise('DbtRuntimeError', 'collect_freshness returned no table')
  return { table: table.table, response: responseOf(fieldOf(value, 'response') ?? null) }
}

function fieldOf(value: Value, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null || !(HOST in value)) return undefined
  return value[HOST].attribute(value as never, name)
}

// Python's datetime.min: what dbt takes for the time of a table without rows.
const never = '0001-01-01 00:00:00'

function measuredOf({ rows }: Table, source: Resource): NonNullable<FreshnessResult['measured']> {
  const [row, ...more] = rows
  if (!row || row.length !== 2 || more.length > 0)
    return raise('DbtRuntimeError', 'collect_freshness gave no single row of two columns')
  const [loaded = null, now = null] = row
  return {
    maxLoadedAtMs: momentOf(loaded === null ? never : str(loaded), source),
    snapshottedAtMs: momentOf(str(now), source),
  }
}

/** A time without a zone is in UTC. */
function momentOf(text: string, { loaded_at_field: field, name }: Resource): number {
  const found = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  if (!found)
    return raise(
      'DbtRuntimeError',
      `Expected a timestamp value when querying field '${String(field)}' of table ${name}; ` +
        'try casting it to a timestamp',
    )
  const [, day, time = '', zone = 'Z'] = found
  return Date.parse(`${day}T${time.slice(0, 12)}${zone}`)
}

const hourMs = 3_600_000
const periodsMs: { readonly [period: string]: number } = {
  minute: 60_000,
  hour: hourMs,
  day: 24 * hourMs,
}

function statusOf(
  { error_after: error, warn_after: warn }: Criteria,
  ageMs: number,
): 'pass' | 'warn' | 'error' {
  if (isExceeded(error, ageMs)) return 'error'
  return isExceeded(warn, ageMs) ? 'warn' : 'pass'
}

function isExceeded(bound: Bound | null | undefined, ageMs: number): boolean {
  const { count, period } = bound ?? { count: null, period: null }
  return count !== null && period !== null && ageMs > count * (periodsMs[period] ?? 0)
}
