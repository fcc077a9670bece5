import { callable, Dict, raise, str, type Value } from '../../jinja/index.ts'
import { readSeed } from '../adapter/seed.ts'
import { valueOf } from '../context/json.ts'
import { RelationValue } from '../context/relation.ts'
import type { Context, Members } from '../context/scope.ts'
import { callWaiting } from '../macros/code.ts'
import { TableValue } from '../context/table.ts'
import { batchValue, filterFor } from './batch.ts'
import { ConfigValue } from './config.ts'
import { nodeValue } from './graph.ts'
import { functionFunction, refFunction, type Referring, relationOf, sourceFunction } from './references.ts'
import type { Scene } from './scene.ts'

/** What a context has because of its node. */
export function nodeMembers(scene: Scene): Members {
  const { world, node, compiled } = scene
  const isOperation = node.resource_type === 'operation'
  const referring = (context: Context) => referringOf(scene, context)
  return new Map<string, (context: Context) => Value>([
    ['ref', context => refFunction(referring(context))],
    ['source', context => sourceFunction(referring(context))],
    ['function', context => functionFunction(referring(context))],
    ['metric', () => callable('metric', '*args', ([args]) => metricName(args))],
    ['config', () => new ConfigValue(node.unique_id, valueOf(node.config) as Dict)],
    ['model', () => modelValue(scene)],
    ['this', () => (isOperation ? null : new RelationValue(relationOf(node, world.root.quoting)))],
    ['database', () => node.database ?? world.profile.database],
    ['schema', () => (isOperation ? world.profile.schema : node.schema)],
    ['sql', () => (node.language === 'sql' ? (compiled ?? null) : null)],
    ['compiled_code', () => compiled ?? null],
    ['pre_hooks', () => hooksOf(scene, 'pre-hook')],
    ['post_hooks', () => hooksOf(scene, 'post-hook')],
    ['defer_relation', () => deferRelation(scene)],
    ['write', () => writing(scene)],
    ['load_agate_table', () => callable('load_agate_table', '', () => seedTable(scene))],
  ])
}

function referringOf(scene: Scene, context: Context): Referring {
  const { world, node, ctes, isFree = false } = scene
  return {
    world,
    node,
    ctes,
    strict: !isFree && node.resource_type !== 'operation',
    filter: target => filterFor(scene, target),
    stands: async of => {
      const macro = world.macros.within(undefined, 'load_cached_relation')
      if (!macro) return false
      const named = new Map([['relation', new RelationValue(of)]])
      return (await callWaiting(context.bound(macro), [], named)) instanceof RelationValue
    },
  }
}

function metricName(args: Value): string {
  const names = Array.isArray(args) ? Array.from(args, each => str(each)) : []
  return names.at(-1) ?? raise('CompilationError', 'metric() takes one or two arguments')
}

/** `model`: the node's facts as they are in the manifest, with its compiled code. */
function modelValue({ node, compiled, batch }: Scene): Dict {
  const value = nodeValue(node)
  const model = Dict.of(value.entries())
  if (compiled !== undefined) {
    model.set('compiled_code', compiled)
    model.set('compiled_sql', compiled)
    model.set('compiled', true)
  }
  if (batch) model.set('batch', batchValue(batch))
  return model
}

const withoutHooks = new Set(['source', 'test', 'unit_test', 'operation'])

function hooksOf({ node }: Scene, when: 'pre-hook' | 'post-hook'): Value {
  const hooks = node.config[when]
  return withoutHooks.has(node.resource_type) || !Array.isArray(hooks) ? [] : valueOf(hooks)
}

function deferRelation({ world, node }: Scene): Value {
  const other = world.deferred?.relations.get(node.unique_id)
  return other ? new RelationValue(relationOf(other, world.root.quoting)) : null
}

/** `write(text)`: what is executed is kept in a file, for whoever looks for a fault. */
function writing({ world, node }: Scene): Value {
  return callable('write', 'payload', ([text]) => {
    world.write('run', node, str(text))
    return ''
  })
}

async function seedTable({ world, node }: Scene): Promise<Value> {
  if (node.resource_type !== 'seed')
    return raise('CompilationError', `can only load_agate_table for seeds (got a ${node.resource_type})`)
  const home = world.packages.get(node.package_name) ?? world.root
  return new TableValue(readSeed(home.root, node))
}
