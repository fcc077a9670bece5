import { tupleOf, type Value } from '../../jinja/index.ts'
import { relation } from '../adapter/relation.ts'
import type { Session } from '../adapter/session.ts'
import { databaseMethods } from '../context/database.ts'
import { RelationValue } from '../context/relation.ts'
import { TableValue } from '../context/table.ts'
import { str } from '../../jinja/index.ts'
import type { Node, NodeResult, UniqueId } from '../face.ts'
import { carryOut } from '../nodes/carry.ts'
import { type Compiler, compiler } from '../nodes/compile.ts'
import { callMacro } from '../nodes/context.ts'
import { hasForeignKey } from '../nodes/foreign-keys.ts'
import { carryOutHook } from '../nodes/hook.ts'
import { carryOutBatches, isMicrobatch } from '../nodes/microbatch.ts'
import { isEphemeral } from '../nodes/references.ts'
import { resultValue } from '../nodes/result-value.ts'
import { operation, type Scene } from '../nodes/scene.ts'
import type { World } from '../nodes/world.ts'
import { carryOutUnitTest } from '../nodes/unit-test.ts'
import { connectionsOf } from './connections.ts'
import { type Edges, edgesOf } from './edges.ts'
import { inOrder, type Outcome } from './order.ts'

export type Building = {
  readonly world: World
  readonly ids: readonly UniqueId[]
  /** What reads a node waits for its tests. */
  readonly testsFirst: boolean
  /** Nodes are made by this materialization and not by their own, and none waits for another: `clone`. */
  readonly as?: string | undefined
  readonly threads: number
  readonly signal: AbortSignal
  readonly onStart?: (id: UniqueId) => void
  readonly onEnd?: (result: NodeResult) => void
}

/**
 * Carry out the selected nodes in order, between the hooks of the project. A failing hook before all ends
 * it; results are those of all nodes, in the order of their ends.
 */
export async function build(building: Building): Promise<readonly NodeResult[]> {
  const { world, signal } = building
  const connections = connectionsOf(world, signal)
  const sessionOf = connections.session
  const compile = compiler(world)
  const results: NodeResult[] = []
  const say = (result: NodeResult) => {
    results.push(result)
    building.onEnd?.(result)
  }
  try {
    const master = await sessionOf(0)
    await createSchemas(world, master, building.ids)
    const hooking = { world, compile, session: master, say }
    if (await hooks(hooking, 'on-run-start', new Map())) {
      await nodes(building, { compile, sessionOf, say })
      await hooks(hooking, 'on-run-end', endNames(world, building.ids, results))
    } else for (const id of building.ids) say(skipped(world, id, 'an on-run-start hook failed'))
    return results
  } finally {
    connections.close()
  }
}

type Floor = {
  readonly compile: Compiler
  readonly sessionOf: (thread: number) => Promise<Session>
  readonly say: (result: NodeResult) => void
}

async function nodes(building: Building, { compile, sessionOf, say }: Floor): Promise<void> {
  const { world, ids, testsFirst, threads, signal } = building
  const carried = ids.filter(id => !isLeftOut(world, id))
  const edges = building.as === undefined ? edgesOf(world.manifest, carried, { testsFirst }) : noEdges
  const alone = oneAtATime()
  await inOrder(
    carried,
    { edges, threads, failFast: world.flags.failFast, signal },
    {
      act: async (id, number) => {
        building.onStart?.(id)
        const session = await sessionOf(number)
        const carrying = { world, compiler: compile, session, thread: `Thread-${number}`, as: building.as }
        const unit = world.manifest.unit_tests.get(id)
        const node = world.manifest.nodes.get(id) ?? world.manifest.functions.get(id)
        const carry = async () => {
          if (unit) return carryOutUnitTest(unit, carrying)
          if (!node) return noOperation(id, carrying.thread)
          const isBatched = building.as === undefined && isMicrobatch(world, node)
          return (isBatched ? carryOutBatches : carryOut)(node, carrying)
        }
        const result = await (node && hasForeignKey(node) ? alone(carry) : carry())
        say(result)
        return outcomeOf(result)
      },
      skip: (id, because) =>
        say(skipped(world, id, because === undefined ? null : `depends on ${because}, which failed`)),
    },
  )
}

/** DuckDB changes the table that a foreign key points to: two at once would be in each other's way. */
function oneAtATime(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return act => {
    const next = last.then(act)
    last = next.catch(() => undefined)
    return next
  }
}

const noEdges: Edges = { before: new Map(), after: new Map() }

/** Ephemeral models are part of what reads them. */
function isLeftOut({ manifest }: World, id: UniqueId): boolean {
  const node = manifest.nodes.get(id)
  return node !== undefined && isEphemeral(node)
}

