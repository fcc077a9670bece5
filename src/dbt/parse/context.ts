import {
  CALL,
  type Callable,
  callable,
  Dict,
  HOST,
  type Host,
  type Named,
  str,
  type Value,
} from '../../jinja/index.ts'
import { relation } from '../adapter/relation.ts'
import { type AdapterFacts, AdapterValue } from '../context/adapter.ts'
import {
  dbtVersion,
  envVar,
  type Environment,
  pureBuiltins,
  telling,
  validationValue,
} from '../context/builtins.ts'
import { columnClass } from '../context/column.ts'
import type { Dispatching } from '../context/dispatch.ts'
import { exceptionsValue, raiseCompilation } from '../context/exceptions.ts'
import { hostType } from '../context/host.ts'
import { valueOf } from '../context/json.ts'
import { relationClass, RelationValue } from '../context/relation.ts'
import { results } from '../context/results.ts'
import type { Context, Members } from '../context/scope.ts'
import type { Node, Ref } from '../face.ts'
import { hookName } from '../project/config.ts'
import type { YamlObject } from '../yaml.ts'
import { fromValue } from './values.ts'

/** What templates may know of the world while a project is parsed. */
export type World = {
  readonly env: Environment
  /** Told of every variable of the environment that is asked for. */
  readonly onEnv: (name: string, value: string | undefined) => void
  readonly say: (words: string, options: { readonly toScreen: boolean }) => void
  readonly warn: (words: string) => void
  readonly target: Value
  readonly flags: Value
  readonly modules: Value
  readonly runStartedAt: Value
  readonly invocationId: string
  readonly invocationArguments: Value
}

export type Entries = [name: string, member: (context: Context) => Value][]

/** What every context has, that of a file of properties as well. */
export function baseMembers(world: World): Entries {
  const constant = (name: string, value: Value): Entries[number] => [name, () => value]
  return [
    ...[...pureBuiltins()].map(([name, value]) => constant(name, value)),
    constant('env_var', envVar(world.env, world.onEnv)),
    ...telling(world.say).map(([name, value]) => constant(name, value)),
    constant('dbt_version', dbtVersion),
    constant('run_started_at', world.runStartedAt),
    constant('invocation_id', world.invocationId),
    constant('thread_id', 'MainThread'),
    constant('modules', world.modules),
    constant('flags', world.flags),
    constant('target', world.target),
  ]
}

/**
 * The node whose code is looked at, and where its calls are put down. It changes from node to node; the
 * context stays.
 */
export type Current = {
  node: Node
  readonly addCall: (node: Node, call: YamlObject) => void
  /** Told of every call of `config`. */
  onCall: ((call: YamlObject) => void) | undefined
}

/** `config(…)` while a project is parsed: it is noted, and answers nothing. */
class ConfigValue implements Host {
  readonly [HOST] = configHost
  readonly current: Current
  constructor(current: Current) {
    this.current = current
  }
}

const nothing = (): Value => ''

const configHost = hostType<ConfigValue>(
  'ParseConfigObject',
  {
    methods: {
      get: ['name, default=None, validator=None', nothing],
      require: ['name, validator=None', nothing],
      meta_get: ['name, default=None, validator=None', nothing],
      meta_require: ['name, validator=None', nothing],
      set: ['name, value', (self, [name, value]) => noted(self.current, new Map([[str(name), value]]))],
      persist_relation_docs: ['', () => false],
      persist_column_docs: ['', () => false],
    },
  },
  { call: ({ current }, positional, named) => configCall(current, positional, named ?? new Map()) },
)

/** `config(option=…)`, or `config({…})`. */
export function configCall(current: Current, positional: readonly Value[], named: Named): Value {
  const [first, second] = positional
  if (named.size > 0 && first === undefined) return noted(current, named)
  if (!(first instanceof Dict) || second !== undefined || named.size > 0)
    return raiseCompilation('`config` takes options by name, or one dict.')
  return noted(current, new Map(Array.from(first.entries(), ([key, value]) => [str(key), value] as const)))
}

function noted({ node, addCall }: Current, options: Named): Value {
  const call: YamlObject = {}
  for (const [written, value] of options) {
    const name = hookName(written)
    if (name in call) raiseCompilation(`\`${written}\` and \`${name}\` are the same option.`)
    call[name] = fromValue(value)
  }
  addCall(node, call)
  return ''
}

function names(of: string, values: readonly Value[], counts: readonly number[]): string[] {
  if (!counts.includes(values.length))
    return raiseCompilation(`\`${of}\` takes ${counts.join(' or ')} names; this has ${values.length}.`)
  return values.map(value =>
    typeof value === 'string' ? value : raiseCompilation(`The names of \`${of}\` must be texts.`),
  )
}

