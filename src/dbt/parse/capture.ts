import { CALL, Dict, type Language, type Scope, type Value } from '../../jinja/index.ts'
import { relation } from '../adapter/relation.ts'
import { valueOf } from '../context/json.ts'
import { RelationValue } from '../context/relation.ts'
import type { Context } from '../context/scope.ts'
import type { Node } from '../face.ts'
import type { Languages } from '../language.ts'
import { mapTree } from '../project/tree.ts'
import type { YamlObject } from '../yaml.ts'
import { configCall, noteRef, noteSource, readers } from './context.ts'
import { memo } from './memo.ts'
import { type Captured, captureKey } from './memory.ts'
import type { Parsing, Templates, TestCall } from './parsing.ts'
import { type StaticCall, staticCalls } from './static-calls.ts'
import type { Contexts } from './contexts.ts'
import { fromValue } from './values.ts'

export type CaptureParts = { readonly contexts: Contexts; readonly languages: Languages }

/** Renders code for what it calls. */
export function capturer(parsing: () => Parsing, parts: CaptureParts): Templates['capture'] {
  const { contexts } = parts
  const { code, current } = contexts

  // One hook is the hook of hundreds of nodes.
  const hookOf = memo(text => code.template(text, { name: 'dbt_project.yml' }))
  const hook = (node: Node, text: string): void => {
    try {
      hookOf(text).render(contexts.ofPackage(node.package_name))
    } catch {
      // What is wrong is told with the file of the node at which it is wrong.
      model(node, text)
    }
  }

  const model = (node: Node, text: string): void => {
    const template = code.template(text, { name: node.original_file_path })
    const calls = isOverridden(parsing(), node) ? undefined : staticCalls(template)
    if (calls === undefined) template.render(contexts.ofPackage(node.package_name))
    else noteAll(contexts, node, calls)
  }

  const only = (node: Node, text: string, names: readonly string[]): void => {
    const known = new Map<string, Value>(readers(current, () => ''))
    const scope: Scope = { get: name => (names.includes(name) ? known.get(name) : undefined) }
    code.template(text, { name: node.original_file_path }).render(scope)
  }

  const run: Templates['capture'] = (node, text, options = {}) => {
    current.node = node
    if (options.only !== undefined) only(node, text, options.only)
    else if (options.test !== undefined) test(parsing(), node, { parts, text, call: options.test })
    else if (options.isHook === true) hook(node, text)
    else model(node, text)
  }

  return (node, text, options = {}) => {
    if (!text.includes('{')) return
    const { captures } = parsing()
    const key = captureKey(node, text)
    const known = captures.before.get(key)
    const captured = known ?? watched(contexts, node, () => run(node, text, options))
    if (known !== undefined) apply(contexts, node, known)
    captures.now.set(key, captured)
  }
}

/** Run it, and tell what it has put down. */
function watched({ current }: Contexts, node: Node, run: () => void): Captured {
  const metrics = (node.metrics ?? []) as string[][]
  const functions = (node.functions ?? []) as string[][]
  const { refs, sources } = node
  const { macros } = node.depends_on
  const counts = [refs, sources, metrics, functions].map(({ length }) => length)
  // What the node's other code has called already is put down for this code as well.
  node.depends_on.macros = []
  const calls: YamlObject[] = []
  current.onCall = call => void calls.push(call)
  try {
    run()
  } finally {
    current.onCall = undefined
  }
  const [r = 0, s = 0, m = 0, f = 0] = counts
  const called = node.depends_on.macros
  node.depends_on.macros = [...new Set([...macros, ...called])]
  return {
    calls,
    refs: refs.slice(r),
    sources: sources.slice(s),
    metrics: ((node.metrics ?? []) as string[][]).slice(m),
    functions: ((node.functions ?? []) as string[][]).slice(f),
    macros: called,
  }
}

/** Put down again what was seen before. */
function apply({ current }: Contexts, node: Node, captured: Captured): void {
  for (const call of captured.calls) current.addCall(node, call)
  node.refs.push(...captured.refs)
  node.sources.push(...captured.sources)
  if (captured.metrics.length > 0)
    node.metrics = [...((node.metrics ?? []) as string[][]), ...captured.metrics]
  if (captured.functions.length > 0)
    node.functions = [...((node.functions ?? []) as string[][]), ...captured.functions]
  const { macros } = node.depends_on
  for (const macro of captured.macros) if (!macros.includes(macro)) macros.push(macro)
}

