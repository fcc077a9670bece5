import { type Callable, callable, Dict, HOST, type Host, str, type Value } from '../../jinja/index.ts'
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

/** Where what a node's code calls is put down. */
export type Captures = { readonly add: (call: YamlObject) => void }

/** `config(…)` while a project is parsed: it is noted, and answers nothing. */
class ConfigValue implements Host {
  readonly [HOST] = configHost
  readonly captures: Captures
  constructor(captures: Captures) {
    this.captures = captures
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
      set: ['name, value', (self, [name, value]) => noted(self, new Map([[str(name), value]]))],
      persist_relation_docs: ['', () => false],
      persist_column_docs: ['', () => false],
    },
  },
  {
    call: (self, [first, second], named) => {
      if (named !== undefined && named.size > 0 && first === undefined) return noted(self, named)
      if (!(first instanceof Dict) || second !== undefined || (named?.size ?? 0) > 0)
        return raiseCompilation('`config` takes options by name, or one dict.')
      return noted(self, new Map(Array.from(first.entries(), ([key, value]) => [str(key), value] as const)))
    },
  },
)

function noted({ captures }: ConfigValue, options: ReadonlyMap<string, Value>): Value {
  const call: YamlObject = {}
  for (const [written, value] of options) {
    const name = hookName(written)
    if (name in call) raiseCompilation(`\`${written}\` and \`${name}\` are the same option.`)
    call[name] = fromValue(value)
  }
  captures.add(call)
  return ''
}

/** `ref`, `source`, `metric`, `function`: noted at the node, and answered with the node's own place. */
export function readers(node: Node, self: () => Value): readonly [name: string, reader: Callable][] {
  const texts = (name: string, values: readonly Value[], counts: readonly number[]): string[] => {
    if (!counts.includes(values.length))
      return raiseCompilation(`\`${name}\` takes ${counts.join(' or ')} names; this has ${values.length}.`)
    return values.map(value =>
      typeof value === 'string' ? value : raiseCompilation(`The names of \`${name}\` must be texts.`),
    )
  }
  const named = (name: string, into: string): [string, Callable] => [
    name,
    callable(name, '*args', ([given]) => {
      const list = (node[into] ?? []) as string[][]
      list.push(texts(name, given as Value[], [1, 2]))
      node[into] = list
      return self()
    }),
  ]
  const ref = callable('ref', '*args, **kwargs', ([given, options]) => {
    const [first = '', second] = texts('ref', given as Value[], [1, 2])
    node.refs.push({
      name: second ?? first,
      package: second === undefined ? null : first,
      version: versionOf(options as Dict),
    })
    return self()
  })
  const source = callable('source', '*args', ([given]) => {
    node.sources.push(texts('source', given as Value[], [2]) as [string, string])
    return self()
  })
  return [['ref', ref], ['source', source], named('metric', 'metrics'), named('function', 'functions')]
}

function versionOf(options: Dict): Ref['version'] {
  const given = fromValue(options.get('version') ?? null) || fromValue(options.get('v') ?? null)
  return given === null || given === '' || given === 0
    ? null
    : typeof given === 'number'
      ? given
      : String(given)
}

export type ModelReach = {
  readonly world: World
  readonly base: Entries
  readonly node: Node
  readonly captures: Captures
  readonly vars: Host
  readonly dispatching: Dispatching
  readonly adapterType: string
  readonly adapterFacts: AdapterFacts
  readonly quote: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean }
  /** A text rendered in the context. */
  readonly render: (text: string, context: Context) => string
}

/** What a node's code sees while it is parsed. */
export function modelMembers(reach: ModelReach): Members {
  const { world, node, quote, dispatching } = reach
  const self = (): RelationValue => {
    const { database, schema, alias: identifier } = node
    return new RelationValue(relation({ database, schema, identifier, quote }))
  }
  const adapter = (context: Context): Value =>
    new AdapterValue({
      type: reach.adapterType,
      dispatching,
      quote,
      macro: context.bound,
      database: undefined,
      facts: reach.adapterFacts,
    })
  const entries: Entries = [
    ...reach.base,
    ...readers(node, self).map(([name, reader]): Entries[number] => [name, () => reader]),
    ...results().functions.map(([name, value]): Entries[number] => [name, () => value]),
    ['config', () => new ConfigValue(reach.captures)],
    ['var', () => reach.vars],
    ['execute', () => false],
    ['this', () => (node.resource_type === 'operation' ? null : self())],
    ['model', () => valueOf(node)],
    ['adapter', adapter],
    ['api', () => apiValue(quote)],
    ['column', () => columnClass()],
    ['exceptions', () => exceptionsValue(world.warn)],
    ['validation', () => validationValue()],
    ['graph', () => new Dict()],
    ['selected_resources', () => []],
    ['invocation_args_dict', () => world.invocationArguments],
    ['dbt_metadata_envs', () => new Dict()],
    ['env', () => world.target],
    ['database', () => node.database],
    ['schema', () => node.schema],
    ['pre_hooks', () => []],
    ['post_hooks', () => []],
    ['sql', () => null],
    ['sql_now', () => 'now()'],
    ['load_agate_table', () => callable('load_agate_table', '', () => null)],
    ['write', () => callable('write', 'payload', () => '')],
    ['submit_python_job', () => callable('submit_python_job', 'parsed_model, compiled_code', () => null)],
    ['render', context => callable('render', 'string', ([text]) => reach.render(str(text), context))],
  ]
  return new Map(entries)
}

function apiValue(quote: ModelReach['quote']): Dict {
  return Dict.of([
    ['Relation', relationClass({ quote })],
    ['Column', columnClass()],
  ])
}