const failed = new Set<NodeResult['status']>(['error', 'fail', 'skipped', 'runtime error', 'partial success'])

function outcomeOf({ status }: NodeResult): Outcome {
  return failed.has(status) ? 'failed' : 'ok'
}

/** Exposures and saved queries are selected by `build`, and there is nothing to do for them. */
function noOperation(id: UniqueId, thread: string): NodeResult {
  return { ...nothing(id, thread), status: 'no-op', message: 'NO-OP' }
}

function skipped({ manifest }: World, id: UniqueId, message: string | null): NodeResult {
  const relation_name = manifest.nodes.get(id)?.relation_name ?? null
  return { ...nothing(id, 'MainThread'), status: 'skipped', message, relation_name }
}

function nothing(id: UniqueId, thread: string): NodeResult {
  return {
    unique_id: id,
    status: 'skipped',
    message: null,
    failures: null,
    execution_time: 0,
    thread_id: thread,
    adapter_response: {},
    timing: [],
    compiled: null,
    compiled_code: null,
    relation_name: null,
    batch_results: null,
  }
}

type Hooking = {
  readonly world: World
  readonly compile: Compiler
  readonly session: Session
  readonly say: (result: NodeResult) => void
}

/**
 * The hooks of packages, then those of the project; false: one has failed, and those after it did not run.
 */
export async function hooks(
  hooking: Hooking,
  when: 'on-run-start' | 'on-run-end',
  names: ReadonlyMap<string, Value>,
): Promise<boolean> {
  const { world, compile, session, say } = hooking
  const own = world.root.name
  const found = [...world.manifest.nodes.values()]
    .filter(node => node.resource_type === 'operation' && node.tags.includes(when))
    .toSorted(
      (a, b) =>
        orderOf(a, own) - orderOf(b, own) ||
        compareText(a.package_name, b.package_name) ||
        indexOf(a) - indexOf(b),
    )
  for (const node of found) {
    const result = await carryOutHook(node, {
      world,
      compiler: compile,
      session,
      thread: 'MainThread',
      names,
    })
    say(result)
    if (result.status === 'error') return false
  }
  return true
}

function orderOf({ package_name: name }: Node, own: string): number {
  return name === own ? 1 : 0
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function indexOf({ index }: Node): number {
  return typeof index === 'number' ? index : 0
}

/** Where nodes will stand. */
function placesOf({ manifest, flags }: World, ids: readonly UniqueId[]): readonly Node[] {
  return ids.flatMap(id => {
    const node = manifest.nodes.get(id) ?? manifest.functions.get(id)
    if (!node || isEphemeral(node)) return []
    if (node.resource_type === 'test')
      return node.config.store_failures === true || flags.storeFailures ? [node] : []
    return ['model', 'seed', 'snapshot', 'function'].includes(node.resource_type) ? [node] : []
  })
}

/** Schemas that are not there yet. */
async function createSchemas(world: World, session: Session, ids: readonly UniqueId[]): Promise<void> {
  const wanted = new Map<string, Node>()
  for (const node of placesOf(world, ids)) wanted.set(JSON.stringify([node.database, node.schema]), node)
  const scene: Scene = { world, node: operation(world.root.name), session, ctes: new Set(), isFree: true }
  const known = new Map<string, ReadonlySet<string>>()
  for (const { database, schema } of wanted.values()) {
    const name = database ?? world.profile.database
    const has = known.get(name) ?? (await schemasOf(scene, name))
    known.set(name, has)
    if (has.has(schema.toLowerCase())) continue
    const methods = databaseMethods({
      session,
      cache: world.cache,
      defaultDatabase: world.profile.database,
      quotesIdentifier: true,
      macro: (macro, named) => callMacro(scene, macro, named),
    })
    await methods.createSchema(new RelationValue(relation({ database, schema })))
  }
  await session.commit()
}

async function schemasOf(scene: Scene, database: string): Promise<ReadonlySet<string>> {
  const answer = await callMacro(scene, 'list_schemas', { database })
  const rows = answer instanceof TableValue ? answer.table.rows : []
  return new Set(rows.map(([name = null]) => str(name).toLowerCase()))
}

/** What hooks after all may name besides. */
function endNames(
  world: World,
  ids: readonly UniqueId[],
  results: readonly NodeResult[],
): ReadonlyMap<string, Value> {
  const places = placesOf(world, ids)
  const schemas = [...new Set(places.map(({ schema }) => schema))]
  const pairs = new Map(
    places.map(({ database, schema }) => [JSON.stringify([database, schema]), tupleOf([database, schema])]),
  )
  return new Map<string, Value>([
    ['schemas', schemas],
    ['database_schemas', [...pairs.values()]],
    ['results', results.map(result => resultValue(world, result))],
  ])
}