/** `ref('package', 'model', version=1)` is noted at the node. */
export function noteRef(node: Node, positional: readonly Value[], named: Named): void {
  const [first = '', second] = names('ref', positional, [1, 2])
  const given = fromValue(named.get('version') ?? null) || fromValue(named.get('v') ?? null)
  const version: Ref['version'] = !given ? null : typeof given === 'number' ? given : String(given)
  node.refs.push({ name: second ?? first, package: second === undefined ? null : first, version })
}

/** `source('source', 'table')` is noted at the node. */
export function noteSource(node: Node, positional: readonly Value[]): void {
  node.sources.push(names('source', positional, [2]) as [string, string])
}

/** `ref`, `source`, `metric`, `function`: noted at the node, and answered with the node's own place. */
export function readers(
  current: Current,
  self: () => Value,
): readonly (readonly [name: string, reader: Callable])[] {
  const reader = (name: string, note: (positional: readonly Value[], named: Named) => void) =>
    [
      name,
      {
        name,
        [CALL]: (positional: readonly Value[], named: Named = new Map()) => {
          note(positional, named)
          return self()
        },
      },
    ] as const
  const into = (name: string, field: string) =>
    reader(name, positional => {
      const { node } = current
      node[field] = [...((node[field] ?? []) as string[][]), names(name, positional, [1, 2])]
    })
  return [
    reader('ref', (positional, named) => noteRef(current.node, positional, named)),
    reader('source', positional => noteSource(current.node, positional)),
    into('metric', 'metrics'),
    into('function', 'functions'),
  ]
}

export type ModelReach = {
  readonly world: World
  readonly base: Entries
  readonly current: Current
  readonly vars: Host
  readonly dispatching: Dispatching
  readonly adapterType: string
  readonly adapterFacts: AdapterFacts
  readonly quote: Quote
  /** A text rendered in the context. */
  readonly render: (text: string, context: Context) => string
}

type Quote = { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean }

/** Members that are another node's with every node. */
export const changing: ReadonlySet<string> = new Set(['this', 'model', 'database', 'schema'])

/** What nodes' code sees while it is parsed. */
export function modelMembers(reach: ModelReach): Members {
  const { current, quote } = reach
  const self = (): RelationValue => {
    const { database, schema, alias: identifier } = current.node
    return new RelationValue(relation({ database, schema, identifier, quote }))
  }
  const constants = (entries: readonly (readonly [string, Value])[]): Entries =>
    entries.map(([name, value]) => [name, () => value])
  return new Map<string, (context: Context) => Value>([
    ...reach.base,
    ...constants(readers(current, self)),
    ...constants(results().functions),
    ['config', () => new ConfigValue(current)],
    ['var', () => reach.vars],
    ['this', () => (current.node.resource_type === 'operation' ? null : self())],
    ['model', () => valueOf(current.node)],
    ['database', () => current.node.database],
    ['schema', () => current.node.schema],
    ['adapter', context => adapterOf(reach, context)],
    ['api', () => apiValue(quote)],
    ['column', () => columnClass()],
    ['exceptions', () => exceptionsValue(reach.world.warn)],
    ['validation', () => validationValue()],
    ['render', context => callable('render', 'string', ([text]) => reach.render(str(text), context))],
    ...constants(withoutRun(reach.world)),
  ])
}

function adapterOf(
  { adapterType: type, dispatching, quote, adapterFacts }: ModelReach,
  context: Context,
): Value {
  return new AdapterValue({
    type,
    dispatching,
    quote,
    macro: context.bound,
    database: undefined,
    facts: adapterFacts,
  })
}

/** What only a run gives a meaning to. */
function withoutRun({ target, invocationArguments }: World): readonly (readonly [string, Value])[] {
  return [
    ['execute', false],
    ['graph', new Dict()],
    ['selected_resources', []],
    ['invocation_args_dict', invocationArguments],
    ['dbt_metadata_envs', new Dict()],
    ['env', target],
    ['pre_hooks', []],
    ['post_hooks', []],
    ['sql', null],
    ['sql_now', 'now()'],
    ['load_agate_table', callable('load_agate_table', '', () => null)],
    ['write', callable('write', 'payload', () => '')],
    ['submit_python_job', callable('submit_python_job', 'parsed_model, compiled_code', () => null)],
  ]
}

function apiValue(quote: Quote): Dict {
  return Dict.of([
    ['Relation', relationClass({ quote })],
    ['Column', columnClass()],
  ])
}
