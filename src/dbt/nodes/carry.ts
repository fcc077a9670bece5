import { Failure } from '../../errors/index.ts'
import { Dict, raise, Raised, str, type Value } from '../../jinja/index.ts'
import type { Session } from '../adapter/session.ts'
import { ResponseValue, responseOf, type Results } from '../context/results.ts'
import { RelationValue } from '../context/relation.ts'
import type { Node, NodeResult } from '../face.ts'
import { callWaiting } from '../macros/code.ts'
import { materializationMacro } from '../macros/materialization.ts'
import type { Compiler } from './compile.ts'
import { nodeContext } from './context.ts'
import { withForeignKeys } from './foreign-keys.ts'
import type { Scene } from './scene.ts'
import { timer } from './timing.ts'
import { verdictOf } from './verdict.ts'
import type { World } from './world.ts'

export type Carrying = {
  readonly world: World
  readonly compiler: Compiler
  readonly session: Session
  /** `Thread-3`, as results name it. */
  readonly thread: string
  /** Another materialization than the node's own, which needs no code of it: `clone`. */
  readonly as?: string | undefined
}

/**
 * Carry one node out: compile it, call its materialization, and tell what came of it. A model, seed or
 * snapshot ends as `success` or `error`, a test as `pass`, `warn`, `fail` or `error`. Never rejects for
 * what the node itself meets; what it began is rolled back.
 */
export async function carryOut(given: Node, carrying: Carrying): Promise<NodeResult> {
  const { world, compiler, session, thread, as } = carrying
  const timing = timer(world.nowMs)
  let node = given
  let code: string | null = null
  const result = (ending: Ending): NodeResult => ({
    unique_id: node.unique_id,
    failures: null,
    adapter_response: {},
    ...ending,
    execution_time: timing.seconds(),
    thread_id: thread,
    timing: timing.spans(),
    compiled: node.resource_type === 'seed' ? null : code !== null,
    compiled_code: code,
    relation_name: node.relation_name,
    batch_results: null,
  })
  try {
    node = withForeignKeys(world, given)
    if (node.resource_type !== 'seed' && as === undefined) {
      code = (await timing.span('compile', () => compiler.compile(node, session, { thread }))).code
      world.write('compiled', node, code)
    }
    const executed = as === undefined ? code : copyOf(world, node)
    const compiled = executed === null ? {} : { compiled: executed }
    const results = await timing.span('execute', () =>
      materialized({ world, node, session, thread, ctes: new Set(), ...compiled }, as),
    )
    if (as !== undefined && !results.get('main')) return result({ status: 'success', message: 'No-op' })
    return result(node.resource_type === 'test' ? verdictOf(node, results, world) : successOf(results))
  } catch (thrown) {
    return result({ status: 'error', message: wordsOf(thrown, node) })
  } finally {
    await session.rollback()
  }
}

/** A database that cannot clone has a view of what is copied instead. */
function copyOf({ deferred }: World, { unique_id: id }: Node): string | null {
  const other = deferred?.relations.get(id)
  return other?.relation_name ? `select * from ${other.relation_name}` : null
}

export type Ending = Pick<NodeResult, 'status' | 'message'> &
  Partial<Pick<NodeResult, 'failures' | 'adapter_response'>>

/** Call the node's materialization, and put what it made into the cache. */
export async function materialized(scene: Scene, as?: string): Promise<Results> {
  const { world, node } = scene
  const name = as ?? node.config.materialized ?? 'view'
  const macro = materializationMacro(world.manifest.macros, {
    name,
    rootName: world.root.name,
    adapterTypes: [world.adapter.type, ...world.adapter.parents],
    builtins: world.builtins,
  })
  if (!macro)
    raise(
      'CompilationError',
      `No materialization '${name}' was found for adapter ${world.adapter.type}! ` +
        `(searched types 'default' and '${world.adapter.type}')`,
    )
  const languages = macro.supported_languages ?? ['sql']
  if (!languages.includes(node.language))
    raise(
      'CompilationError',
      `Materialization "${macro.name}" only supports languages ${JSON.stringify(languages)}; ` +
        `got "${node.language}"`,
    )
  const { context, results } = nodeContext(scene)
  const made = await callWaiting(context.bound(macro))
  if (node.resource_type !== 'test' && node.resource_type !== 'unit_test')
    for (const relation of relationsIn(made, name))
      world.cache.added({ ...relation.relation, dbtCreated: true })
  return results
}

function relationsIn(made: Value, materialization: string): readonly RelationValue[] {
  const listed = made instanceof Dict ? made.get('relations') : undefined
  if (typeof made === 'string')
    raise(
      'CompilationError',
      `The materialization ("${materialization}") did not explicitly return a list of relations ` +
        'to add to the cache.',
    )
  if (!Array.isArray(listed) || !listed.every(each => each instanceof RelationValue))
    raise(
      'CompilationError',
      'Invalid return value from materialization, expected a dict with key "relations" that holds relations',
    )
  return listed as RelationValue[]
}

function successOf(results: Results): Ending {
  const main = results.get('main')
  if (!main) raise('CompilationError', 'main is not being called during running model')
  const { response } = main
  return {
    status: 'success',
    message: response instanceof ResponseValue ? response.message : str(response),
    adapter_response: responseOf(response),
  }
}

/** `Database Error in model customers (models/customers.sql)` and what is said, indented as dbt does. */
export function wordsOf(thrown: unknown, node: Node): string {
  const { kind, words } = told(thrown)
  const path = node.original_file_path === '' ? '' : ` (${node.original_file_path})`
  const where = `${node.resource_type} ${node.name}${path}`
  return `${kind} in ${where}\n${words
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')}`
}

const kinds: { readonly [python: string]: string } = {
  CompilationError: 'Compilation Error',
  DatabaseError: 'Database Error',
  DbtReferenceError: 'Reference Error',
  ParsingError: 'Parsing Error',
  DbtValidationError: 'Validation Error',
  DependencyError: 'Dependency Error',
  FailFastError: 'FailFast Error',
  DbtRuntimeError: 'Runtime Error',
  DbtInternalError: 'Internal Error',
  RelationTypeNullError: 'Runtime Error',
}

function told(thrown: unknown): { readonly kind: string; readonly words: string } {
  const raised = thrown instanceof Failure ? thrown.cause : thrown
  if (raised instanceof Raised)
    return { kind: kinds[raised.kind] ?? 'Compilation Error', words: raised.words }
  if (!(thrown instanceof Failure)) throw thrown
  // What the database says stands for itself.
  const isDatabase = thrown.code.startsWith('SLUICE_TARGET') && thrown.why !== undefined
  const said = isDatabase ? [thrown.why] : [thrown.title, thrown.why]
  const words = said.filter(each => each !== undefined).join('\n')
  return { kind: thrown.code.startsWith('SLUICE_JINJA') ? 'Compilation Error' : 'Runtime Error', words }
}
