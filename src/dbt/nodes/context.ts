import { type Callable, callable, Dict, raise, str, type Tuple, type Value } from '../../jinja/index.ts'
import { isCancelled } from '../adapter/session.ts'
import { AdapterValue } from '../context/adapter.ts'
import { dbtVersion, envVar, pureBuiltins, telling, validationValue } from '../context/builtins.ts'
import { columnClass } from '../context/column.ts'
import { databaseMethods } from '../context/database.ts'
import { exceptionsValue } from '../context/exceptions.ts'
import { flagsValue } from '../context/flags.ts'
import { valueOf } from '../context/json.ts'
import { relationClass } from '../context/relation.ts'
import { type Results, results } from '../context/results.ts'
import { type Context, createContext, type Members } from '../context/scope.ts'
import { targetValue } from '../context/target.ts'
import { VarValue } from '../context/var.ts'
import { callWaiting } from '../macros/code.ts'
import { varsFor } from '../project/vars.ts'
import { utcMoment } from '../python/datetime.ts'
import { modulesValue } from '../python/modules.ts'
import { nodeMembers } from './members.ts'
import { pythonFunction } from './python-job.ts'
import { operation, type Scene } from './scene.ts'
import type { World } from './world.ts'

export type NodeContext = { readonly context: Context; readonly results: Results }

/** What the templates of a node may name while it is carried out. */
export function nodeContext(scene: Scene): NodeContext {
  const { world, node, instead, names = new Map() } = scene
  const kept = results()
  const context = createContext({
    macros: world.macros,
    code: world.code,
    packageName: node.package_name,
    members: new Map([...commonMembers(scene), ...nodeMembers(scene), ...asMembers(kept.functions)]),
    ...(instead && { instead }),
  })
  for (const [name, value] of names) context.set(name, value)
  return { context, results: kept }
}

/**
 * Call a macro as the adapter itself does: by its name, or `package.name`, in the eyes of the project, with
 * results of its own.
 */
export async function callMacro(
  scene: Scene,
  written: string,
  named: { readonly [parameter: string]: Value },
): Promise<Value> {
  const { world } = scene
  const [first = '', second] = written.split('.')
  const [packageName, name] = second === undefined ? [undefined, first] : [first, second]
  const macro = world.macros.within(packageName, name)
  if (!macro)
    return raise('DbtRuntimeError', `dbt could not find a macro with the name '${name}' in any package`)
  const { context } = nodeContext({ ...scene, node: operation(world.root.name), isFree: true })
  return callWaiting(context.bound(macro), [], new Map(Object.entries(named)))
}

/** What every context has. */
function commonMembers(scene: Scene): Members {
  const { world, node } = scene
  const { invocation } = world
  return new Map<string, (context: Context) => Value>([
    ...asMembers(pureBuiltins()),
    ...asMembers(telling(world.say)),
    ['dbt_version', () => dbtVersion],
    ['env_var', () => envVar(world.env)],
    ['var', context => varValue(scene, context)],
    ['run_started_at', () => utcMoment(invocation.startedAtMs)],
    ['invocation_id', () => invocation.id],
    ['invocation_args_dict', () => valueOf(invocation.args)],
    ['dbt_metadata_envs', () => metadataOf(world)],
    ['thread_id', () => scene.thread ?? 'MainThread'],
    ['modules', () => modulesValue(world.nowMs)],
    ['flags', () => flagsValue(world.flags)],
    ['exceptions', () => exceptionsValue(words => world.warn(words, node.unique_id))],
    ['validation', () => validationValue()],
    ['target', () => targetValue(world.profile)],
    ['env', () => targetValue(world.profile)],
    ['project_name', () => world.root.name],
    ['adapter', context => adapterValue(scene, context)],
    [
      'api',
      () =>
        Dict.of([
          ['Relation', relationClass({ quote: quoteOf(world) })],
          ['Column', columnClass()],
        ]),
    ],
    ['column', () => columnClass()],
    ['execute', () => true],
    ['graph', () => world.graph],
    ['selected_resources', () => [...world.selected]],
    ['sql_now', () => 'now()'],
    ['try_or_compiler_error', () => tryOr()],
    ['render', context => rendering(scene, context)],
    ['submit_python_job', () => pythonFunction(scene)],
  ])
}

function asMembers(values: Iterable<readonly [string, Value]>): readonly (readonly [string, () => Value])[] {
  return Array.from(values, ([name, value]) => [name, () => value])
}

function quoteOf({ root: { quoting } }: World) {
  const { database = true, schema = true, identifier = true } = quoting
  return { database, schema, identifier }
}

function adapterValue(scene: Scene, context: Context): AdapterValue {
  const { world, node, session } = scene
  const credentials = world.profile.credentials
  return new AdapterValue({
    type: world.adapter.type,
    dispatching: {
      macros: world.macros,
      packageName: node.package_name,
      rootName: world.root.name,
      prefixes: [world.adapter.type, ...world.adapter.parents],
      orders: world.root.dispatch,
      isPackage: name => world.packages.has(name),
    },
    quote: quoteOf(world),
    macro: macro => context.bound(macro),
    database: databaseMethods({
      session,
      cache: world.cache,
      defaultDatabase: world.profile.database,
      quotesIdentifier: world.root.quoting.identifier !== false,
      macro: (name, named) => callMacro(scene, name, named),
    }),
    facts: {
      externalRoot: typeof credentials.external_root === 'string' ? credentials.external_root : '.',
      disableTransactions: credentials.disable_transactions === true,
      root: world.root.root,
      warnOnce: words => world.warn(words),
    },
  })
}

/** Variables of the environment that are meant for the metadata of artefacts. */
function metadataOf({ env }: World): Value {
  const prefix = 'DBT_ENV_CUSTOM_ENV_'
  const entries = Object.entries(env).filter(([name]) => name.startsWith(prefix))
  return Dict.of(entries.map(([name, value]) => [name.slice(prefix.length), value ?? '']))
}

function varValue({ world, node }: Scene, context: Context): VarValue {
  const own = world.packages.get(node.package_name) ?? world.root
  return new VarValue({
    vars: varsFor(own, world.root, world.cli),
    render: text => world.code.template(text, { name: node.original_file_path }).renderAsync(context),
    missing: name =>
      raise(
        'CompilationError',
        `Required var '${name}' not found in config:\n` +
          `Vars supplied to ${node.name} = ${JSON.stringify(world.cli)}`,
      ),
  })
}

function rendering({ world, node }: Scene, context: Context): Callable {
  return callable('render', 'string', ([text]) =>
    world.code.template(str(text), { name: node.original_file_path }).renderAsync(context),
  )
}

function tryOr(): Callable {
  return callable('try_or_compiler_error', 'message_if_exception, func, *args, **kwargs', async values => {
    const [message, run, args, named] = values
    const given = new Map(Array.from((named as Dict).entries(), ([key, value]) => [str(key), value]))
    try {
      return await callWaiting(run as Callable, Array.from(args as Tuple), given)
    } catch (thrown) {
      if (isCancelled(thrown)) throw thrown
      // That is what it is for: the message stands for whatever went wrong.
      return raise('CompilationError', str(message))
    }
  })
}