/** A project may have macros of these names, and then nothing is known without rendering. */
function isOverridden({ macros }: Parsing, node: Node): boolean {
  return ['ref', 'source', 'config'].some(name => macros.visible(node.package_name, name) !== undefined)
}

/** What dbt reads from a model without rendering it: a source is named once, however often it is read. */
function noteAll(contexts: Contexts, node: Node, calls: readonly StaticCall[]): void {
  for (const call of calls) note(contexts, call)
  if (node.resource_type !== 'model') return
  const sources = new Map(node.sources.map(source => [source.join('\0'), source]))
  node.sources.splice(0, node.sources.length, ...sources.values())
}

function note({ current }: Contexts, { name, positional, named }: StaticCall): void {
  if (name === 'ref') noteRef(current.node, positional, named)
  else if (name === 'source') noteSource(current.node, positional)
  else configCall(current, positional, named)
}

type Test = { readonly parts: CaptureParts; readonly text: string; readonly call: TestCall }

/**
 * A generic test's code does no more than call its macro: it is called at once, where that is sure to be the
 * same.
 */
function test(parsing: Parsing, node: Node, { parts, text, call }: Test): void {
  const { contexts, languages } = parts
  const { macro, namespace, config } = call
  const own = node.package_name
  const context = macro === undefined ? contexts.ofPackage(own) : contexts.ofTest(own, macro.unique_id)
  const written = renderedArguments(languages.argumentsParsing, context, { node, written: call.arguments })
  // After what the arguments read, as dbt orders them.
  const model = modelOf(parsing, node, { call, context })
  const given = new Map<string, Value>(Object.entries(written).map(([each, value]) => [each, valueOf(value)]))
  given.set('model', model)
  const isPlain = namespace === null || macro?.package_name === namespace
  if (macro !== undefined && isPlain && isLiteral(config)) {
    context.bound(macro)[CALL]([], given)
    if (Object.keys(config).length > 0) contexts.current.addCall(node, config)
    return
  }
  context.set('_dbt_generic_test_kwargs', Dict.of(given))
  contexts.code.template(text, { name: node.original_file_path }).render(context)
}

/** Texts with a backslash are read anew when they stand in code. */
function isLiteral(config: YamlObject): boolean {
  return !Object.values(config).some(value => typeof value === 'string' && value.includes('\\'))
}

type Model = { readonly call: TestCall; readonly context: Context }

/**
 * `get_where_subquery(ref('model'))`: the built-in one gives the relation itself while a project is parsed.
 */
function modelOf(parsing: Parsing, node: Node, { call: { model }, context }: Model): Value {
  if ('ref' in model) node.refs.push(model.ref)
  else node.sources.push(model.source)
  const { database, schema, alias: identifier } = node
  const self = new RelationValue(relation({ database, schema, identifier }))
  const where = parsing.macros.within(undefined, 'get_where_subquery')
  if (where === undefined) return self
  if (!parsing.builtins.includes(where.package_name)) return context.bound(where)[CALL]([self]) as Value
  const { macros } = node.depends_on
  if (!macros.includes(where.unique_id)) macros.push(where.unique_id)
  return self
}

const looksLikeCall = /^\s*(?:env_var|ref|var|source|doc)\s*\([^]+\)\s*$/

/** A generic test's arguments, each rendered as the expression that it is. */
function renderedArguments(
  language: Language,
  context: Context,
  { node, written }: { readonly node: Node; readonly written: YamlObject },
): YamlObject {
  return mapTree(written, (value, keys) => {
    if (typeof value !== 'string' || (keys.length === 1 && keys[0] === 'column_name')) return value
    const text = looksLikeCall.test(value) ? `{{ ${value} }}` : value
    if (!text.includes('{')) return text
    return fromValue(language.compile(text, { name: node.original_file_path }).native(context))
  }) as YamlObject
}
